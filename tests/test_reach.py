"""A server that cannot be reached at all is found out quickly, and once per build."""

import json
from pathlib import Path

import pytest

from stepup_zenodo.errors import Unavailable
from stepup_zenodo.events import Event, Requested, silent
from stepup_zenodo.remote.client import Client
from stepup_zenodo.remote.exchange import Response
from stepup_zenodo.remote.protocol import get_draft
from stepup_zenodo.remote.reach import Reach, Unreached
from stepup_zenodo.remote.transport import Lost

from .test_hostile import JSON, hostile
from .workspace import Workspace

NOBODY = "http://127.0.0.1:9/api"
"""An endpoint at which nothing listens."""

FINE = Response(200, {}, b"")
REFUSED, SLOW = Lost("refused.", sent=False), Lost("slow.", sent=False, slow=True)
CUT = Lost("cut.", late=True)
ADVICE = (
    "Try again when it can be, or build with STEPUP_ZENODO_OFFLINE=1: then nothing is sent, and "
    "all is only validated."
)
NOW = 1_000_000.0


@pytest.mark.parametrize(
    ("before", "happens", "expected"),
    [
        ({}, [FINE], ("fine", [], {})),
        ({}, [REFUSED, FINE], ("fine", [0.5], {})),
        ({}, [REFUSED, REFUSED], ("Unreached", [0.5], {"E": NOW})),
        # No second attempt where the first one was long.
        ({}, [SLOW], ("Unreached", [], {"E": NOW})),
        # A request that got through is for others to repeat.
        ({}, [CUT], ("Lost", [], {})),
        ({}, [REFUSED, CUT], ("Lost", [0.5], {})),
        # One attempt is still made shortly after another run, and a server that is back is used.
        ({"E": NOW - 60}, [REFUSED], ("Unreached", [], {"E": NOW})),
        ({"E": NOW - 60}, [FINE], ("fine", [], {})),
        ({"E": NOW - 60, "F": 1.0}, [CUT], ("Lost", [], {"F": 1.0})),
        # Long ago, of a clock that was set back, of another endpoint, or damaged: as if never.
        ({"E": NOW - 200}, [REFUSED, REFUSED], ("Unreached", [0.5], {"E": NOW})),
        ({"E": NOW + 60}, [REFUSED, REFUSED], ("Unreached", [0.5], {"E": NOW})),
        ({"F": NOW}, [REFUSED, REFUSED], ("Unreached", [0.5], {"F": NOW, "E": NOW})),
        ({"E": "x"}, [REFUSED, FINE], ("fine", [0.5], {})),
    ],
)
def test_attempts_and_memory(
    tmp_path: Path,
    before: dict[str, object],
    happens: list[Response | Lost],
    expected: tuple[str, list[float], dict[str, object]],
) -> None:
    path = tmp_path / "unreached.json"
    path.write_text(json.dumps(before))
    reach = Reach("E", path, now=lambda: NOW)
    left = list(happens)
    waited: list[float] = []

    def send() -> Response:
        item = left.pop(0)
        if isinstance(item, Lost):
            raise item
        return item

    try:
        reach.try_to(send, lambda seconds, _: waited.append(seconds))
        ended = "fine"
    except Lost as exc:
        ended = type(exc).__name__

    assert left == []
    assert (ended, waited, json.loads(path.read_text())) == expected


def test_after_a_first_connection_nothing_is_given_up_early(tmp_path: Path) -> None:
    reach = Reach("E", tmp_path / "unreached.json")

    def refused() -> Response:
        raise REFUSED

    reach.try_to(lambda: FINE, lambda *_: None)

    with pytest.raises(Lost) as info:
        reach.try_to(refused, lambda *_: None)

    assert info.value is REFUSED
    assert not (tmp_path / "unreached.json").exists()


def test_less_time_for_a_connection_after_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "unreached.json"
    path.write_text(json.dumps({"E": NOW}))
    again, other = (Reach(name, path, now=lambda: NOW) for name in ("E", "F"))

    before = (again.timeout, other.timeout)
    again.try_to(lambda: FINE, lambda *_: None)

    assert (*before, again.timeout) == (5.0, 20.0, 20.0)


@pytest.mark.parametrize("endpoint", [NOBODY, "https://no-such-host.invalid/api"])
def test_a_server_that_is_not_there(tmp_path: Path, endpoint: str) -> None:
    told: list[Event] = []
    waited: list[float] = []
    counts = []
    for _ in range(2):
        reach = Reach(endpoint, tmp_path / "unreached.json")
        client = Client(endpoint, "token", told.append, sleep=waited.append, reach=reach)
        with pytest.raises(Unavailable) as info:
            client.read(get_draft("1"))
        counts.append(len(told))

        assert not isinstance(info.value, Lost), "nobody tries again"
        assert info.value.message == (
            f"Could not read the draft: the server could not be reached ({endpoint}). {ADVICE}"
        )

    assert all(isinstance(event, Requested) for event in told)
    assert (counts, waited) == ([2, 3], [0.5])


def test_a_server_that_goes_away_is_tried_as_often_as_ever() -> None:
    waited: list[float] = []
    with hostile(lambda *_: (200, JSON, b"{}")) as endpoint:
        client = Client(endpoint, "token", silent, sleep=waited.append)
        client.read(get_draft("1"))

    with pytest.raises(Unavailable) as info:
        client.read(get_draft("1"))

    assert info.value.message == (
        f"Could not read the draft: the server could not be reached ({endpoint}). "
        "Gave up after 6 attempts."
    )
    assert waited == [0.5, 1.0, 2.0, 4.0, 8.0]


def test_a_run_without_network(offline: Workspace) -> None:
    """It is told in one line, nothing has to be looked for later, and the advice works."""
    offline.environ["STEPUP_ZENODO_TOKEN"] = "x" * 40
    offline.config |= {"endpoint": NOBODY}
    offline.write(a_txt="aaa")
    offline.write_config()
    failed = (
        f"failed: Could not create the draft: the server could not be reached ({NOBODY}). {ADVICE}"
    )

    first, second = (offline.run("sync") for _ in range(2))
    offline.environ["STEPUP_ZENODO_OFFLINE"] = "1"
    third = offline.run("sync")

    assert [(r.status, r.err) for r in (first, second)] == [(1, f"{failed}\n")] * 2
    assert "trying again" not in first.out + second.out
    state = json.loads((offline.folder / ".zenodo-record-id.json").read_text())
    assert state["endpoints"][NOBODY]["intent"] == ""
    assert (third.status, third.err) == (0, "")
    assert third.out.startswith("validated")


def test_the_doi_step_says_how_to_do_without(offline: Workspace) -> None:
    offline.environ["STEPUP_ZENODO_TOKEN"] = "x" * 40
    offline.config |= {"endpoint": NOBODY}
    offline.write_config()
    words = ("doi", "zenodo.yaml", "doi.txt")
    why = f"Could not create the draft: the server could not be reached ({NOBODY}). {ADVICE}"

    without = offline.run(*words)
    offline.config |= {"doi_placeholder": "10.5281/zenodo.pending"}
    offline.write_config()
    with_placeholder = offline.run(*words)

    more = "Without the server, this step needs the key doi_placeholder."
    assert (without.status, without.err) == (1, f"failed: {why} {more}\n")
    holds = "The outputs hold the placeholder 10.5281/zenodo.pending."
    assert (with_placeholder.status, with_placeholder.err) == (0, f"{holds} {why}\n")


def test_unreached_has_not_changed_anything() -> None:
    assert (Unreached("x").sent, Unreached("x").late) == (False, False)
