"""Find the DOIs that files print."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

__all__ = ("printed_in",)

BLOCK = 1 << 20
"""Bytes of a text file that are looked at together."""

OVERLAP = 200
"""Bytes that are looked at twice, so that nothing is missed between two blocks."""


def printed_in(path: Path, pattern: re.Pattern[str]) -> frozenset[str]:
    """Return what matches a pattern in a PDF or in a text file, in lower case.

    Other files, and those that cannot be read, have no matches.
    """
    try:
        with path.open("rb") as file:
            start = file.read(8000)
        if start.startswith(b"%PDF-"):
            parts = _pdf_texts(path)
        elif b"\0" in start:
            return frozenset()
        else:
            parts = _text_parts(path)
        return frozenset(found.lower() for part in parts for found in pattern.findall(part))
    except OSError:
        return frozenset()


def _text_parts(path: Path) -> Iterator[str]:
    end = b""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            # Half a DOI at the end of a block is completed by the next one.
            whole = end + block
            last = len(block) < BLOCK
            cut = len(whole) if last else _last_break(whole)
            yield whole[:cut].decode("utf-8", errors="replace")
            end = whole[cut:]
    yield end.decode("utf-8", errors="replace")


def _last_break(data: bytes) -> int:
    """Return where to cut bytes: after the last white space, if that is near the end."""
    near = max(data.rfind(space) for space in (b" ", b"\n", b"\t", b","))
    return near + 1 if near >= len(data) - OVERLAP else len(data)


def _pdf_texts(path: Path) -> Iterator[str]:
    """Yield the texts and the targets of links of a PDF, as far as they can be read."""
    from pypdf import PdfReader

    # It tells about flaws of files that every viewer shows without a word.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(path)
        for page in reader.pages:
            text = page.extract_text()
            yield text
            # A DOI can be broken at the end of a line.
            yield text.replace("-\n", "").replace("\n", "")
            for annotation in page.annotations or []:
                action = annotation.get_object().get("/A")
                target = action.get_object().get("/URI") if action is not None else None
                yield str(target or "")
    except Exception:  # noqa: BLE001 (damaged files make the library fail in all possible ways)
        return
