"""The pages of the documentation, and a reader who does what they say.

A page is followed from top to bottom: blocks with a title are files to be written,
and blocks of the language `console` are commands with what they print.
What happens elsewhere meanwhile, such as an edit in the web form,
stands in the page as a comment, `<!-- meanwhile: name -->`.
"""

import re
import shlex
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import attrs

from .building import environ
from .rdm_server.fixture import Rdm
from .workspace import Workspace

__all__ = (
    "LOCAL",
    "PAGES",
    "ROOT",
    "SANDBOX",
    "Block",
    "Meanwhile",
    "Reader",
    "agrees",
    "blocks",
    "parts",
    "session",
    "text_of",
    "words_of",
)

ROOT = Path(__file__).resolve().parents[1]
PAGES = ["README.md", "CONTRIBUTING.md", "plan_examples/README.md"]
PAGES += ["plan_examples/data_release/README.md", "plan_examples/paper/README.md"]
PAGES += ["plan_examples/reanalysis/README.md"]
PAGES += sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md"))
"""All pages with prose for users and contributors, from the root of the repository."""

SANDBOX = "https://sandbox.zenodo.org"
LOCAL = "http://127.0.0.1:5555"
TOKEN_FILE = ".config/sandbox-zenodo-org-token.txt"
COMMUNITY = "my-community"
FIRST = 123454
"""What is added to the numbers of records of an empty server, to get those on the pages."""

# What differs from run to run, in outputs and in what the pages show of them.
ID = re.compile(
    r"\b(draft |review |record |uploads/|records/|zenodo[.:]|id |record id, |zenodoRecord}{)(\d+)\b"
)
VARIED = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d UTC|(?<=  date      )\d{4}-\d\d-\d\d"
    r"|(?<=link until )\d{4}-\d\d-\d\d|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"
    r"|(?<=token=)[\w.-]+"
)
LARGE = re.compile(r"\b(?:\d{3} B|[\d.]+ [kM]B)(?!\w)")
PROMPT = re.compile(r"^(Type the [^\n]*?: )(\S+)\n", re.MULTILINE)


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

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"


@attrs.frozen
class Meanwhile:
    """Something that others do between two blocks."""

    name: str
    """Which of the things that the tests know."""


FENCED = re.compile(
    r'^(?P<indent> *)(?P<fence>`{3,})(?P<language>[\w-]*)(?: [^\n]*?title="(?P<title>[^"\n]*)")?'
    r"[^\n]*\n(?P<text>.*?)^(?P=indent)(?P=fence) *$|^<!-- meanwhile: (?P<name>[\w-]+) -->$",
    re.MULTILINE | re.DOTALL,
)


def text_of(page: str) -> str:
    """Return the text of a page."""
    return (ROOT / page).read_text(encoding="utf-8")


def parts(page: str) -> Iterator[Block | Meanwhile]:
    """Yield the fenced blocks of a page, and what happens between them."""
    text = text_of(page)
    for match in FENCED.finditer(text):
        if match["name"]:
            yield Meanwhile(match["name"])
            continue
        line = text.count("\n", 0, match.start()) + 1
        body = re.sub(rf"^{match['indent']}", "", match["text"], flags=re.MULTILINE)
        yield Block(page, line, match["language"], match["title"] or "", body)


def blocks(page: str) -> list[Block]:
    """Return the fenced blocks of a page."""
    return [part for part in parts(page) if isinstance(part, Block)]


def session(text: str) -> Iterator[tuple[str, str]]:
    """Yield commands and their expected output."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def agrees(expected: str, found: str) -> bool:
    """Return whether an output is the expected one, in which `...` stands for any lines.

    Sizes from 100 B on count as equal: those of PDFs and archives depend on other programs.
    """
    expected, found = LARGE.sub("SIZE", expected), LARGE.sub("SIZE", found)
    pattern = re.escape(expected).replace(re.escape("...\n"), "(?:.*\n)*")
    return re.fullmatch(pattern, found) is not None


@attrs.define
class Reader:
    """Somebody who does what a page says, in one shell from beginning to end."""

    folder: Path
    """The folder in which the reader works. The folder around it is the home folder."""

    rdm: Rdm
    """The server that takes the place of the sandbox, without records."""

    others: Mapping[str, Callable[["Reader"], None]] = attrs.field(factory=dict)
    """What others do, by the name on the page."""

    stands_for: str = SANDBOX
    """The address on the page for which the server stands."""

    def follow(self, page: str) -> int:
        """Do everything that a page says, and return the number of commands."""
        done = 0
        for part in parts(page):
            match part:
                case Meanwhile(name):
                    self.others[name](self)
                case Block(title=title, text=text) if title:
                    self.write(title, text)
                case Block(language="console"):
                    done += self.type_in(part)
        return done

    def write(self, title: str, text: str) -> None:
        """Write a file, as an editor does: what is there keeps its permissions."""
        path = self.folder / title
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.here(text))

    def type_in(self, block: Block) -> int:
        """Run the commands of a block and compare what they print."""
        commands = [*session(block.text)]
        for command, expected in commands:
            if TOKEN_FILE in command:
                self.save_token()
            answers = [self.here(answer) for _, answer in PROMPT.findall(expected)]
            found = self.as_on_page(self.shell(self.here(command), answers))
            for prompt, _ in PROMPT.findall(expected):
                assert prompt in found, f"{block.place}: {command}\n{found}"
                found = found.replace(prompt, "", 1)
            wanted = PROMPT.sub("", VARIED.sub("VARIED", expected))
            assert agrees(wanted, found), f"{block.place}: {command}\n{found}"
        return len(commands)

    def shell(self, command: str, answers: list[str]) -> str:
        """Run a command in the shell that was left by the one before, and return its output."""
        # Variables, folder and exit status are kept in a script that begins the next shell.
        kept = self.folder.parent / ".shell"
        lines = [
            f"[ -e {kept} ] && . {kept}",
            command,
            f'{{ echo "(exit $?)"; }} > {kept}.status',
            f'{{ export -p; echo cd "$(printf %q "$PWD")"; cat {kept}.status; }} > {kept}',
        ]
        result = subprocess.run(
            ["bash", "-c", "\n".join(lines)],
            cwd=self.folder,
            env=environ(self.folder.parent),
            input="".join(f"{answer}\n" for answer in answers),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return result.stdout

    def save_token(self) -> None:
        """Do what a page asks for in words: save the token that the web page shows."""
        path = self.folder.parent / TOKEN_FILE
        path.parent.mkdir(exist_ok=True)
        path.write_text(self.rdm.token)
        path.chmod(0o600)

    def here(self, text: str) -> str:
        """Return a text of the page with the server and the records that take their places."""
        text = text.replace(self.stands_for, self.rdm.url).replace(COMMUNITY, self.rdm.community)
        text = text.replace("--name tutorial", f"--name {self.rdm.layout.name}")
        if self.stands_for == LOCAL:
            return text
        return re.sub(r"\b1234(5[5-9]|[6-9]\d)\b", lambda m: str(int(m[0]) - FIRST), text)

    def as_on_page(self, output: str) -> str:
        """Return an output with the addresses, ids and times of the page."""
        output = output.replace(self.rdm.url, self.stands_for)
        output = output.replace(str(self.folder.parent), "~")
        output = re.sub(rf"\b{self.rdm.community}\b", COMMUNITY, output)
        output = VARIED.sub("VARIED", output)
        if self.stands_for == LOCAL:
            return output
        return ID.sub(lambda m: m[1] + str(int(m[2]) + FIRST), output)

    def workspace(self) -> Workspace:
        """Return the project as others see it who work on the same record."""
        return Workspace(self.folder, self.rdm)


def words_of(block: Block) -> list[list[str]]:
    """Return the words of each command of a block of the language `bash`."""
    lines = block.text.replace("\\\n", " ").splitlines()
    return [shlex.split(line, comments=True) for line in lines if line.strip()]
