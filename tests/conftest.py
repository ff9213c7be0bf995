"""Fixtures for all tests."""

import pytest

pytest_plugins = ["tests.rdm_server.fixture", "tests.workspace"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need the server, so that `make check` can leave them out."""
    for item in items:
        if "rdm_session" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.server)
