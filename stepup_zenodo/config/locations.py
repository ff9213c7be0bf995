"""Places on the Earth that a work is about."""

import re
from typing import Any, Union

import attrs

from ..document.nodes import ListNode, MapNode, Node, ScalarNode
from ..terms.identifiers import LOCATION_SCHEMES
from .kinds import Text
from .people import Identifier, Identifiers
from .reading import At, Kind, did_you_mean
from .shapes import Many, Record, key

__all__ = ("LOCATION", "LOCATIONS", "SHAPES", "Coordinates", "Geometry", "Location")

Coordinates = tuple[Union[float, "Coordinates"], ...]
"""Numbers in lists, in lists of lists, and so on."""

_WORDS = (
    "coordinates",
    "a list of longitude and latitude",
    "a list of positions",
    "a list of rings",
)
_DEPTHS = {"Point": 1, "MultiPoint": 2, "Polygon": 3}
SHAPES = tuple(_DEPTHS)
"""The shapes that a geometry can have."""


@attrs.frozen
class _Shape(Kind[str]):
    """The name of a shape."""

    words = f"one of {', '.join(SHAPES)}"

    def take(self, node: Node, at: At) -> str:
        """Read the name of a shape."""
        text = Text(name=self.words).take(node, at)
        if text not in SHAPES:
            same = next((name for name in SHAPES if name.lower() == text.lower()), "")
            raise self.mismatch(node, at, did_you_mean(same))
        return text


@attrs.frozen
class _Degrees(Kind[float]):
    """An angle."""

    limit: int
    """The largest absolute value."""

    @property
    def words(self) -> str:
        """What is allowed."""
        return f"a number of degrees from -{self.limit} to {self.limit}"

    def take(self, node: Node, at: At) -> float:
        """Read a number in decimal notation."""
        text = node.text if isinstance(node, ScalarNode) and not node.quoted else ""
        if re.fullmatch(r"[+-]?(?:[0-9]{1,3}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})", text) is None:
            raise self.mismatch(node, at)
        if abs(float(text)) > self.limit:
            hint = "longitude comes first, then latitude" if abs(float(text)) <= 180 else ""
            raise self.mismatch(node, at, hint)
        return float(text)


@attrs.frozen
class _Coordinates(Kind[Coordinates]):
    """A position, or lists of positions."""

    depth: int = 0
    """1 for a position, 2 for a list of positions, and so on; 0 to accept each of these."""

    @property
    def words(self) -> str:
        """What is allowed."""
        return _WORDS[self.depth]

    def take(self, node: Node, at: At) -> Coordinates:
        """Read nested lists of numbers."""
        if not isinstance(node, ListNode) or not node.items:
            raise self.mismatch(node, at)
        depth = self.depth or _depth(node)
        if depth > 1:
            return Many(_Coordinates(depth - 1)).take(node, at)
        if len(node.items) != 2:
            raise at.wrong(f"found a list of {len(node.items)} items, expected {self.words}")
        longitude, latitude = (at.item(i, item) for i, item in enumerate(node.items))
        return (
            _Degrees(180).read(node.items[0], longitude),
            _Degrees(90).read(node.items[1], latitude),
        )


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
        Record(Geometry, "a geometry with the keys type and coordinates", _finish_geometry),
        "Where it is.",
        example={"type": "Point", "coordinates": [4.35, 50.85]},
    )


LOCATION = Record(Location, "a location")
"""A single location."""


@attrs.frozen
class _Locations(Kind[tuple[Location, ...]]):
    """A list of locations, also as the value of the only key `features`."""

    emptied = "[]"
    words = f"a list, each item being {LOCATION.words}"

    def take(self, node: Node, at: At) -> tuple[Location, ...]:
        """Read locations."""
        features = node.only("features") if isinstance(node, MapNode) else None
        return Many(LOCATION).take(node if features is None else features, at)


LOCATIONS = _Locations()
"""Locations."""
