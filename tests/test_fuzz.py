"""Damaged, absurd and hostile configurations: a message each, in bounded time and memory.

`python -m tests.test_fuzz 50000` runs more inputs than the test does.
"""

import json
import random
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest
import yaml

from stepup_zenodo.config.configuration import Config
from stepup_zenodo.config.fields import normal, sent_fields
from stepup_zenodo.config.file import parse_config
from stepup_zenodo.document.yamledit import changed_yaml
from stepup_zenodo.errors import Invalid
from stepup_zenodo.session.options import Options
from stepup_zenodo.session.project import load_project

TOML = b"""
path_readme = "a.md"
paths = ["a.csv", 'b.csv']
access = {embargo = {until = 2999-01-01, reason = "r"}}
[metadata]
title = "Title"
version = "1.0"
publication_date = 2026-03-01
keywords = ["one", "two"]
[[metadata.creators]]
name = 'Curie, Marie'
identifiers = {orcid = "0000-0002-1825-0097"}
"""
CONFIGS = Path(__file__).parent / "configs"
YAML_SEEDS = [(CONFIGS / name).read_bytes() for name in ("full.yaml", "stored.yaml")]
SEEDS = {
    ".yaml": YAML_SEEDS,
    ".json": [json.dumps(yaml.safe_load(seed), default=str).encode() for seed in YAML_SEEDS],
    ".toml": [TOML],
}
"""Good configurations by their syntax."""

NASTY = [
    b"", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xe2\x80\xae", b"\x1b[2J", b"\r", b"\t", b"\n\n",
    b"---\n", b"...\n", b"- ", b": ", b"? ", b"!!python/object:os.system ", b"!!binary ", b"&a ",
    b"*a", b"<<: *a\n", b"|\n ", b">-\n ", b"[", b"]", b"{", b"}", b"[" * 200, b"{a: " * 200,
    b"'", b'"', b"\\u0000", b"\\uD800", b"\\U00110000", b"0x1F", b"1e999", b"-0", b".nan", b"~",
    b"9" * 400, b"2026-02-30", b"2026-01-01/..", b"null", b"true", b"../../../etc/passwd", b"~/x",
    b"https://[::1", b"http://a:99999/", b"10.1234/" + b"x" * 3000, b"\xf0\x9f\x92\xa9",
    b"a" * 5000,
    b"orcid: 0000-0000-0000-0000", b"<script>alert(1)</script>", b"&#x0;", b"%s%n{0}", b"# ",
]  # fmt: skip


def mutated(data: bytes, dice: random.Random) -> bytes:
    """Return data with a few changes: pieces inserted, removed, copied, moved, damaged."""
    for _ in range(dice.choice([1, 1, 1, 2, 4])):
        lines = data.split(b"\n")
        at, other = dice.randrange(len(data) + 1), dice.randrange(len(data) + 1)
        row = dice.randrange(len(lines))
        match dice.randrange(8):
            case 0:
                data = data[:at] + dice.choice(NASTY) + data[at:]
            case 1:
                data = (
                    data[: min(at, other)] + data[max(at, other) :]
                    if dice.random() < 0.3
                    else (data[:at] + data[at + dice.randint(1, 5) :])
                )
            case 2:
                lines[row] = lines[row].partition(b":")[0] + b": " + dice.choice(NASTY)
                data = b"\n".join(lines)
            case 3:
                lines.insert(dice.randrange(len(lines) + 1), lines[row])
                data = b"\n".join(lines)
            case 4:
                lines[row] = b" " * dice.randint(0, 6) + lines[row].strip()
                data = b"\n".join(lines)
            case 5:
                del lines[row]
                data = b"\n".join(lines)
            case 6:
                data = data[:at] + bytes([dice.randrange(256)]) + data[at + 1 :]
            case _:
                first = min(at, other)
                data = data[:first] + data[first : first + 200] * dice.randint(2, 5) + data[first:]
    return data


def read(data: bytes, name: str) -> Config | Invalid:
    try:
        return parse_config(data, name)
    except Invalid as problem:
        return problem


def check(data: bytes, suffix: str, *, edit: bool) -> bool:
    """Check that an input is either refused with a readable message, or can be sent."""
    found = read(data, f"c{suffix}")
    if isinstance(found, Invalid):
        lines = found.lines()
        assert lines
        assert all(line.isprintable() for line in lines)
        assert max(len(line) for line in lines) < 5000
        return False
    fields = sent_fields(found, None, "")
    stored = {name: normal(name, value) for name, value in fields.items()}
    assert {name: normal(name, value) for name, value in stored.items()} == stored
    json.dumps(stored, allow_nan=False).encode()
    if edit and suffix == ".yaml":
        text = changed_yaml(data.decode("utf-8-sig"), ("metadata", "title"), "Quite another title")
        again = read(text.encode(), "c.yaml")
        assert isinstance(again, Config)
        assert again.metadata.title == "Quite another title"
    return True


@attrs.define
class Tally:
    """What came out of many inputs."""

    inputs: int = 0
    accepted: int = 0
    slowest: float = 0.0


def fuzz(count: int, seed: int) -> Tally:
    dice = random.Random(seed)
    tally = Tally()
    for number in range(count):
        suffix = dice.choice([".yaml", ".yaml", ".yaml", ".json", ".toml"])
        data = mutated(dice.choice(SEEDS[suffix]), dice)
        started = time.perf_counter()
        try:
            tally.accepted += check(data, suffix, edit=number % 20 == 0)
        except Exception as exc:
            exc.add_note(f"seed {seed}, number {number}: {suffix} {data!r}"[:3000])
            raise
        tally.inputs += 1
        tally.slowest = max(tally.slowest, time.perf_counter() - started)
    return tally


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_changed_configurations(seed: int) -> None:
    tally = fuzz(150, seed)

    assert tally.accepted > 0
    assert tally.accepted < tally.inputs


def bomb(levels: int) -> str:
    """Return aliases of aliases of aliases."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, levels)]
    return "\n".join(lines)


HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "aliases": ("c.yaml", lambda: bomb(30).encode(), "values, counting each use of an alias"),
    "merges": (
        "c.yaml",
        lambda: b"a: &a {k: v}\nb: &b {<<: [" + b"*a, " * 20000 + b"*a]}\n",
        "",
    ),
    "itself": ("c.yaml", lambda: b"a: &a [*a]", "no anchor &a that ends before it"),
    "deep lists": ("c.yaml", lambda: b"[" * 100_000, "inside more than 50 lists"),
    "deep mappings": ("c.yaml", lambda: b"{a: " * 100_000, "inside more than 50 lists"),
    "deep JSON": ("c.json", lambda: b'{"a":' * 100_000, "inside more than 50 lists"),
    "deep TOML": ("c.toml", lambda: b"a = " + b"[" * 100_000, "inside more than 50 lists"),
    "long number": ("c.json", lambda: b'{"a": ' + b"9" * 900_000 + b"}", ""),
    "long key": ("c.yaml", lambda: b"k" * 900_000 + b": 1", ""),
    "many keys": ("c.yaml", lambda: b"\n".join(b"k%d: 1" % i for i in range(60_000)), ""),
    "many creators": (
        "c.yaml",
        lambda: b"metadata:\n  creators:\n" + b"  - {name: x}\n" * 40_000,
        "",
    ),
    "many misspelled ids": (
        "c.yaml",
        lambda: b"metadata:\n  languages:\n" + b"".join(b"  - x%d\n" % i for i in range(10_000)),
        "",
    ),
    "an object": ("c.yaml", lambda: b"a: !!python/object/apply:os.system [ls]", "not supported"),
    "large": ("c.yaml", lambda: b"# comment\n" * 10_000_000, "larger than 1 MB"),
    "large JSON": ("c.json", lambda: b'{"a": "' + b"x" * 100_000_000 + b'"}', "larger than 1 MB"),
    "zeros": ("c.yaml", lambda: b"\0" * 1000, "U+0000 is not allowed"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_configurations(name: str, tmp_path: Path) -> None:
    """Each is refused with a message, quickly, and without taking memory in proportion."""
    file, make, message = HOSTILE[name]
    path = tmp_path / file
    path.write_bytes(make())
    before = peak_megabytes()
    started = time.process_time()

    with pytest.raises(Invalid) as info:
        load_project(Options(str(path), offline=True))

    assert message in str(info.value)
    assert time.process_time() - started < 20
    assert peak_megabytes() - before < 250
    assert all(line.isprintable() for line in info.value.lines())


def main() -> None:
    count, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    tally = fuzz(count, seed)
    sys.stdout.write(
        f"{tally.inputs} inputs, {tally.accepted} accepted, slowest {tally.slowest:.2f} s, "
        f"{peak_megabytes():.0f} MB\n"
    )


if __name__ == "__main__":
    main()
