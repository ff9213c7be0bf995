import pytest

from stepup_zenodo.record.ordering import is_lower, is_respelled


@pytest.mark.parametrize(
    ("wanted", "latest", "lower", "respelled"),
    [
        ("1.2.0", "1.10.0", True, False),
        ("v1.10.0", "v1.2.0", False, False),
        ("v1.10.0", "1.10.0", False, True),
        ("1.0.0-rc.1", "1.0.0", True, False),
        ("1.0.0", "1.0.0-rc.1", False, False),
        ("2026-01", "2026-02", False, False),
        ("1.0", "2.0", False, False),
        ("first", "1.0.0", False, False),
        ("1.0.0-what.ever", "1.0.0", False, False),
        ("1.0.0", "1.0.0", False, False),
    ],
)
def test_order(wanted: str, latest: str, lower: bool, respelled: bool) -> None:
    assert (lower, respelled) == (is_lower(wanted, latest), is_respelled(wanted, latest))
