"""Lists are compared by item: a table for each decision, and what holds for all of them."""

from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepup_zenodo.config.fields import Normal, normal
from stepup_zenodo.jsontypes import Json
from stepup_zenodo.local.base import Base, SentField
from stepup_zenodo.record.changes import Action, Conflict, FieldChange, Kept, SaveMetadata
from stepup_zenodo.record.compare import compare
from stepup_zenodo.record.desired import Desired
from stepup_zenodo.record.foresee import after, foresee
from stepup_zenodo.record.identity import aligned, item_kind
from stepup_zenodo.record.itemwise import agreed_lists, compare_value, taken_over
from stepup_zenodo.record.observed import Record
from stepup_zenodo.record.threeway import Choice, left_to_them

from .test_compare import ASK, DRAFT, OURS, THEIRS

KEYWORDS, CREATORS, CONTRIBUTORS, RELATED, REFERENCES, IDENTIFIERS, FUNDING, DATES = (
    f"metadata.{name}"
    for name in (
        "subjects",
        "creators",
        "contributors",
        "related_identifiers",
        "references",
        "identifiers",
        "funding",
        "dates",
    )
)


def words(text: str) -> Json:
    """Return keywords, one for each letter; nothing for an empty text."""
    return [{"subject": letter} for letter in text] or None


def known(value: Json) -> Base:
    return Base({KEYWORDS: SentField(value, value)})


def change(old: str, new: str, ours: str, reason: str = "changed in the configuration") -> object:
    return FieldChange(KEYWORDS, words(old), words(new), reason, words(ours))


PULL = "`stepup-zenodo pull` takes over what is there"


def only_there(names: str) -> Kept:
    return Kept("metadata.keywords", f"on the server only: {names}; {PULL}", KEYWORDS)


def only_here(names: str) -> Kept:
    reason = f"not on the server any more: {names}; `stepup-zenodo pull` takes it out here, too"
    return Kept("metadata.keywords", reason, KEYWORDS)


def other_order() -> Kept:
    reason = "the items are in another order on the server"
    return Kept("metadata.keywords", reason, KEYWORDS)


REMEDY = (
    "use --ours to overwrite the server, --theirs to keep what it has, "
    "or `stepup-zenodo pull` to take that over"
)
REPLACED = Conflict(
    "metadata.keywords",
    "'b' replaced in the configuration by 'x' and on the server by 'y'",
    REMEDY,
    KEYWORDS,
)
NO_BASE = "differs from the configuration"
OVERWRITTEN = "changed on the server, overwritten because of --ours"


@pytest.mark.parametrize(
    ("ours", "theirs", "base", "choice", "expected"),
    [
        ("ab", "ab", "ab", ASK, ()),
        # One side has added, or both have.
        ("abx", "ab", "ab", ASK, (change("ab", "abx", "abx"),)),
        ("ab", "aby", "ab", ASK, (only_there("'y'"),)),
        ("abx", "aby", "ab", ASK, (change("aby", "abxy", "abx"), only_there("'y'"))),
        ("abx", "abx", "ab", ASK, ()),
        ("abx", "abxy", "ab", ASK, (only_there("'y'"),)),
        ("xab", "yab", "ab", ASK, (change("yab", "yxab", "xab"), only_there("'y'"))),
        # One side has removed, or both have.
        ("a", "ab", "ab", ASK, (change("ab", "a", "a"),)),
        ("", "ab", "ab", ASK, (change("ab", "", ""),)),
        ("", "aby", "ab", ASK, (change("aby", "y", ""), only_there("'y'"))),
        ("ab", "a", "ab", ASK, (only_here("'b'"),)),
        ("ab", "", "ab", ASK, (only_here("'a', 'b'"),)),
        ("a", "b", "ab", ASK, (change("b", "", "a"), only_here("'a'"))),
        ("a", "a", "ab", ASK, ()),
        # One has removed, the other one added.
        ("a", "aby", "ab", ASK, (change("aby", "ay", "a"), only_there("'y'"))),
        ("abx", "a", "ab", ASK, (change("a", "ax", "abx"), only_here("'b'"))),
        # Both have replaced the same one: perhaps by the same one with another name.
        ("ax", "ay", "ab", ASK, (REPLACED,)),
        ("ax", "ay", "ab", THEIRS, (only_there("'y'"), only_here("'x'"))),
        ("axz", "ay", "abz", THEIRS, (only_there("'y'"), only_here("'x', 'z'"))),
        ("ax", "ax", "ab", ASK, ()),
        # The order.
        ("ba", "ab", "ab", ASK, (change("ab", "ba", "ba"),)),
        ("ab", "ba", "ab", ASK, (other_order(),)),
        ("ba", "aby", "ab", ASK, (change("aby", "bya", "ba"), only_there("'y'"))),
        ("abx", "ba", "ab", ASK, (change("ba", "bxa", "abx"), other_order())),
        ("cab", "bca", "abc", ASK, (change("bca", "cab", "cab"),)),
        # The user decides.
        ("abx", "aby", "ab", OURS, (change("aby", "abx", "abx", OVERWRITTEN),)),
        ("ab", "aby", "ab", OURS, (change("aby", "ab", "ab", OVERWRITTEN),)),
        ("abx", "aby", "ab", THEIRS, (change("aby", "abxy", "abx"), only_there("'y'"))),
        # What was sent last is not known.
        ("ax", "a", None, ASK, (change("a", "ax", "ax", NO_BASE),)),
        ("a", "ay", None, ASK, (only_there("'y'"),)),
        ("ax", "ay", None, ASK, (change("ay", "ayx", "ax", NO_BASE), only_there("'y'"))),
        ("x", "y", None, ASK, (change("y", "xy", "x", NO_BASE), only_there("'y'"))),
        ("ba", "ab", None, ASK, (change("ab", "ba", "ba", NO_BASE),)),
        ("", "y", None, ASK, (change("y", "", "", NO_BASE),)),
        ("x", "", None, ASK, (change("", "x", "x", "not yet in the draft"),)),
        ("x", "xy", None, OURS, (change("xy", "x", "x", NO_BASE),)),
        # What is there twice is compared as a whole.
        (
            "aa",
            "aay",
            "aa",
            ASK,
            (
                Kept(
                    "metadata.keywords", "changed on the server to ['a', 'a', 'y']", KEYWORDS
                ),
            ),
        ),
    ],
)  # fmt: skip
def test_keywords(
    ours: str, theirs: str, base: str | None, choice: Choice, expected: tuple[object, ...]
) -> None:
    last = Base() if base is None else known(words(base))

    assert compare_value(KEYWORDS, words(ours), words(theirs), last, choice) == expected


def person(family: str, given: str = "", *, orcid: str = "", role: str = "", at: str = "") -> Json:
    who: dict[str, Json] = {"type": "personal", "family_name": family, "given_name": given}
    if orcid:
        who["identifiers"] = [{"scheme": "orcid", "identifier": orcid}]
    found: dict[str, Json] = {"person_or_org": who}
    if role:
        found["role"] = {"id": role}
    if at:
        found["affiliations"] = [{"name": at}]
    return found


ADA, GRACE = person("Lovelace", "Ada"), person("Hopper", "Grace")
ONE, TWO = "0000-0002-1825-0097", "0000-0001-5109-3700"


def work(identifier: str, relation: str, kind: str = "") -> Json:
    found: dict[str, Json] = {"identifier": identifier, "scheme": "doi"}
    found["relation_type"] = {"id": relation}
    return {**found, "resource_type": {"id": kind}} if kind else found


def grant(funder: str, title: str, number: str = "") -> Json:
    award: dict[str, Json] = {"title": {"en": title}}
    return {"funder": {"name": funder}, "award": {**award, "number": number} if number else award}


def dated(date: str, kind: str, description: str = "") -> Json:
    found: dict[str, Json] = {"date": date, "type": {"id": kind}}
    return {**found, "description": description} if description else found


def described(text: str, kind: str) -> Json:
    return {"description": f"<p>{text}</p>", "type": {"id": kind}}


@pytest.mark.parametrize(
    ("field", "one", "other", "expected"),
    [
        ("creators", [ADA], [person("LOVELACE", " Ada")], [(0, 0)]),
        ("creators", [ADA, GRACE], [GRACE], [(0, None), (1, 0)]),
        ("creators", [person("Lovelace", "A.", orcid=ONE)], [person("Byron", orcid=ONE)], [(0, 0)]),
        ("creators", [ADA], [person("Lovelace", "Ada", orcid=ONE)], [(0, 0)]),
        # Two people of one name.
        (
            "creators",
            [person("Lovelace", "Ada", orcid=ONE), person("Lovelace", "Ada", orcid=TWO)],
            [person("Lovelace", "Ada", orcid=TWO)],
            [(0, None), (1, 0)],
        ),
        ("creators", [person("Lovelace", "Ada", orcid=ONE)],
         [person("Lovelace", "Ada", orcid=TWO)], [(0, None), (None, 0)]),
        # It is not certain which one is meant.
        (
            "creators",
            [person("Lovelace", "Ada", orcid=ONE), person("Lovelace", "Ada", orcid=TWO)],
            [ADA],
            None,
        ),
        ("creators", [ADA, ADA], [ADA], None),
        ("creators", [ADA, person("Lovelace", "Ada", orcid=ONE)], [GRACE], None),
        # Somebody contributes in two roles.
        (
            "contributors",
            [person("Lovelace", "Ada", role=role) for role in ("editor", "datacurator")],
            [person("Lovelace", "Ada", role="datacurator", at="Here")],
            [(0, None), (1, 0)],
        ),
        ("subjects", [{"id": "x"}], [{"subject": "x"}], [(0, None), (None, 0)]),
        ("related_identifiers", [work("10.1/a", "cites")], [work("10.1/a", "cites", "dataset")],
         [(0, 0)]),
        ("related_identifiers", [work("10.1/a", "cites")], [work("10.1/a", "continues")],
         [(0, None), (None, 0)]),
        (
            "references",
            [{"reference": "A", "identifier": "10.1/a", "scheme": "doi"}, {"reference": "B"}],
            [{"reference": "B", "identifier": "10.1/b", "scheme": "doi"},
             {"reference": "A. A.", "identifier": "10.1/a", "scheme": "doi"}],
            [(0, 1), (1, 0)],
        ),
        ("identifiers", [{"identifier": "1", "scheme": "x"}], [{"identifier": "1", "scheme": "y"}],
         [(0, None), (None, 0)]),
        ("funding", [grant("F", "T", "1")], [grant("F", "U", "1")], [(0, 0)]),
        ("funding", [grant("F", "T")], [grant("F", "U")], [(0, None), (None, 0)]),
        ("funding", [{"funder": {"name": "F"}}], [grant("F", "U")], [(0, None), (None, 0)]),
        ("languages", [{"id": "eng"}], [{"id": "fra"}, {"id": "eng"}], [(0, 1), (None, 0)]),
        ("dates", [dated("2026", "collected")], [dated("2026", "collected", "x")], [(0, 0)]),
        ("dates", [dated("2026", "collected")], [dated("2027", "collected")],
         [(0, None), (None, 0)]),
        ("additional_descriptions", [described("A", "methods"), described("N", "notes")],
         [described("B", "methods")], [(0, 0), (1, None)]),
        ("additional_descriptions", [described("A", "methods"), described("B", "methods")],
         [described("B", "methods")], None),
        ("additional_titles", [{"title": "A", "type": {"id": "subtitle"}}],
         [{"title": "A", "type": {"id": "subtitle"}, "lang": {"id": "eng"}}],
         [(0, None), (None, 0)]),
        ("sizes", ["1 page"], ["1 page", "2 pages"], [(0, 0), (None, 1)]),
    ],
)  # fmt: skip
def test_the_same_thing(
    field: str, one: list[Json], other: list[Json], expected: list[tuple[int | None, ...]] | None
) -> None:
    """Which items of two lists stand for the same."""
    name = f"metadata.{field}"
    kind = item_kind(name)
    assert kind is not None
    mine, theirs = normal(name, one), normal(name, other)
    assert isinstance(mine, list)
    assert isinstance(theirs, list)

    rows = aligned(kind, mine, theirs)

    found = None if rows is None else sorted((row.places for row in rows), key=str)
    assert found == (None if expected is None else sorted(expected, key=str))


@pytest.mark.parametrize("field", ["rights", "locations", "title"])
def test_what_is_compared_as_a_whole(field: str) -> None:
    assert item_kind(f"metadata.{field}") is None


def both(ours: str, theirs: str) -> str:
    return f"changed in the configuration to {ours} and on the server to {theirs}"


@pytest.mark.parametrize(
    ("field", "ours", "theirs", "base", "told", "where"),
    [
        # Both have changed the same item, perhaps different parts of it.
        (
            CREATORS,
            [GRACE, person("Lovelace", "Ada", at="Here")],
            [GRACE, person("Lovelace", "Ada", at="There"), person("Curie")],
            [GRACE, ADA],
            "'Lovelace, Ada' "
            + both("affiliations[0].name: 'Here'", "affiliations[0].name: 'There'"),
            "1",
        ),
        (
            CREATORS,
            [person("Lovelace", "Ada", at="Here")],
            [person("Lovelace", "Augusta Ada", orcid=ONE)],
            [person("Lovelace", "Ada", orcid=ONE)],
            "'Lovelace, Ada' "
            + both(
                "given_name: 'Ada', affiliations: [{name: 'Here'}], identifiers: nothing",
                "given_name: 'Augusta Ada', affiliations: nothing, "
                "identifiers: [{orcid: '0000-0002-1825-0097'}]",
            ),
            "0",
        ),
        # One has removed what the other one has changed.
        (
            CREATORS,
            [GRACE],
            [GRACE, person("Lovelace", "Ada", at="There")],
            [GRACE, ADA],
            (
                "'Lovelace, Ada' removed in the configuration and changed on the server to "
                "affiliations: [{name: 'There'}]"
            ),
            "",
        ),
        (
            CREATORS,
            [GRACE, person("Lovelace", "Ada", at="Here")],
            [GRACE],
            [GRACE, ADA],
            (
                "'Lovelace, Ada' changed in the configuration to affiliations: [{name: 'Here'}] "
                "and removed on the server"
            ),
            "1",
        ),
        # Both have added it.
        (
            DATES,
            [dated("2026", "collected", "mine")],
            [dated("2026", "collected", "theirs")],
            None,
            (
                "'collected 2026' added in the configuration to description: 'mine' "
                "and on the server to description: 'theirs'"
            ),
            "0",
        ),
        # Both have changed the order of the authors.
        (
            CREATORS,
            [GRACE, ADA, person("Curie")],
            [person("Curie"), ADA, GRACE],
            [ADA, GRACE, person("Curie")],
            (
                "the order was changed in the configuration to 'Hopper, Grace', 'Lovelace, Ada', "
                "'Curie' and on the server to 'Curie', 'Lovelace, Ada', 'Hopper, Grace'"
            ),
            "",
        ),
    ],
)
def test_a_conflict_names_the_item(
    *, field: str, ours: Json, theirs: Json, base: Json, told: str, where: str
) -> None:
    mine, other, sent = (normal(field, value) for value in (ours, theirs, base))
    last = Base({field: SentField(sent, sent)})

    found = compare_value(field, mine, other, last, ASK)

    assert found == (Conflict(field, told, REMEDY, f"{field}.{where}" if where else field),)
    decided = compare_value(field, mine, other, last, THEIRS)
    assert not any(isinstance(verdict, Conflict) for verdict in decided)
    assert taken_over(field, mine, other, last) == (
        decided[0].new if isinstance(decided[0], FieldChange) else other
    )


# Properties. Creators are letters with a number, which stands for the details of a person.

Side = tuple[tuple[str, int], ...]

DETAILS = st.integers(0, 2)


def sides(*, distinct: bool = True) -> st.SearchStrategy[Side]:
    """Return the items that one side has."""
    one = st.tuples(st.sampled_from("abcd"), DETAILS)
    return st.lists(one, max_size=4, unique_by=(lambda item: item[0]) if distinct else None).map(
        tuple
    )


def people(side: Side) -> Json:
    """Return items in normal form."""
    made: list[Json] = [person(name, at=f"Place {n}" if n else "") for name, n in side]
    return normal(CREATORS, made)


def side_of(value: Any) -> dict[str, int]:  # noqa: ANN401 (JSON)
    """Return the details of each person by their names."""
    found = {}
    for item in value or []:
        at = item.get("affiliations") or [{"name": "Place 0"}]
        found[item["person_or_org"]["family_name"]] = int(at[0]["name"][-1])
    return found


@attrs.define
class Actor:
    """Somebody with a configuration, and a memory of what was sent last."""

    ours: Json
    base: Base = attrs.field(factory=Base)

    @property
    def desired(self) -> Desired:
        return Desired(Normal.of({CREATORS: self.ours}), {})

    def sync(self, server: Json, choice: Choice = ASK) -> tuple[Json, tuple[Kept, ...]] | None:
        """Return what the server has after a run, and what is kept; `None` after a conflict."""
        foreseen = foresee(self.desired, draft(server), self.base, choice, today="")
        done: list[Action] = []
        for _ in range(3):
            record = draft(server)
            changes = compare(self.desired, record, self.base, choice)
            if changes.conflicts:
                assert (foreseen.conflicts, done) == (changes.conflicts, [])
                return None
            for action in changes.actions:
                assert isinstance(action, SaveMetadata)
                [item] = action.changes
                server = after(action, record, "").fields.get(CREATORS)
                self.base = self.base.saved({CREATORS: item.remembered(server)})
                done.append(action)
        assert changes.actions == ()
        self.remember(server, changes.kept if choice.theirs else ())
        assert (foreseen.actions, foreseen.kept) == (tuple(done), changes.kept)
        return server, changes.kept

    def remember(self, server: Json, told: tuple[Kept, ...]) -> None:
        equal = {CREATORS: SentField(server, server)} if server == self.ours else {}
        left = left_to_them(told, self.desired, {}, self.base, lambda file: "").fields
        lists = agreed_lists(self.desired, draft(server), self.base)
        fields = {**self.base.fields, **equal, **left, **lists}
        self.base = attrs.evolve(self.base, fields=fields, pending={}, merged={})

    def pull(self, server: Json) -> None:
        self.ours = taken_over(CREATORS, self.ours, server, self.base)


def draft(server: Json) -> Record:
    return attrs.evolve(DRAFT, fields=Normal.of({CREATORS: server} if server else {}))


def actor(ours: Side, base: Side | None) -> Actor:
    sent = None if base is None else SentField(people(base), people(base))
    return Actor(people(ours), Base({CREATORS: sent} if sent else {}))


LAST = st.none() | sides()
thorough = settings(max_examples=200)


@thorough
@given(sides(), sides(), LAST, st.sampled_from([ASK, THEIRS]))
def test_nobody_loses_an_item(ours: Side, theirs: Side, base: Side | None, choice: Choice) -> None:
    ended = actor(ours, base).sync(people(theirs), choice)

    if ended is None:
        return
    now, mine, other = side_of(ended[0]), dict(ours), dict(theirs)
    before = {} if base is None else dict(base)
    for name in {*mine, *other}:
        same_here = base is not None and mine.get(name) == before.get(name)
        if mine.get(name) == other.get(name) or same_here:
            assert now.get(name) == other.get(name)
        elif other.get(name) == before.get(name):
            # What the configuration alone has changed arrives, unless they may have replaced it.
            withheld = choice is THEIRS and name not in before
            assert now.get(name) == mine.get(name) or (withheld and name not in now)
        elif base is None:
            emptied = not ours
            assert now.get(name) == mine.get(name, None if emptied else other.get(name))
        else:
            assert choice is THEIRS, "both have changed it"
            assert now.get(name) == other.get(name)


@thorough
@given(sides(distinct=False), sides(distinct=False), LAST, st.sampled_from([ASK, OURS, THEIRS]))
def test_a_second_run_has_nothing_to_do(
    ours: Side, theirs: Side, base: Side | None, choice: Choice
) -> None:
    one = actor(ours, base)
    ended = one.sync(people(theirs), choice)
    if ended is None:
        return
    server, kept = ended

    assert one.sync(server, choice) == ended
    again = one.sync(server)

    assert again == ended
    assert (server == one.ours) == (kept == ()), "what differs is told"
    one.pull(server)
    assert one.ours == server
    assert one.sync(server) == (server, ())


@thorough
@given(sides(), sides(), LAST)
def test_what_an_interrupted_run_has_saved_is_remembered(
    ours: Side, theirs: Side, base: Side | None
) -> None:
    """A run that is killed after its save knows as much as one that was not."""
    one = actor(ours, base)
    changes = compare(one.desired, draft(people(theirs)), one.base, ASK)
    if changes.conflicts or not changes.actions:
        return
    [action] = changes.actions
    assert isinstance(action, SaveMetadata)
    [item] = action.changes
    merged = {CREATORS: item.ours} if item.is_merged else {}
    killed = Actor(one.ours, one.base.saving({CREATORS: item.new}, merged))
    ended = one.sync(people(theirs))

    assert killed.sync(item.new) == ended
    assert killed.base.fields == one.base.fields


EDITS = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from("abcdef"), st.integers(0, 3)), max_size=6
)


@thorough
@given(sides(), EDITS)
def test_two_people_get_the_same_in_the_end(start: Side, edits: list[tuple[int, str, int]]) -> None:
    """The second one pulls at the end only; what both change is decided for the server."""
    both = [actor(start, start), actor(start, start)]
    server: Json = people(start)
    expected = dict(start)
    for number, name, detail in edits:
        one = both[number]
        # Edits are made on what one has seen last.
        now = side_of(one.ours)
        before = now.get(name)
        if detail == 3:
            now.pop(name, None)
        else:
            now[name] = detail
        one.ours = people(tuple(now.items()))
        if expected.get(name) == before:
            expected.pop(name, None)
            expected |= {name: detail} if detail != 3 else {}
        ended = one.sync(server, THEIRS)
        assert ended is not None
        server = ended[0]
        if number == 0:
            one.pull(server)
            ended = one.sync(server, THEIRS)
            assert ended is not None
    for _ in range(2):
        for one in both:
            ended = one.sync(server, THEIRS)
            assert ended is not None
            server = ended[0]
            one.pull(server)

    assert both[0].ours == both[1].ours == server
    assert side_of(server) == expected
