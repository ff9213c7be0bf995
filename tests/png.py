"""Read the PNG files that the browser writes, and write smaller ones."""

import zlib
from collections import Counter
from pathlib import Path

import attrs

__all__ = ("Picture", "read_png", "write_small_png")

SIGNATURE = b"\x89PNG\r\n\x1a\n"
EXACT = 100
"""How many colours are kept as they are."""

ROUNDED = bytes(round(value / 17) * 17 for value in range(256))
"""Levels of red, green and blue, by their exact levels."""


@attrs.frozen
class Picture:
    """A picture in true colours."""

    width: int
    """In pixels."""

    height: int
    """In pixels."""

    rows: list[bytes]
    """Lines from top to bottom, with three bytes for each pixel."""


def read_png(path: Path) -> Picture:
    """Read a picture with 8 bits for each of red, green and blue, and nothing else."""
    data = path.read_bytes()
    assert data[:8] == SIGNATURE
    chunks, position = [], 8
    while position < len(data):
        end = position + 8 + int.from_bytes(data[position : position + 4])
        chunks.append((data[position + 4 : position + 8], data[position + 8 : end]))
        position = end + 4
    header = dict(chunks)[b"IHDR"]
    assert header[8:] == b"\x08\x02\x00\x00\x00"
    width, height = int.from_bytes(header[:4]), int.from_bytes(header[4:8])
    raw = zlib.decompress(b"".join(content for name, content in chunks if name == b"IDAT"))
    rows = [bytes(3 * width)]
    for start in range(0, len(raw), 3 * width + 1):
        rows.append(_unfiltered(raw[start], raw[start + 1 : start + 3 * width + 1], rows[-1]))
    return Picture(width, height, rows[1:])


def _unfiltered(kind: int, line: bytes, above: bytes) -> bytes:
    """Return the bytes of a line from their differences to neighbours."""
    found = bytearray(3)  # stands for what is left of the line
    corners = bytes(3) + above
    for value, up, corner in zip(line, above, corners, strict=False):
        left = found[-3]
        guess = left + up - corner
        nearest = min((left, up, corner), key=lambda near: abs(guess - near))
        found.append((value + (0, left, up, (left + up) // 2, nearest)[kind]) % 256)
    return bytes(found[3:])


def write_small_png(picture: Picture, path: Path) -> None:
    """Write a picture with a palette: the most common colours, and the others rounded."""
    rows = [_pixels(row) for row in picture.rows]
    common = Counter(pixel for row in rows for pixel in row).most_common(EXACT)
    exact = {pixel for pixel, _ in common}
    colours: dict[bytes, int] = {}
    lines = []
    for row in rows:
        chosen = (pixel if pixel in exact else pixel.translate(ROUNDED) for pixel in row)
        lines.append(bytes([0, *(colours.setdefault(pixel, len(colours)) for pixel in chosen)]))
    size = picture.width.to_bytes(4) + picture.height.to_bytes(4)
    path.write_bytes(
        SIGNATURE
        + _chunk(b"IHDR", size + b"\x08\x03\x00\x00\x00")
        + _chunk(b"PLTE", b"".join(colours))
        + _chunk(b"IDAT", zlib.compress(b"".join(lines), 9))
        + _chunk(b"IEND", b"")
    )


def _pixels(row: bytes) -> list[bytes]:
    return [row[start : start + 3] for start in range(0, len(row), 3)]


def _chunk(name: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(name + content).to_bytes(4)
    return len(content).to_bytes(4) + name + content + checksum
