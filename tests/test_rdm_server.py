"""The local InvenioRDM itself: it can be observed, disturbed, changed and emptied."""

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.rdm_server.fixture import ACCEPT, Rdm, Request
from tests.rdm_server.install import recipe, remove_unused
from tests.rdm_server.layout import APP, KINDS, ZENODO, Failure, Layout
from tests.rdm_server.postgres import sql
from tests.rdm_server.processes import pid_of

pytestmark = pytest.mark.server

METADATA = {
    "title": "Water levels",
    "publication_date": "2026-03-01",
    "publisher": "Zenodo",
    "resource_type": {"id": "dataset"},
    "creators": [
        {"person_or_org": {"type": "personal", "family_name": "Doe", "given_name": "Jane"}}
    ],
}

EDMO = {"scheme": "edmo", "identifier": "https://edmo.seadatanet.org/report/1"}

INSTITUTE = {"type": "organizational", "name": "Institute", "identifiers": [EDMO]}

ZENODO_METADATA: Mapping[str, Any] = {
    **METADATA,
    "rights": [{"id": "other-pd"}],
    "languages": [{"id": "aaa"}],
    "additional_descriptions": [{"description": "Note", "type": {"id": "notes"}}],
    "creators": [{"person_or_org": INSTITUTE}],
}


@pytest.fixture
def session(rdm: Rdm) -> Iterator[requests.Session]:
    """Make requests as a client does: they are logged and disturbed."""
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Authorization"] = f"Bearer {rdm.token}"
        session.headers["Accept"] = ACCEPT
        yield session


def create_draft(rdm: Rdm, key: str | None = None) -> str:
    """Create a draft as a third party, optionally with a file that is declared."""
    response = rdm.request("POST", "/records", json={"metadata": METADATA})
    draft = str(response.json()["id"])
    if key is not None:
        rdm.request("POST", f"/records/{draft}/draft/files", json=[{"key": key}])
    return draft


def brief(log: list[Request]) -> list[tuple[str, int | None, int | None, int, str | None]]:
    """Return what a test can know about requests in advance."""
    return [
        (f"{item.method} {item.path}", item.status, item.served, item.received, item.fault)
        for item in log
    ]


class TestLog:
    def test_requests_are_logged_in_order_with_what_they_sent(
        self, rdm: Rdm, session: requests.Session
    ) -> None:
        draft = create_draft(rdm, "a b#1.txt")
        base = f"/api/records/{draft}/draft"
        session.get(f"{rdm.url}{base}?expand=1")
        session.put(f"{rdm.url}{base}", json={"metadata": {"title": "New title"}})
        session.put(f"{rdm.url}{base}/files/a%20b%231.txt/content", data=b"x" * 1000)
        session.get(f"{rdm.url}/api/records/123456789/draft")

        assert brief(rdm.log()) == [
            (f"GET {base}?expand=1", 200, 200, 0, None),
            (f"PUT {base}", 200, 200, 36, None),
            (f"PUT {base}/files/a%20b%231.txt/content", 200, 200, 1000, None),
            ("GET /api/records/123456789/draft", 404, 404, 0, None),
        ]

    def test_connections_can_be_told_apart(self, rdm: Rdm, session: requests.Session) -> None:
        for _ in range(3):
            session.get(f"{rdm.endpoint}/user/records")
        with requests.Session() as other:
            other.get(f"{rdm.endpoint}/user/records")

        ports = [request.port for request in rdm.log()]

        assert [ports.count(port) for port in dict.fromkeys(ports)] == [3, 1]

    def test_headers_are_logged_without_secrets(self, rdm: Rdm, session: requests.Session) -> None:
        session.headers["User-Agent"] = "tester/1"
        session.get(f"{rdm.endpoint}/user/records")
        (request,) = rdm.log()

        names = "user-agent", "accept", "authorization"
        assert [request.headers[name] for name in names] == ["tester/1", ACCEPT, "Bearer"]
        assert rdm.token not in str(request.headers)

    def test_parallel_requests_of_several_processes_are_all_logged(self, rdm: Rdm) -> None:
        def get(number: int) -> int:
            with requests.Session() as session:
                url = f"{rdm.endpoint}/vocabularies/licenses/cc-by-4.0?n={number}"
                return session.get(url).status_code

        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(get, range(24)))

        log = rdm.log()
        assert statuses == [200] * 24
        assert [request.number for request in log] == list(range(1, 25))
        assert {request.path.rpartition("=")[2] for request in log} == set(map(str, range(24)))

    def test_third_parties_are_neither_logged_nor_disturbed(self, rdm: Rdm) -> None:
        rdm.faults({"status": 503})
        response = rdm.request("GET", "/user/records")

        assert (response.status_code, rdm.log(), rdm.faults_left()) == (200, [], [1])

    def test_a_cleared_log_starts_again(self, rdm: Rdm, session: requests.Session) -> None:
        session.get(f"{rdm.endpoint}/user/records")
        rdm.clear_log()
        session.get(f"{rdm.endpoint}/user/records?q=2")

        assert [(item.number, str(item)) for item in rdm.log()] == [
            (1, "GET /api/user/records?q=2 200")
        ]


ANSWERS = {
    "status": (
        {"status": 503, "headers": {"Retry-After": "7"}},
        (503, "application/json", "7", '{"status": 503, "message": "Injected fault."}'),
        ("GET", 503, None, "status 503"),
    ),
    "json": (
        {"status": 200, "body": {"unexpected": []}},
        (200, "application/json", None, '{"unexpected": []}'),
        ("GET", 200, None, "status 200"),
    ),
    "html": (
        {"status": 200, "body": "<html>Log in</html>"},
        (200, "text/html", None, "<html>Log in</html>"),
        ("GET", 200, None, "status 200"),
    ),
    "after": (
        {"status": 504, "body": "<html>Too late</html>", "after": True},
        (504, "text/html", None, "<html>Too late</html>"),
        ("GET", 504, 200, "status 504 after processing"),
    ),
}

BROKEN = {
    "drop": ({"drop": True}, (None, None, "drop")),
    "drop after": ({"drop": True, "after": True}, (None, 200, "drop after processing")),
    "truncate": ({"truncate": True}, (200, 200, "truncate to {half} bytes")),
}


class TestFaults:
    @pytest.mark.parametrize(("rule", "answer", "entry"), ANSWERS.values(), ids=ANSWERS)
    def test_answers_are_replaced(
        self,
        rdm: Rdm,
        session: requests.Session,
        rule: Mapping[str, Any],
        answer: tuple[int, str, str | None, str],
        entry: tuple[str, int, int | None, str],
    ) -> None:
        rdm.faults(rule)
        got = session.get(f"{rdm.endpoint}/user/records")
        (request,) = rdm.log()

        headers = got.headers
        assert (got.status_code, headers["Content-Type"], headers.get("Retry-After"), got.text) == (
            answer
        )
        assert (request.method, request.status, request.served, request.fault) == entry
        assert rdm.faults_left() == [0]

    @pytest.mark.parametrize(("rule", "entry"), BROKEN.values(), ids=BROKEN)
    def test_connections_are_broken(
        self,
        rdm: Rdm,
        session: requests.Session,
        rule: Mapping[str, Any],
        entry: tuple[int | None, int | None, str],
    ) -> None:
        url = f"{rdm.endpoint}/vocabularies/licenses/cc-by-4.0"
        session.headers["Accept-Encoding"] = "identity"
        half = len(session.get(url).content) // 2
        rdm.clear_log()
        rdm.faults(rule)
        with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
            session.get(url)
        (request,) = rdm.log()

        assert (request.status, request.served, request.fault) == (
            *entry[:2],
            entry[2].format(half=half),
        )
        assert session.get(url).status_code == 200

    def test_redirects_lead_elsewhere(self, rdm: Rdm, session: requests.Session) -> None:
        target = f"{rdm.endpoint}/user/records"
        rdm.faults({"path": "/draft$", "status": 302, "headers": {"Location": target}})
        response = session.get(f"{rdm.endpoint}/records/1/draft")

        assert response.url == target

    def test_dropped_but_processed(self, rdm: Rdm, session: requests.Session) -> None:
        draft = create_draft(rdm)
        rdm.faults({"method": "PUT", "drop": True, "after": True})
        with pytest.raises(requests.ConnectionError):
            session.put(
                f"{rdm.endpoint}/records/{draft}/draft", json={"metadata": {"title": "X1Y"}}
            )

        assert rdm.get(f"/records/{draft}/draft")["metadata"] == {"title": "X1Y"}

    def test_an_upload_breaks_off(self, rdm: Rdm, session: requests.Session) -> None:
        draft = create_draft(rdm, "big.bin")
        path = f"/records/{draft}/draft/files/big.bin"
        rdm.faults({"path": "/content$", "drop_after_bytes": 100_000})
        with pytest.raises(requests.ConnectionError):
            session.put(f"{rdm.endpoint}{path}/content", data=b"0" * 10_000_000)
        first = rdm.log()
        content = b"1" * 1000
        again = session.put(f"{rdm.endpoint}{path}/content", data=content)
        committed = session.post(f"{rdm.endpoint}{path}/commit").json()

        broken = (f"PUT /api{path}/content", None, 400, 100_000, "drop after 100000 bytes")
        assert brief(first) == [broken]
        assert again.status_code == 200
        md5 = hashlib.md5(content).hexdigest()
        assert (committed["size"], committed["checksum"]) == (1000, f"md5:{md5}")

    def test_rules_skip_and_end(self, rdm: Rdm, session: requests.Session) -> None:
        rdm.faults(
            {"path": "q=never", "drop": True},
            {"path": "/user/", "skip": 1, "times": 2, "status": 500},
        )
        statuses = [session.get(f"{rdm.endpoint}/user/records").status_code for _ in range(4)]

        assert statuses == [200, 500, 500, 200]
        assert rdm.faults_left() == [1, 0]

    def test_delays_add_up_and_do_not_hold_others_up(
        self, rdm: Rdm, session: requests.Session
    ) -> None:
        held = {"path": "n=0", "delay": 600}
        rdm.faults(
            {"delay": 0.1, "times": 1000}, held, {"path": "n=1", "delay": 0.2, "status": 429}
        )

        def get(number: int) -> int:
            url = f"{rdm.endpoint}/vocabularies/licenses/cc-by-4.0?n={number}"
            return requests.get(url, timeout=60).status_code

        with ThreadPoolExecutor(8) as pool:
            first = pool.submit(get, 0)
            rdm.wait_for_request("n=0")
            others = list(pool.map(get, range(1, 8)))
            seconds = {request.path[-1]: request.seconds for request in rdm.log()}
            rdm.no_faults()

            assert first.result() == 200

        assert others == [429, *[200] * 6]
        assert seconds.pop("0") is None, "it was still waiting when the others had their answers"
        assert min(filter(None, seconds.values())) >= 0.1
        assert (seconds["1"] or 0) >= 0.3

    def test_late_answers_were_processed_at_once(self, rdm: Rdm, session: requests.Session) -> None:
        draft = create_draft(rdm)
        rdm.faults({"method": "DELETE", "after": True, "delay": 600})
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(session.delete, f"{rdm.endpoint}/records/{draft}/draft")
            rdm.wait_for_request("/draft", served=204)
            (request,) = rdm.log()
            status = rdm.request("GET", f"/records/{draft}/draft").status_code
            rdm.no_faults()

            assert (request.seconds, status) == (None, 404)
            assert answer.result().status_code == 204

    def test_misspelt_rules_are_refused(self, rdm: Rdm) -> None:
        with pytest.raises(ValueError, match=r"^unknown key time, allowed are: after, body, delay"):
            rdm.faults({"time": 3, "drop": True})


class TestSettings:
    def test_real_rate_limits(self, rdm: Rdm, session: requests.Session) -> None:
        url = f"{rdm.endpoint}/user/records"
        rdm.configure(RATELIMIT_AUTHENTICATED_USER="2 per minute")
        limited = [session.get(url) for _ in range(3)]
        rdm.configure()
        free = session.get(url)

        assert [item.status_code for item in (*limited, free)] == [200, 200, 429, 200]
        assert [item.headers["X-RateLimit-Remaining"] for item in limited] == ["1", "0", "0"]
        assert limited[-1].json() == {"message": "2 per 1 minute", "status": 429}

    def test_real_quota(self, rdm: Rdm) -> None:
        rdm.configure(RDM_FILES_DEFAULT_QUOTA_SIZE=1000, RDM_RECORDS_MAX_FILES_COUNT=1)
        draft = create_draft(rdm, "a.bin")
        path = f"/records/{draft}/draft/files"
        large = rdm.request("PUT", f"{path}/a.bin/content", data=b"0" * 1001)
        second = rdm.request("POST", path, json=[{"key": "b.bin"}])

        assert [item.json()["message"] for item in (large, second)] == [
            "Bucket quota exceeded.",
            "Uploading selected files will result in exceeding the max amount per record.",
        ]

    def test_unknown_settings_are_refused(self, rdm: Rdm) -> None:
        with pytest.raises(ValueError, match=r"^unknown settings: RATELIMITS$"):
            rdm.configure(RATELIMITS="1 per minute")


class TestInvenio:
    def test_a_reset_forgets_everything_but_users(self, rdm: Rdm) -> None:
        draft = create_draft(rdm, "a.txt")
        rdm.request("PUT", f"/records/{draft}/draft/files/a.txt/content", data=b"abc")
        rdm.reset()

        assert rdm.request("GET", f"/records/{draft}/draft").status_code == 404
        assert rdm.get("/user/records")["hits"]["total"] == 0
        assert [path for path in rdm.layout.files.rglob("*") if path.is_file()] == []
        assert create_draft(rdm) == "2"  # The parent has the first number.

    def test_drafts_belong_to_their_owner(self, rdm: Rdm) -> None:
        path = f"/records/{create_draft(rdm)}/draft"
        body = {"metadata": METADATA}
        statuses = {
            name: (
                rdm.request("GET", path, token=token).status_code,
                rdm.request("PUT", path, token=token, json=body).status_code,
            )
            for name, token in [("alice", "alice"), ("bob", "bob"), ("bad", "x"), ("none", None)]
        }

        assert statuses == {
            "alice": (200, 200),
            "bob": (403, 403),
            "bad": (403, 403),
            "none": (403, 403),
        }

    def test_plain_json_is_the_older_format(self, rdm: Rdm) -> None:
        path = f"/records/{create_draft(rdm)}/draft"
        modern = rdm.get(path)
        legacy = rdm.request("GET", path, headers={"Accept": "application/json"}).json()

        assert (modern["is_published"], type(modern["id"])) == (False, str)
        assert ("is_published" in legacy, type(legacy["id"])) == (False, int)
        assert legacy["metadata"]["creators"] == [{"name": "Doe, Jane", "affiliation": None}]

    def test_vocabularies_and_fields_are_those_of_zenodo(self, rdm: Rdm) -> None:
        fields = {
            "dc:creator": ["Jane"],
            "dc:rightsHolder": ["Institute"],
            "legacy:communities": ["old"],
            "legacy:subjects": [{"term": "Water", "identifier": "x", "scheme": "y"}],
        }
        response = rdm.request(
            "POST", "/records", json={"metadata": ZENODO_METADATA, "custom_fields": fields}
        )
        stored = response.json()

        assert response.status_code == 201
        assert "errors" not in stored
        assert stored["custom_fields"] == fields
        assert stored["metadata"]["languages"] == [{"id": "aaa", "title": {"en": "Ghotuo"}}]
        assert stored["metadata"]["creators"] == [{"person_or_org": INSTITUTE}]
        assert rdm.request("GET", "/vocabularies/licenses/cc-pdm-1.0").status_code == 404


class TestLauncher:
    def test_sockets_have_short_paths(self, tmp_path: Path) -> None:
        short = Layout(Path("/home/jane"), "main")
        long = Layout(Path("/home") / ("x" * 100), "main")

        assert short.run == Path("/home/jane/servers/main/run")
        assert len(str(long.run)) < 90
        assert long.run != long.sibling("other").run

    def test_errors_of_the_database_are_told(self, rdm: Rdm) -> None:
        with pytest.raises(Failure) as caught:
            sql(rdm.layout, "SELECT 1 FROM nowhere")

        assert str(caught.value) == 'PostgreSQL: relation "nowhere" does not exist'

    def test_other_processes_are_not_taken_for_ours(self, tmp_path: Path) -> None:
        layout = Layout(tmp_path)
        layout.make_folders()
        (layout.run / "redis.pid").write_text(f"{os.getpid()} 1\n")

        assert pid_of(layout, "redis") is None

    def test_a_template_is_for_one_recipe(self, tmp_path: Path) -> None:
        app = tmp_path / "app"
        shutil.copytree(APP, app, ignore=shutil.ignore_patterns("__pycache__"))
        recipes = [recipe(app, ZENODO, "postgres 17")]
        for name in ("custom_fields.py", "zenodo.yaml", "zenodo.cfg"):
            with (app / name).open("a") as file:
                file.write("# Another line\n")
            recipes.append(recipe(app, ZENODO, "postgres 17"))
        recipes.append(recipe(app, ZENODO, "postgres 18"))
        recipes += [recipe(app, kind, "postgres 18") for kind in KINDS.values() if kind != ZENODO]
        (app / "front.py").unlink()

        assert len(set(recipes)) == 5 + 7
        assert recipe(app, [*KINDS.values()][-1], "postgres 18") == recipes[-1]

    @pytest.mark.parametrize("is_running", [False, True])
    def test_what_is_not_used_for_long_is_removed(self, tmp_path: Path, is_running: bool) -> None:
        names = "servers/template-a", "servers/template-b", "servers/main", "venv-a", "venv-b"
        for name in (*names, "servers/template-c", "venv-c"):
            (tmp_path / name).mkdir(parents=True)
        for name in names:
            (tmp_path / name / "complete").touch()
        for name in ("servers/template-a", "servers/main", "venv-a"):
            os.utime(tmp_path / name / "complete", (0, 0))
        server = Layout(tmp_path, "main")
        server.make_folders()
        if is_running:
            birth = Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19]
            (server.run / "api.pid").write_text(f"{os.getpid()} {birth}\n")

        remove_unused(server)

        assert sorted(path.name for path in (tmp_path / "servers").iterdir()) == [
            "main",
            "template-b",
        ]
        assert sorted(path.name for path in tmp_path.glob("venv-*")) == (
            ["venv-a", "venv-b", "venv-c"] if is_running else ["venv-b"]
        )
