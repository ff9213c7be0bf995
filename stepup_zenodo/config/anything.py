"""Values of which nothing is known here: they are sent as they are written."""

from ..document.nodes import ListNode, MapNode, Node, ScalarKind, ScalarNode
from ..jsontypes import Json, given
from .jsonschema import Definitions, Schema
from .reading import At, Kind, kind_of_value
from .scalars import Decimal, Truth

__all__ = ("Anything",)


@kind_of_value
class Anything(Kind[Json]):
    """A value of a custom field that only the repository knows."""

    words = "a value"

    def parse(self, node: Node, at: At) -> Json:
        """Read a value as the syntax of the file has it; dates stay texts."""
        match node:
            case ListNode(items=items):
                return [self.parse(item, at) for item in items]
            case MapNode(entries=entries):
                return {entry.key: self.parse(entry.value, at) for entry in entries}
            case ScalarNode():
                return self.scalar(node, at)

    def scalar(self, node: ScalarNode, at: At) -> Json:
        """Read a simple value."""
        if node.kind is ScalarKind.NULL:
            raise self.no_value(node, at)
        if node.kind in (ScalarKind.INTEGER, ScalarKind.NUMBER):
            return Decimal().parse(node, at)
        return Truth().parse(node, at) if node.kind is ScalarKind.TRUTH else node.text

    def sent(self, value: Json) -> Json:
        """Return the same, without keys that say nothing."""
        return self.stored(value)

    def stored(self, value: Json) -> Json:
        """Return the same: what the server makes of it is not known."""
        return given(**value) if isinstance(value, dict) else value

    def schema(self, definitions: Definitions) -> Schema:
        """Return a schema that accepts everything."""
        del definitions
        return {}
