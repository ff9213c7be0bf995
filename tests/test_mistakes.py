"""Twenty-five mistakes in one configuration, all shown in one run at their places."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from stepup_zenodo.config.file import parse_config
from stepup_zenodo.document.excerpt import Look, excerpt_lines
from stepup_zenodo.errors import Invalid, Place, Problem, Refused

from .generate_reference import SCHEMA
from .terminal import on_terminal

FOLDER = Path(__file__).parent / "configs" / "mistakes25"
WRONG = (FOLDER / "zenodo.yaml").read_text(encoding="utf-8").splitlines()
RIGHT = (FOLDER / "right.yaml").read_text(encoding="utf-8").splitlines()
MISTAKES = [n for n, (x, y) in enumerate(zip(WRONG, RIGHT, strict=True), 1) if x != y]
"""The lines that are wrong."""

SEEN_BY_SCHEMA = [1, 3, 4, 8, 10, 11, 12, 13, 14, 15, 16, 23, 26, 29, 32, 43]
"""The lines of which a schema can know that they are wrong."""


def environ(folder: Path, **more: str) -> dict[str, str]:
    """Return an environment without colours, tokens and memory of other runs."""
    dropped = ("STEPUP_", "NO_COLOR", "TERM", "COLUMNS", "LINES")
    kept = {name: text for name, text in os.environ.items() if not name.startswith(dropped)}
    return kept | {"XDG_CACHE_HOME": str(folder), "TERM": "xterm", **more}


def check_on_terminal(folder: Path, *options: str, **more: str) -> tuple[int, str]:
    """Look for the mistakes on a terminal; return the exit status and what it shows."""
    status, drawn = on_terminal([*CHECK, *options], FOLDER, environ(folder, **more))
    return status, drawn.replace("\r\n", "\n")


def expected(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


CHECK = [str(Path(sys.executable).with_name("stepup-zenodo")), "check", "zenodo.yaml"]


def test_there_are_twenty_five() -> None:
    assert len(MISTAKES) == 25
    assert parse_config("\n".join(RIGHT), "right.yaml").metadata.title == "Water Levels"


def test_one_line_each_when_not_on_a_terminal(tmp_path: Path) -> None:
    result = subprocess.run(
        CHECK, cwd=FOLDER, env=environ(tmp_path), capture_output=True, text=True, check=False
    )

    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == expected("plain.txt")
    places = [line.split(":")[1] for line in result.stderr.splitlines()]
    assert places == [str(line) for line in MISTAKES]


def test_carets_on_a_terminal(tmp_path: Path) -> None:
    status, shown = check_on_terminal(tmp_path, NO_COLOR="1", COLUMNS="100")

    assert status == 2
    assert shown == expected("terminal.txt")


def test_colours_on_a_terminal(tmp_path: Path) -> None:
    status, shown = check_on_terminal(tmp_path, COLUMNS="100")

    assert status == 2
    assert "\x1b[1;31m^\x1b[0m" in shown
    for code in ("1", "1;31", "2", "36", "0"):
        shown = shown.replace(f"\x1b[{code}m", "")
    assert shown == expected("terminal.txt")


def test_no_colours_on_a_dumb_terminal(tmp_path: Path) -> None:
    status, shown = check_on_terminal(tmp_path, TERM="dumb", COLUMNS="100")

    assert (status, shown) == (2, expected("terminal.txt"))


def test_json_for_tools(tmp_path: Path) -> None:
    status, shown = check_on_terminal(tmp_path, "--json")

    assert status == 2
    report = json.loads(shown)
    assert (report["status"], report["message"]) == ("failed", "")
    lines = [
        str(Problem(p["message"], p["where"], Place(p["file"], p["line"], p["column"]), p["hint"]))
        for p in report["problems"]
    ]
    assert "".join(f"{line}\n" for line in lines) == expected("plain.txt")


def test_each_mistake_alone_is_one_problem() -> None:
    found = []
    for line in MISTAKES:
        text = "\n".join([*RIGHT[: line - 1], WRONG[line - 1], *RIGHT[line:]])
        with pytest.raises(Invalid) as info:
            parse_config(text, "zenodo.yaml")
        found += info.value.lines()

    assert [text.partition(" ")[0] for text in found] == [
        text.partition(" ")[0] for text in expected("plain.txt").splitlines()
    ]


def test_what_the_schema_sees(tmp_path: Path) -> None:
    """Each mistake alone: a schema cannot know check digits, equal names and the order of dates."""
    for line in MISTAKES:
        text = "\n".join([*RIGHT[: line - 1], WRONG[line - 1], *RIGHT[line:]])
        (tmp_path / f"{line}.yaml").write_text(text)
    files = [FOLDER / "right.yaml", *tmp_path.iterdir()]
    command = [sys.executable, "-m", "check_jsonschema", "--output-format", "json"]
    result = subprocess.run(
        [*command, "--schemafile", str(SCHEMA), *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
    )

    wrong = {Path(error["filename"]).stem for error in json.loads(result.stdout)["errors"]}
    assert sorted(int(name) for name in wrong) == SEEN_BY_SCHEMA


@pytest.mark.parametrize(
    ("line", "column", "width", "expected"),
    [
        ("title: Me", 8, 80, [" 1 | title: Me", "   |        ^"]),
        ("", 1, 80, [" 1 |", "   | ^"]),
        ("title: Me", 10, 80, [" 1 | title: Me", "   |          ^"]),
        ("名: Me", 4, 80, [" 1 | 名: Me", "   |     ^"]),
        ("e\u0301: Me", 5, 80, [" 1 | e\u0301: Me", "   |    ^"]),
        ("\ta\x1b[31m: b", 9, 80, [" 1 |  a [31m: b", "   |         ^"]),
        ("0123456789" * 5, 1, 26, [" 1 | 01234567890123456...", "   | ^"]),
        ("0123456789" * 5, 25, 26, [" 1 | ...78901234567890...", "   |           ^"]),
        ("0123456789" * 5, 50, 26, [" 1 | ...34567890123456789", "   |                    ^"]),
        ("0123456789" * 99_999, 25, 26, [" 1 | ...78901234567890...", "   |           ^"]),
        ("0123456789" * 99_999, 1, 26, [" 1 | 01234567890123456...", "   | ^"]),
        (
            "0123456789" * 99_999,
            999_990,
            26,
            [" 1 | ...34567890123456789", "   |                    ^"],
        ),
    ],
)
def test_excerpt(line: str, column: int, width: int, expected: list[str]) -> None:
    problem = Problem("wrong", "title", Place("a.yaml", 1, column), "fix it")

    lines = excerpt_lines(Invalid((problem,)), {"a.yaml": f"{line}\nx"}.get, Look(width))

    first, last = f"a.yaml:1:{column}: title: wrong", "   = fix it"
    assert lines == [first, *expected, last]


def test_long_texts_are_cut() -> None:
    problem = Problem("m" * 3000, "w" * 3000, Place("a.yaml", 1, 1), "h" * 3000)

    lines = excerpt_lines(Invalid((problem,)), {"a.yaml": "x"}.get, Look())

    where, message, hint = (
        f"{sign * size}..." for sign, size in (("w", 297), ("m", 1997), ("h", 1997))
    )
    first = f"a.yaml:1:1: {where}: {message}"
    assert lines == [first, " 1 | x", "   | ^", f"   = {hint}"]
    assert str(problem) == f"{first} ({hint})"


def test_excerpt_without_source() -> None:
    gone = Problem("wrong", "title", Place("gone.yaml", 1, 1), "fix it")
    shorter = Problem("wrong", place=Place("a.yaml", 9, 1))
    nowhere = Problem("wrong \x1b[0m", "--endpoint")

    failure = Refused("Nothing\nwas changed:", (gone, shorter, nowhere))
    lines = excerpt_lines(failure, {"a.yaml": "one line"}.get, Look())

    assert lines == [
        "Nothing",
        "was changed:",
        "gone.yaml:1:1: title: wrong",
        "  = fix it",
        "a.yaml:9:1: wrong",
        "--endpoint: wrong \\x1b[0m",
        "3 problems",
    ]
