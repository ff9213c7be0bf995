"""Paths: those of the files of a record with their names on the server, and those of others."""

import unicodedata
from collections.abc import Iterable, Sequence

import attrs

from ..document.nodes import MapNode, Node
from ..errors import Place, Problem
from ..jsontypes import Json
from ..local.patterns import has_wildcards
from ..terms.repositories import Repository
from .archives import ARCHIVE, FolderArchive
from .containers import Unread, all_of, read_items
from .jsonschema import Definitions, Schema, any_of, any_text, list_of
from .reading import At, Kind, Named, kind_of_value
from .scalars import Text
from .structs import keys

__all__ = (
    "FileKey",
    "ListedPath",
    "ListedPaths",
    "OwnPath",
    "ReadPath",
    "key_of",
    "number_problems",
    "path_problems",
)

_MAX_KEY = 255
"""How many characters the name of a file may have."""


@attrs.frozen
class ListedPath:
    """A file for the record."""

    path: str
    """The path as it is written, which is a pattern until the files are looked for."""

    key: str
    """The name of the file on the server: the last part of the path, accents composed."""

    place: Place | None = None
    """Where the path is given; `None` for arguments of a command."""

    where: str = ""
    """The path of the value in the words of the configuration, e.g. `paths[2]`."""

    pattern: str = ""
    """The pattern that it was found by, as written; empty for a path that was given itself."""

    archive: FolderArchive | None = None
    """The folder that it is to be made of, `None` for a file that is there."""


def key_of(path: str) -> str:
    """Return the name that a file gets on the server.

    Systems write accented letters in different ways; the server would take them for different
    files. So accents are composed.
    """
    return unicodedata.normalize("NFC", path.rpartition("/")[2])


def _key_problem(path: str) -> tuple[str, str]:
    """Return what is wrong with the name of a file and what to do, empty texts if nothing is."""
    key = key_of(path)
    message = hint = ""
    if key in ("", ".", ".."):
        message = f'"{path}" is a folder, expected a file'
        hint = "list the files in it, or an archive of them"
    elif any(_is_control(char) for char in key):
        message = f'the name of "{path}" has control characters'
        hint = "rename the file"
    elif key != key.strip():
        message = f'the name of "{path}" begins or ends with white space'
        hint = "rename the file"
    elif len(key) > _MAX_KEY:
        message = f"the name of the file has {len(key)} characters, expected at most {_MAX_KEY}"
        hint = "rename the file"
    return message, hint


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")


@kind_of_value
class _PathKind(Kind[ListedPath]):
    """A file for the record: its path, or the folder that it is made of."""

    words = "the path of a file"

    def parse(self, node: Node, at: At) -> ListedPath:
        """Read a path. White space around it is kept, to be complained about."""
        archive = ARCHIVE.parse(node, at) if _is_archive(node) else None
        text = archive.out if archive else Text(name=self.words, trim=False).parse(node, at)
        message, hint = _key_problem(text)
        if message:
            raise at.wrong(message, hint)
        if archive is None:
            at.reading.named.append(Named(text, at.written, at.place, is_sent=True))
        else:
            at.reading.named.append(Named(archive.archive, at.written, at.place, is_folder=True))
        return ListedPath(text, key_of(text), at.place, at.written, archive=archive)

    def schema(self, definitions: Definitions) -> Schema:
        """Return a text, or a mapping about a folder."""
        return any_of(any_text(minLength=1), ARCHIVE.schema(definitions))


def _is_archive(node: Node) -> bool:
    """Return whether a mapping is about a folder, and no text with a colon that lacks quotes."""
    names = {
        name for declared in keys(FolderArchive) for name in (declared.name, *declared.aliases)
    }
    return isinstance(node, MapNode) and any(entry.key in names for entry in node.entries)


@kind_of_value
class ListedPaths(Kind[tuple[ListedPath, ...]]):
    """A list of paths of files for the record, or a single one."""

    words = "a list of paths of files"
    emptied = "[]"

    def parse(self, node: Node, at: At) -> tuple[ListedPath, ...]:
        """Read paths and check them as a whole."""
        items, _ = read_items(_PathKind(), node, at)
        for problem in path_problems(item for item in items if not isinstance(item, Unread)):
            at.note(problem)
        return all_of(items)

    def schema(self, definitions: Definitions) -> Schema:
        """Return a list, or a single path."""
        return list_of(_PathKind().schema(definitions))


@kind_of_value
class OwnPath(Kind[str]):
    """The path of a file that is not a file of the record."""

    words = "the path of a file"

    def parse(self, node: Node, at: At) -> str:
        """Read a path as it is written."""
        text = Text(name=self.words).parse(node, at)
        if text.endswith("/"):
            raise at.wrong(f'"{text}" is a folder, expected {self.words}')
        return text

    def schema(self, definitions: Definitions) -> Schema:
        """Return a text that is not the path of a folder."""
        del definitions
        return any_text(minLength=1, pattern=r"[^/]\s*$")


@kind_of_value
class ReadPath(OwnPath):
    """The path of a file whose text is read."""

    def parse(self, node: Node, at: At) -> str:
        """Read a path, and note that the file has to be there."""
        text = super().parse(node, at)
        at.reading.named.append(Named(text, at.written, at.place))
        return text


@kind_of_value
class FileKey(Kind[str]):
    """The name of a file of the record, or its path; empty for none."""

    words = "the name of a file of the record"
    emptied = '""'

    def parse(self, node: Node, at: At) -> str:
        """Read a name."""
        text = Text(name=self.words, trim=False, can_be_empty=True).parse(node, at)
        message = _key_problem(text)[0] if text else ""
        if message:
            raise at.wrong(message, "write the name of one of the files")
        return key_of(text)

    def stored(self, value: Json) -> Json:
        """Return the same: names of files are not rewritten."""
        return value

    def schema(self, definitions: Definitions) -> Schema:
        """Return a text."""
        del definitions
        return any_text()


def path_problems(listed: Iterable[ListedPath]) -> tuple[Problem, ...]:
    """Return what is wrong with the files of a record as a whole.

    Parameters
    ----------
    listed
        All files for one record, from the configuration and from arguments.
        Patterns among them are taken for names of files that may not exist.

    Returns
    -------
    problems
        Names that cannot be used or are used twice.
        Whether the files exist is not looked at.
    """
    paths = tuple(listed)
    problems = []
    seen: dict[str, ListedPath] = {}
    for item in paths:
        message, hint = _key_problem(item.path)
        # What a pattern matches is not known yet, but that it is there twice is.
        is_pattern = has_wildcards(item.path) and item.archive is None
        first = seen.setdefault(item.path if is_pattern else item.key, item)
        if not message and first is not item:
            if first.path == item.path:
                message, hint = f'"{item.path}" is listed twice', "remove one of them"
            else:
                message = f'"{item.path}" and "{first.path}" have the same name'
                hint = "a record has no folders: rename a file, or list an archive of the folder"
                if item.path.rpartition("/")[2] != first.path.rpartition("/")[2]:
                    hint = "they differ only in how accents are encoded: rename a file"
        if message:
            problems.append(Problem(message, item.where, item.place, hint))
    return tuple(problems)


def number_problems(listed: Sequence[ListedPath], rules: Repository) -> tuple[Problem, ...]:
    """Return that there are too many files, if the repository has a limit."""
    most = rules.most_files
    if most is None or len(listed) <= most:
        return ()
    item = listed[most]
    message = f"{len(listed)} files are listed, a record takes at most {most}"
    return (Problem(message, item.where, item.place, "list an archive of them"),)
