"""Everything that the README and the quick start show, done in their order."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from plan_examples.demo import pointed_at

from .building import run
from .rdm_server.fixture import Rdm

ROOT = Path(__file__).resolve().parents[1]
PAGES = ["README.md", "docs/quickstart.md"]
SANDBOX = "https://sandbox.zenodo.org"
TOKEN_FILE = "~/.config/sandbox-zenodo-org-token.txt"


@attrs.frozen
class Block:
    """A fenced block of code."""

    page: str
    """The page, from the root of the repository."""

    line: int
    """The line number of the fence."""

    language: str
    """The language, empty if none is given."""

    title: str
    """The name of the file that the block shows, empty if it is something else."""

    text: str
    """What is between the fences."""


def blocks(page: str) -> Iterator[Block]:
    """Yield the fenced blocks of a page."""
    text = (ROOT / page).read_text()
    fenced = re.compile(r'^```(\w*)(?: title="([^"\n]*)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
    for match in fenced.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        language, title, body = match.groups("")
        yield Block(page, line, language, title, body)


def session(text: str) -> Iterator[tuple[str, str]]:
    """Yield commands and their expected output."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def agrees(expected: str, found: str) -> bool:
    """Return whether an output is the expected one, in which `...` stands for any lines."""
    pattern = re.escape(expected).replace(re.escape("...\n"), "(?:.*\n)*")
    return re.fullmatch(pattern, found) is not None


@attrs.frozen
class Reader:
    """Somebody who does what a page says."""

    folder: Path
    """The folder in which the reader works. The folder around it is the home folder."""

    rdm: Rdm
    """The server that takes the place of the sandbox."""

    def follow(self, block: Block) -> None:
        """Write the file or run the commands of a block."""
        if block.title:
            self.write(block.title, block.text)
        elif block.language == "console":
            self.type_in(block)

    def write(self, title: str, text: str) -> None:
        """Write a file."""
        path = self.folder / title
        if title == "zenodo.yaml":
            text = pointed_at(text, self.rdm.endpoint, Path(TOKEN_FILE))
        path.write_text(text)

    def type_in(self, block: Block) -> None:
        """Run the commands of a block and compare what they print."""
        status = 0
        for command, expected in session(block.text):
            if TOKEN_FILE in command:
                self.save_token()
            # Each command sees the exit status of the one before.
            words = ["bash", "-c", f"(exit {status}); {command}"]
            status, output = run(words, self.folder)
            found = self.as_on_sandbox(output)
            assert agrees(expected, found), f"{block.page}:{block.line}: {command}\n{found}"
        assert status == 0, f"{block.page}:{block.line}: exit status {status}"

    def save_token(self) -> Path:
        """Do what the page asks for in words: save the token that the web page shows."""
        path = self.folder.parent / TOKEN_FILE.removeprefix("~/")
        path.parent.mkdir(exist_ok=True)
        path.write_text(self.rdm.token)
        return path

    def as_on_sandbox(self, output: str) -> str:
        """Return an output with the addresses and ids of the page."""
        output = output.replace(self.rdm.url, SANDBOX)
        output = output.replace(str(self.folder.parent), "~")
        path = self.folder / ".zenodo-record-id.txt"
        if path.exists():
            record_id = path.read_text().strip()
            output = re.sub(rf"\b(draft |uploads/){record_id}\b", r"\g<1>123456", output)
        return output


@pytest.mark.server
@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_pages_can_be_followed(page: str, tmp_path: Path, rdm: Rdm) -> None:
    """A reader who writes the files and runs the commands sees what the page says."""
    folder = tmp_path / "weir"
    folder.mkdir()
    reader = Reader(folder, rdm)
    if page == "README.md":
        # The README says this in words only.
        reader.save_token().chmod(0o600)
    for block in blocks(page):
        reader.follow(block)


def test_blocks_are_covered() -> None:
    """Each block is a file, a session, or one of the commands that are tested elsewhere."""
    others = [
        (block.language, block.text)
        for page in PAGES
        for block in blocks(page)
        if not block.title and block.language != "console"
    ]

    assert others == [
        ("bash", "make demo\n"),
        ("bash", "make test\n"),
        ("bash", "pip install .\n"),
        ("bash", "pip install .\n"),
    ]


def test_make_lists_its_targets() -> None:
    """The list of targets, and that those in the README are known."""
    result = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert [shlex.split(line)[:2] for line in result.stdout.splitlines()] == [
        ["make", "help"],
        ["make", "demo"],
        ["make", "demo-stop"],
        ["make", "demo-clean"],
        ["make", "test"],
        ["make", "check"],
        ["make", "lint"],
        ["make", "format"],
        ["make", "clean"],
    ]


def test_links_lead_somewhere() -> None:
    """Links to files of the repository are not broken."""
    pages = [*PAGES, "CHANGELOG.md", "plan_examples/README.md"]
    links = [
        (page, link)
        for page in pages
        for link in re.findall(r"\]\(([^)#]+)\)", (ROOT / page).read_text())
        if "://" not in link
    ]

    assert [
        (page, link) for page, link in links if not (ROOT / page).parent.joinpath(link).exists()
    ] == []
    assert len(links) > 2
