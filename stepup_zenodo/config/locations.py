"""Places on the Earth that a work is about."""

import re
from collections.abc import Iterator
from typing import Any, Union

import attrs

from ..document.nodes import ListNode, MapNode, Node, ScalarNode
from ..jsontypes import Json, given, mapping
from ..terms.identifiers import LOCATION_SCHEMES
from ..text.counting import counted
from .containers import Many
from .identifiers import Identifier, Identifiers
from .jsonschema import Definitions, Schema, any_of, list_of, object_of
from .reading import At, Kind, Mention, did_you_mean, kind_of_value, plain
from .scalars import Text
from .structs import Struct, key

__all__ = ("LOCATIONS", "Geometry", "Location")

Coordinates = tuple[Union[float, "Coordinates"], ...]
"""Numbers in lists, in lists of lists, and so on."""

_WORDS = (
    "coordinates",
    "a list of longitude and latitude",
    "a list of positions",
    "a list of rings",
)
_DEPTHS = {"Point": 1, "MultiPoint": 2, "Polygon": 3}
_SHAPES = tuple(_DEPTHS)
"""The shapes that a geometry can have."""


@kind_of_value
class _Shape(Kind[str]):
    """The name of a shape."""

    words = f"one of {', '.join(_SHAPES)}"

    def parse(self, node: Node, at: At) -> str:
        """Read the name of a shape."""
        text = Text(name=self.words).parse(node, at)
        if text not in _SHAPES:
            same = next((name for name in _SHAPES if name.lower() == text.lower()), "")
            raise self.mismatch(node, at, did_you_mean(same))
        return text

    def schema(self, definitions: Definitions) -> Schema:
        """Return the names."""
        del definitions
        return {"enum": [*_SHAPES]}


@kind_of_value
class _Degrees(Kind[float]):
    """An angle."""

    limit: int
    """The largest absolute value."""

    @property
    def words(self) -> str:
        """What is allowed."""
        return f"a number of degrees from -{self.limit} to {self.limit}"

    def parse(self, node: Node, at: At) -> float:
        """Read a number in decimal notation."""
        text = node.text if isinstance(node, ScalarNode) and not node.quoted else ""
        if re.fullmatch(r"[+-]?(?:[0-9]{1,3}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})", text) is None:
            raise self.mismatch(node, at)
        if abs(float(text)) > self.limit:
            hint = "longitude comes first, then latitude" if abs(float(text)) <= 180 else ""
            raise self.mismatch(node, at, hint)
        return float(text)

    def schema(self, definitions: Definitions) -> Schema:
        """Return a number."""
        del definitions
        return {"type": "number", "minimum": -180, "maximum": 180}


@kind_of_value
class _Coordinates(Kind[Coordinates]):
    """A position, or lists of positions."""

    depth: int = 0
    """1 for a position, 2 for a list of positions, and so on; 0 to accept each of these."""

    @property
    def words(self) -> str:
        """What is allowed."""
        return _WORDS[self.depth]

    def parse(self, node: Node, at: At) -> Coordinates:
        """Read nested lists of numbers."""
        if not isinstance(node, ListNode) or not node.items:
            raise self.mismatch(node, at)
        depth = self.depth or _depth(node)
        if depth > 1:
            return Many(_Coordinates(depth - 1)).parse(node, at)
        if len(node.items) != 2:
            items = counted(len(node.items), "item")
            raise at.wrong(f"found a list of {items}, expected {self.words}")
        longitude, latitude = (at.item(i, item) for i, item in enumerate(node.items))
        return (
            _Degrees(180).read(node.items[0], longitude),
            _Degrees(90).read(node.items[1], latitude),
        )

    def sent(self, value: Coordinates) -> Json:
        """Return nested lists of numbers."""
        return [self.sent(item) if isinstance(item, tuple) else item for item in value]

    def schema(self, definitions: Definitions) -> Schema:
        """Return nested lists."""
        degrees = _Degrees(180).schema(definitions)
        position: Schema = {"type": "array", "items": degrees, "minItems": 2, "maxItems": 2}
        positions = definitions.define("Position", lambda: position)
        ring: Schema = {"type": "array", "items": positions, "minItems": 1}
        rings: Schema = {"type": "array", "items": ring, "minItems": 1}
        return any_of(positions, ring, rings)


def _depth(node: Node) -> int:
    """Return how many lists the first number is in, at most 3."""
    depth = 0
    while isinstance(node, ListNode) and node.items and depth < max(_DEPTHS.values()):
        node = node.items[0]
        depth += 1
    return depth


@attrs.frozen
class Geometry:
    """A point, points or an area, as in GeoJSON."""

    type: str = key(
        _Shape(), "The shape: Point, MultiPoint or Polygon.", example="Point", required=True
    )
    coordinates: Coordinates = key(
        _Coordinates(),
        "Longitude and latitude of the point in degrees, a list of such pairs, "
        "or a list of closed rings of such pairs.",
        example=[4.35, 50.85],
        required=True,
    )


def _finish_geometry(values: dict[str, Any], at: At) -> None:
    shape, coordinates = values.get("type"), values.get("coordinates")
    if not isinstance(shape, str) or not isinstance(coordinates, tuple):
        return
    expected = _DEPTHS[shape]
    depth = 0
    value: object = coordinates
    while isinstance(value, tuple):
        value = value[0]
        depth += 1
    place = at.of("coordinates")
    if depth != expected:
        place.wrong(f"found {_WORDS[depth]}, but a {shape} has {_WORDS[expected]}")
    elif shape == "Polygon":
        for ring in coordinates:
            if len(ring) < 4 or ring[0] != ring[-1]:
                hint = "repeat the first position as the last one"
                message = "found a ring that is not closed or has less than four positions"
                place.wrong(message, hint)


@attrs.frozen
class Location:
    """A place."""

    place: str | None = key(Text(), "The name of the place.", example="Brussels")
    description: str | None = key(Text(), "What happened there.", example="Sampling site.")
    identifiers: tuple[Identifier, ...] = key(
        Identifiers(LOCATION_SCHEMES),
        "Identifiers of the place.",
        example={"wikidata": "Q239"},
        default=(),
    )
    geometry: Geometry | None = key(
        Struct(Geometry, "a geometry with the keys type and coordinates", _finish_geometry),
        "Where it is.",
        example={"type": "Point", "coordinates": [4.35, 50.85]},
    )


LOCATION = Struct(Location, "a location")
"""A single location."""


_MANY = Many(LOCATION)

_FEATURES = "features"
"""The key of the server for the list."""


@kind_of_value
class _Locations(Kind[tuple[Location, ...]]):
    """A list of locations, also as the value of the only key `features`."""

    emptied = "[]"
    words = f"a list, each item being {LOCATION.words}"

    def parse(self, node: Node, at: At) -> tuple[Location, ...]:
        """Read locations."""
        features = node.only(_FEATURES) if isinstance(node, MapNode) else None
        return _MANY.parse(node if features is None else features, at)

    def sent(self, value: tuple[Location, ...]) -> Json:
        """Return the list as the value of the key that the server has."""
        return {_FEATURES: _MANY.sent(value)} if value else None

    def stored(self, value: Json) -> Json:
        """Return the locations as they are stored."""
        if not isinstance(value, dict):
            return plain(value)
        found = {
            name: _MANY.stored(part) if name == _FEATURES else plain(part)
            for name, part in value.items()
        }
        return given(**found)

    def sendable(self, value: Json) -> Json:
        """Return the locations without what the server adds."""
        if not isinstance(value, dict):
            return value
        return {
            name: _MANY.sendable(part) if name == _FEATURES else part
            for name, part in value.items()
        }

    def taken_back(self, value: Json) -> Json:
        """Return the locations."""
        return _MANY.taken_back(mapping(value).get(_FEATURES))

    def mentions(self, value: Json, path: str) -> Iterator[Mention]:
        """Yield the ids in all locations."""
        return _MANY.mentions(mapping(value).get(_FEATURES), f"{path}.{_FEATURES}")

    def where(self, parts: tuple[str, ...]) -> str:
        """Return the place in the list."""
        return _MANY.where(parts[1:] if parts[:1] == (_FEATURES,) else parts)

    def schema(self, definitions: Definitions) -> Schema:
        """Return a list, also as a part of a mapping."""
        features = list_of(LOCATION.schema(definitions))
        return any_of(object_of({_FEATURES: features}, required=[_FEATURES]), features)


LOCATIONS = _Locations()
"""Locations."""
