"""Read a configuration file in any of its syntaxes as a tree in which values know their places."""

from collections.abc import Callable

import attrs

from ..errors import Invalid, Place, Problem
from .jsontree import read_json
from .nodes import LineIndex, MapNode, Node, ScalarNode, forbidden_character, missing_space
from .tomltree import read_toml
from .yamltree import read_yaml

__all__ = ("MAX_SIZE", "Document", "read_document")

MAX_SIZE = 1_000_000
"""How many characters or bytes a configuration file may have.

That is a hundred times more than anybody writes, and is read in a few seconds at most.
"""

_Reader = Callable[[str, LineIndex], tuple[Node | None, tuple[Problem, ...]]]
_READERS: dict[str, _Reader] = {
    ".yaml": read_yaml,
    ".yml": read_yaml,
    ".toml": read_toml,
    ".json": read_json,
}


@attrs.frozen
class Document:
    """The contents of a configuration file."""

    root: MapNode
    """The mapping that is the whole file."""

    problems: tuple[Problem, ...]
    """Problems that did not prevent reading the rest, such as duplicate keys."""


def _reader(file: str) -> _Reader:
    """Return the function that reads files with this extension."""
    for extension, reader in _READERS.items():
        if file.lower().endswith(extension):
            return reader
    message = "the syntax of the file is unknown, because its name does not tell"
    hint = f"use one of the extensions {', '.join(_READERS)}"
    raise Invalid((Problem(message, place=Place(file, 1, 1), hint=hint),))


def _decode(data: bytes, file: str) -> str:
    """Decode UTF-8 and report the place of the first byte that is not."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig")
        place = LineIndex(before, file).place(len(before))
        message = f"the byte 0x{data[error.start]:02x} is not UTF-8"
        hint = "save the file in the encoding UTF-8"
        raise Invalid((Problem(message, place=place, hint=hint),)) from None


def _check_characters(text: str, lines: LineIndex) -> None:
    index = forbidden_character(text)
    if index is not None:
        message = f"the character U+{ord(text[index]):04X} is not allowed in a text file"
        problem = Problem(message, place=lines.place(index), hint="remove it")
        raise Invalid((problem,))


def read_document(text: str | bytes, file: str) -> Document:
    """Read the text of a configuration file.

    Parameters
    ----------
    text
        The contents of the file. Bytes must be UTF-8; a byte order mark is ignored.
    file
        The path of the file as the user wrote it, for messages.
        Its extension tells the syntax: `.yaml`, `.yml`, `.toml` or `.json`.

    Returns
    -------
    document
        The values with their places.

    Raises
    ------
    Invalid
        When the text cannot be read to its end, is empty, or is not a mapping.
    """
    reader = _reader(file)
    if len(text) > MAX_SIZE:
        message = f"the file is larger than {MAX_SIZE // 10**6} MB"
        hint = "data belong into the files of the record, and long descriptions into path_readme"
        raise Invalid((Problem(message, place=Place(file, 1, 1), hint=hint),))
    text = text.removeprefix("\ufeff") if isinstance(text, str) else _decode(text, file)
    lines = LineIndex(text, file)
    _check_characters(text, lines)
    root, problems = reader(text, lines)
    if root is None or (isinstance(root, ScalarNode) and not root.text):
        message = "the file is empty"
        hint = "begin with the key metadata"
        raise Invalid((*problems, Problem(message, place=lines.place(0), hint=hint)))
    if not isinstance(root, MapNode):
        if isinstance(root, ScalarNode) and (hint := missing_space(root)):
            message = "the space after the colon is missing"
            raise Invalid((*problems, Problem(message, place=root.place, hint=hint)))
        message = "the file holds no mapping from keys to values"
        hint = "write lines such as metadata:, each key followed by a colon and its value"
        raise Invalid((*problems, Problem(message, place=root.place, hint=hint)))
    return Document(root, problems)
