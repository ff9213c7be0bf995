import pytest

from stepup_zenodo.errors import Remark
from stepup_zenodo.remote.protocol import (
    Answer,
    Request,
    commit_file,
    declare_files,
    explain,
    get_draft,
    remarks,
    retry_delay,
    user_drafts,
)
from stepup_zenodo.remote.transport import refusal_of
from stepup_zenodo.terms.addresses import is_secure, same_origin


def answer(status: int, body: object = None, text: str = "") -> Answer:
    return Answer(status, {}, body, text)  # type: ignore[arg-type]


def test_every_reserved_character_of_a_key_is_encoded() -> None:
    request = commit_file("12", "a b/#?%[ü].csv")

    expected = "/records/12/draft/files/a%20b%2F%23%3F%25%5B%C3%BC%5D.csv/commit"
    assert request == Request("POST", expected, "complete a b/#?%[ü].csv")


def test_declaring_sends_a_list() -> None:
    assert declare_files("12", ("a", "b")) == Request(
        "POST", "/records/12/draft/files", "declare the files", [{"key": "a"}, {"key": "b"}]
    )


def test_only_own_records_are_listed() -> None:
    assert user_drafts().path == "/user/records?sort=newest&size=25&shared_with_me=false"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param({}, (), id="none"),
        pytest.param(None, (), id="no body"),
        pytest.param({"errors": "gone"}, (Remark("", "gone"),), id="text"),
        pytest.param({"errors": ["gone"]}, (Remark("", "gone"),), id="list of texts"),
        pytest.param(
            {"errors": [{"field": "metadata.title", "messages": ["Too short.", "Bad."]}]},
            (Remark("metadata.title", "Too short. Bad."),),
            id="two messages",
        ),
        pytest.param(
            {"errors": [{"field": "a", "messages": list("Spelt out.")}]},
            (Remark("a", "Spelt out."),),
            id="translated text that arrives letter by letter",
        ),
        pytest.param(
            {
                "errors": [
                    {
                        "field": "metadata.creators",
                        "messages": ["Add ORCIDs."],
                        "description": "<p>See <a href='https://a.org/r'>the rules</a>.</p>",
                        "severity": "info",
                        "context": {"community": "b00bc271"},
                    }
                ]
            },
            (
                Remark(
                    "metadata.creators",
                    "Add ORCIDs.",
                    "info",
                    "See the rules (https://a.org/r).",
                ),
            ),
            id="check of a community",
        ),
    ],
)
def test_remarks(body: object, expected: tuple[Remark, ...]) -> None:
    assert remarks(answer(200, body)) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(
            answer(400, {"message": "Invalid value x."}), "HTTP 400: Invalid value x.", id="message"
        ),
        pytest.param(
            answer(
                400, {"message": "No.", "errors": [{"field": "files", "messages": ["Missing."]}]}
            ),
            "HTTP 400: No.; files: Missing.",
            id="message and errors",
        ),
        pytest.param(
            answer(403, None, "<html><body>Go  away</body></html>"),
            "HTTP 403: a web page: <html><body>Go away</body></html>",
            id="page of a proxy",
        ),
        pytest.param(answer(502), "HTTP 502: no explanation", id="nothing"),
    ],
)
def test_explain(given: Answer, expected: str) -> None:
    assert expected == explain(given)


DATED = {
    "date": "Fri, 20 Nov 2026 10:00:00 GMT",
    "retry-after": "Fri, 20 Nov 2026 10:00:07 GMT",
}


@pytest.mark.parametrize(
    ("attempt", "status", "headers", "expected"),
    [
        pytest.param(1, None, {}, 0.5, id="no answer"),
        pytest.param(3, 502, {}, 2.0, id="gateway, third time"),
        pytest.param(1, 500, {"retry-after": "9"}, 0.5, id="the header means nothing with a 500"),
        pytest.param(1, 503, {"retry-after": "9"}, 9.0, id="maintenance"),
        pytest.param(1, 503, DATED, 7.0, id="date"),
        pytest.param(1, 503, {"retry-after": "soon"}, 0.5, id="nonsense"),
        pytest.param(2, 429, {"retry-after": "57"}, 57.0, id="rate limit"),
        pytest.param(1, 429, {"retry-after": "99999"}, 900.0, id="bounded"),
        pytest.param(6, 502, {}, None, id="enough"),
        pytest.param(1, 400, {}, None, id="refused"),
        pytest.param(1, 404, {}, None, id="not there"),
    ],
)
def test_retry_delay(
    attempt: int, status: int | None, headers: dict[str, str], expected: float | None
) -> None:
    assert expected == retry_delay(attempt, status, headers)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("https://zenodo.org/api", "https://zenodo.org/api/records/1", True),
        ("https://zenodo.org/api", "http://zenodo.org/api", False),
        ("https://zenodo.org/api", "https://zenodo.org.evil.example/api", False),
        ("http://127.0.0.1:1/api", "http://127.0.0.1:2/api", False),
        ("https://zenodo.org/api", "https://zenodo.org:99999/api", False),
        ("https://zenodo.org/api", "https://[zenodo.org/api", False),
    ],
)
def test_same_origin(left: str, right: str, expected: bool) -> None:
    assert expected is same_origin(left, right)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://zenodo.org/api", True),
        ("http://127.0.0.1:5000/api", True),
        ("http://[::1]:5000/api", True),
        ("http://localhost/api", True),
        ("http://zenodo.org/api", False),
        ("http://127.0.0.1.evil.example/api", False),
        ("https://[zenodo.org/api", False),
    ],
)
def test_is_secure(url: str, expected: bool) -> None:
    assert expected is is_secure(url)


def test_the_page_of_a_proxy_says_nothing_about_the_token() -> None:
    request = get_draft("1")
    page = answer(403, None, "<!DOCTYPE html><html><body>Blocked by the firewall</body></html>")

    by_proxy = refusal_of(request, page, "secret", "https://zenodo.org/api")
    by_server = refusal_of(
        request, answer(403, {"message": "Permission denied."}), "secret", "https://zenodo.org/api"
    )

    assert "such as a proxy or a firewall" in by_proxy.message
    assert "Is the token valid" not in by_proxy.message
    assert "Is the token valid" in by_server.message
