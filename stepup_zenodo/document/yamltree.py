"""Read YAML as a tree with places.

The tree is built from the events of PyYAML's parser, not with its composer and constructor:
these recurse without bound, expand aliases without bound, and forget how a value was written.
"""

from typing import cast

import yaml

from ..errors import Invalid, Place, Problem, printable
from .nodes import (
    Entry,
    LineIndex,
    ListNode,
    MapNode,
    Node,
    ScalarKind,
    ScalarNode,
    check_limits,
    duplicate_key,
)
from .yamlcause import cause_in_text, cause_of

__all__ = ("read_yaml",)

_TAG = "tag:yaml.org,2002:"
_KINDS = {
    f"{_TAG}int": ScalarKind.INTEGER,
    f"{_TAG}float": ScalarKind.NUMBER,
    f"{_TAG}bool": ScalarKind.TRUTH,
    f"{_TAG}timestamp": ScalarKind.DATE,
    f"{_TAG}null": ScalarKind.NULL,
}
_HINTS = {
    "mapping values are not allowed here": "put a text that contains a colon in quotes",
    "found character '@' that cannot start any token": "put a text that begins with @ in quotes",
    "found character '`' that cannot start any token": "put a text that begins with ` in quotes",
    "found character '%' that cannot start any token": "put a text that begins with % in quotes",
    "could not find expected ':'": "write a key, a colon, a space and the value",
}


class _YamlBuilder:
    """Builds the tree from parser events; `problems` are those that allow to read on."""

    def __init__(self, text: str, lines: LineIndex) -> None:
        self.lines = lines
        self.problems: list[Problem] = []
        self.anchors: dict[str, Node] = {}
        self.loader = yaml.SafeLoader(text)
        self.count = 0

    def invalid(self, problem: Problem) -> Invalid:
        """Return the error of a problem that does not allow to read on."""
        return Invalid((*self.problems, problem))

    def next_event(self) -> yaml.Event:
        event = self.loader.get_event()  # type: ignore[no-untyped-call]
        return cast(yaml.Event, event)

    def place(self, event: yaml.Event) -> Place:
        assert event.start_mark is not None
        return self.lines.place(event.start_mark.index)

    def read(self) -> Node | None:
        """Read the only document of the file; `None` when there is none."""
        self.next_event()
        if isinstance(self.next_event(), yaml.StreamEndEvent):
            return None
        node = self.node(self.next_event(), 0)
        self.next_event()
        event = self.next_event()
        if not isinstance(event, yaml.StreamEndEvent):
            message = "a second document begins here, but a configuration is a single one"
            raise self.invalid(
                Problem(message, place=self.place(event), hint="remove the line ---")
            )
        return node

    def node(self, event: yaml.Event, depth: int) -> Node:
        place = self.place(event)
        check_limits(place, depth, 0, self.problems)
        node: Node
        match event:
            case yaml.AliasEvent():
                return self.alias(str(event.anchor), place)
            case yaml.ScalarEvent():
                node = self.scalar(event, place)
            case yaml.SequenceStartEvent():
                self.check_tag(event.tag, "seq", place)
                node = self.sequence(place, depth)
            case _:
                assert isinstance(event, yaml.MappingStartEvent)
                self.check_tag(event.tag, "map", place)
                node = self.mapping(place, depth)
        check_limits(place, depth, node.size, self.problems)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def alias(self, anchor: str, place: Place) -> Node:
        if anchor not in self.anchors:
            message = f"the alias *{anchor} has no anchor &{anchor} that ends before it"
            hint = "define the anchor earlier in the file"
            raise self.invalid(Problem(message, place=place, hint=hint))
        return self.anchors[anchor]

    def check_tag(self, tag: str | None, allowed: str, place: Place) -> None:
        if tag not in (None, "!", f"{_TAG}{allowed}"):
            shown = str(tag).replace(_TAG, "!!")
            message = f"the tag {shown} is not supported"
            self.problems.append(Problem(message, place=place, hint="write the value without it"))

    def scalar(self, event: yaml.ScalarEvent, place: Place) -> ScalarNode:
        self.check_tag(event.tag, "str", place)
        if event.style is None or event.style == "":
            self.check_layout(event, place)
        if event.tag is None and event.implicit[0]:
            tag = self.loader.resolve(  # type: ignore[no-untyped-call]
                yaml.ScalarNode, event.value, (True, False)
            )
            return ScalarNode(event.value, _KINDS.get(tag, ScalarKind.TEXT), place)
        return ScalarNode(event.value, ScalarKind.TEXT, place, quoted=True)

    def check_layout(self, event: yaml.ScalarEvent, place: Place) -> None:
        """Note that a text without quotes was meant as items of a list."""
        assert event.end_mark is not None
        last = self.lines.place(event.end_mark.index).line
        if last == place.line and not self.lines.is_first(place):
            return
        if cause := cause_in_text(self.lines, place.line, last):
            there = Place(place.file, cause.line, cause.column)
            self.problems.append(Problem(cause.message, place=there, hint=cause.hint))

    def sequence(self, place: Place, depth: int) -> ListNode:
        items: list[Node] = []
        size = 1
        while not isinstance(event := self.next_event(), yaml.SequenceEndEvent):
            items.append(self.node(event, depth + 1))
            # Each use of an alias counts, and takes no time to read.
            size += items[-1].size
            check_limits(place, depth, size, self.problems)
        return ListNode(tuple(items), place)

    def mapping(self, place: Place, depth: int) -> MapNode:
        entries: dict[str, Entry] = {}
        merges: list[Entry] = []
        while not isinstance(event := self.next_event(), yaml.MappingEndEvent):
            entry = self.entry(event, depth)
            if entry is None:
                continue
            if entry.key == "<<":
                merges.append(entry)
            elif entry.key in entries:
                self.problems.append(duplicate_key(entry, entries[entry.key]))
            else:
                entries[entry.key] = entry
        for merge in merges:
            self.merge(merge, entries)
        return MapNode(tuple(entries.values()), place)

    def entry(self, event: yaml.Event, depth: int) -> Entry | None:
        key = self.node(event, depth + 1)
        place = self.place(event)
        value = self.node(self.next_event(), depth + 1)
        self.count += 1
        check_limits(place, depth, self.count, self.problems)
        if isinstance(key, ScalarNode) and key.kind is ScalarKind.TEXT:
            return Entry(key.text, place, value)
        if isinstance(key, ScalarNode):
            message = f"the key {key.text or 'before the colon'} is {key.kind.value}, not a text"
        else:
            message = "the key is a list or a mapping, not a text"
        self.problems.append(Problem(message, place=place, hint="put the key in quotes"))
        return None

    def merge(self, merge: Entry, entries: dict[str, Entry]) -> None:
        """Add the entries of a `<<` key, except for keys that the mapping has itself."""
        value = merge.value
        sources = value.items if isinstance(value, ListNode) else (value,)
        for source in sources:
            if not isinstance(source, MapNode):
                message = "<< takes a mapping or a list of mappings to be merged"
                self.problems.append(Problem(message, place=merge.place))
                continue
            for entry in source.entries:
                entries.setdefault(entry.key, entry)


def _explained(
    text: str, lines: LineIndex, error: yaml.MarkedYAMLError
) -> tuple[str, Place | None, str]:
    """Return what is wrong, where, and what to do about it."""
    if cause := cause_of(text, lines, error):
        return cause.message, Place(lines.file, cause.line, cause.column), cause.hint
    mark = error.problem_mark or error.context_mark
    found = error.problem or "it cannot be read"
    place = lines.place(mark.index) if mark else None
    return found, place, _HINTS.get(found, "")


def read_yaml(text: str, lines: LineIndex) -> tuple[Node | None, tuple[Problem, ...]]:
    """Read a YAML text.

    Parameters
    ----------
    text
        The text of the file, without byte order mark.
    lines
        The places in the text.

    Returns
    -------
    node, problems
        The tree, `None` for an empty file, and the problems that do not prevent reading on:
        duplicate keys, keys that are not texts, tags.

    Raises
    ------
    Invalid
        When the text cannot be read to its end.
    """
    builder = _YamlBuilder(text, lines)
    place: Place | None
    try:
        return builder.read(), tuple(builder.problems)
    except yaml.MarkedYAMLError as error:
        found, place, hint = _explained(text, lines, error)
    except (ValueError, OverflowError):
        # Escapes beyond the last character of Unicode and version numbers of absurd length.
        found, hint = "the escaped character or the number does not exist", ""
        place = lines.place(builder.loader.get_mark().index)
    message = f"the text is not valid YAML: {printable(found)}"
    raise builder.invalid(Problem(message, place=place, hint=hint))
