"""What is noted while a configuration is read, and what it means to be a kind of value.

All problems of a file are noted before the reading fails:
a kind that cannot use a value notes why and raises `Unreadable`,
and the lists and records around it continue with their next value.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Generic, TypeVar, dataclass_transform

import attrs

from ..document.nodes import Entry, ListNode, MapNode, Node, ScalarKind, ScalarNode
from ..errors import Place, Problem
from ..jsontypes import Json, given, is_empty
from ..text.plain import stored_text
from .jsonschema import Definitions, Schema

__all__ = (
    "At",
    "Kind",
    "Mention",
    "Named",
    "Position",
    "Reading",
    "Unreadable",
    "closest",
    "did_you_mean",
    "kind_of_value",
    "plain",
    "shortened",
    "written_path",
)

T = TypeVar("T")
K = TypeVar("K")


@attrs.frozen
class Mention:
    """An id that a record refers to."""

    collection: str
    """Path of the endpoint that has the id, e.g. `affiliations`."""

    id: str
    """The id."""

    field: str = ""
    """Where it stands, as a path of the server's JSON."""


def plain(value: Json) -> Json:
    """Return a value as the server stores it that has no other form than its texts."""
    if isinstance(value, str):
        return stored_text(value)
    if isinstance(value, list):
        return [item for item in map(plain, value) if not is_empty(item)]
    if isinstance(value, dict):
        return given(**{name: plain(item) for name, item in value.items()})
    return value


def written_path(parts: Iterable[str]) -> str:
    """Return the parts of a path as the configuration writes them: `.creators[0]`."""
    return "".join(f"[{part}]" if part.isdecimal() else f".{part}" for part in parts)


class Unreadable(Exception):
    """A value cannot be used; why has been noted."""


@attrs.frozen
class Position:
    """Where the file gives a value."""

    written: str
    """The path of the value with the names and the shape that the file uses."""

    place: Place
    """Where the value begins."""


@attrs.frozen
class Named:
    """A file that is named, and that has to be there when the configuration is used."""

    path: str
    """The path as it is written, which can be a pattern if it is a file of the record."""

    where: str
    """The path of the value in the words of the file."""

    place: Place | None
    """Where it is named; `None` for arguments of a command."""

    is_sent: bool = False
    """Whether it is a file of the record, and not a text that is read."""

    is_folder: bool = False
    """Whether it is a folder of which an archive is made."""


@attrs.define
class Reading:
    """What is noted while a file is read."""

    known: Mapping[str, Collection[str]] = attrs.field(factory=dict)
    """Ids that the server accepts beside those of the shipped vocabularies, by vocabulary."""

    problems: list[Problem] = attrs.field(factory=list)
    """The problems so far."""

    spots: dict[str, Position] = attrs.field(factory=dict)
    """The values so far, by their canonical paths."""

    named: list[Named] = attrs.field(factory=list)
    """The files so far that have to be there, also those of a list with mistakes."""

    like_zenodo: tuple[str, ...] = ()
    """Hosts that have the rules of Zenodo besides its own."""

    unknown_fields: list[Problem] = attrs.field(factory=list)
    """What to say of custom fields that are not known here, if the repository has no others."""

    proposals: int = 30
    """For how many more unknown ids close ones are looked for, which takes up to 60 ms each."""


@attrs.frozen
class At:
    """The value that is being read."""

    reading: Reading
    """What is noted."""

    where: str
    """The canonical path: the first name of each key, an index for each item of a list."""

    written: str
    """The path in the words of the file."""

    place: Place
    """Where the value begins."""

    def key(self, name: str, entry: Entry) -> "At":
        """Return the value of a key, which has another name when the file uses an alias."""
        dot = "." if self.where else ""
        return attrs.evolve(
            self,
            where=f"{self.where}{dot}{name}",
            written=f"{self.written}{dot}{entry.key}",
            place=entry.value.place,
        )

    def item(self, index: int, node: Node, written: str | None = None) -> "At":
        """Return an item of a list; `written` replaces the index in the words of the file."""
        suffix = f"[{index}]" if written is None else written
        return attrs.evolve(
            self,
            where=f"{self.where}[{index}]",
            written=f"{self.written}{suffix}",
            place=node.place,
        )

    def of(self, name: str) -> "At":
        """Return the value of a key that has been read, or this value if it has not."""
        where = f"{self.where}.{name}" if self.where else name
        spot = self.reading.spots.get(where)
        if spot is None:
            return self
        return attrs.evolve(self, where=where, written=spot.written, place=spot.place)

    @property
    def without_key(self) -> str:
        """The advice to leave a key out."""
        is_field = self.where.removeprefix("metadata.").isidentifier()
        return "leave the key out to leave it alone" if is_field else "leave the key out"

    def wrong(self, message: str, hint: str = "", place: Place | None = None) -> Unreadable:
        """Note a problem and return what is to be raised if the value cannot be used."""
        return self.note(Problem(message, self.written, place or self.place, hint))

    def note(self, problem: Problem) -> Unreadable:
        """Note a problem that is made elsewhere."""
        self.reading.problems.append(problem)
        return Unreadable(str(problem))


def shortened(text: str) -> str:
    """Return a text for use in a message: in quotes, and not too long."""
    return f'"{text}"' if len(text) <= 80 else f'"{text[:60]}..."'


def closest(text: str, options: Iterable[str]) -> str:
    """Return the option that is most like a text, empty if none is similar."""
    from difflib import get_close_matches

    # The time to compare grows with the square of the length.
    return next(iter(get_close_matches(text[:40], [*options], n=1)), "")


def did_you_mean(option: str, otherwise: str = "") -> str:
    """Return the advice to write an option, or another advice if there is no option."""
    return f"did you mean {option}?" if option else otherwise


def found(node: Node) -> str:
    """Return in words what the file holds."""
    match node:
        case ListNode():
            return "a list"
        case MapNode():
            return "a mapping"
        case ScalarNode(kind=ScalarKind.TEXT):
            return f"the text {shortened(node.text)}" if node.text else "an empty text"
        case _:
            article = "the" if node.kind is not ScalarKind.NULL else ""
            name = node.kind.value.removeprefix("a ")
            return f"{article} {name} {node.text}".strip()


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(attrs.field,))
def kind_of_value(cls: type[K]) -> type[K]:
    """Make a class a frozen record, without what no kind needs and what takes time to make."""
    return attrs.frozen(eq=False, repr=False)(cls)


class Kind(ABC, Generic[T]):
    """What a value may be, in the file and on the server.

    A kind knows how a value is read (`parse`), how it is sent (`sent`),
    what the server makes of it (`stored`), how the file says what a record holds (`taken_back`),
    which schema it has (`schema`), and what to call it (`words`).
    What is not overridden is right for values that look the same everywhere.
    """

    @property
    def emptied(self) -> str:
        """How to write that the field is to be emptied; empty when that is impossible."""
        return ""

    @property
    @abstractmethod
    def words(self) -> str:
        """What is allowed, to be read after the word expected."""

    @abstractmethod
    def parse(self, node: Node, at: At) -> T:
        """Read a value that is not null.

        Raises
        ------
        Unreadable
            The value cannot be used; problems have been noted.
        """

    @abstractmethod
    def schema(self, definitions: Definitions) -> Schema:
        """Return the JSON Schema, which accepts all that is read and refuses what it can."""

    @property
    def blank(self) -> Json:
        """The value that empties the field, `None` when that is impossible."""
        value: Json = json.loads(self.emptied) if self.emptied else None
        return value

    def sent(self, value: T) -> Json:
        """Return a value as it is sent, in normal form: nothing of it is empty."""
        assert value is None or isinstance(value, str | int | float), "others say what they send"
        return self.stored(value)

    def stored(self, value: Json) -> Json:
        """Return a value of the server's JSON in the form in which the server stores it.

        The result is accepted in place of the value, it is its own stored form,
        and it is equal for two values if the server makes the same of them.
        Nothing in it is empty, apart from itself perhaps. Anything is accepted.
        """
        return plain(value)

    def sendable(self, value: Json) -> Json:
        """Return what the server answers in a form that it takes back.

        What the server adds when reading is left out, and everything else is as it was,
        also what this program does not know.
        """
        return value

    def taken_back(self, value: Json) -> Json:
        """Return how the file says what the server has, given in normal form.

        The result is a proposal: not everything that the server holds can be said.
        """
        return value

    @property
    def is_list(self) -> bool:
        """Whether several values are meant."""
        return False

    def claims(self, item: Json, is_last: bool) -> bool:
        """Return whether an item of a list that keys share belongs to the key of this kind."""
        del item, is_last
        return False

    def mentions(self, value: Json, path: str) -> "Iterator[Mention]":
        """Yield the ids in a value in normal form that only the server may know."""
        del value, path
        return iter(())

    def where(self, parts: tuple[str, ...]) -> str:
        """Return where the file has what the server calls by the parts of a path below a value."""
        return written_path(parts)

    def read(self, node: Node, at: At) -> T:
        """Read a value.

        Raises
        ------
        Unreadable
            The value cannot be used; problems have been noted.
        """
        at.reading.spots[at.where] = Position(at.written, node.place)
        if isinstance(node, ScalarNode) and node.kind is ScalarKind.NULL:
            raise self.no_value(node, at)
        return self.parse(node, at)

    def no_value(self, node: ScalarNode, at: At) -> Unreadable:
        """Note that a value is null."""
        if at.written.endswith("]"):
            hint = "remove the item"
        else:
            hint = at.without_key
            hint += f", or write {self.emptied} to empty it" if self.emptied else ""
        if node.text.strip("~"):
            hint += f', or put it in quotes if the word is meant: "{node.text}"'
        return at.wrong(f"there is no value, expected {self.words}", hint)

    def mismatch(self, node: Node, at: At, hint: str = "") -> Unreadable:
        """Note that a value is something else than what is allowed."""
        return at.wrong(f"found {found(node)}, expected {self.words}", hint)
