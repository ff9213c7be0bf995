"""Fixtures for all tests."""

import os

import pytest
from hypothesis import settings

from .building import LOCAL

# How long one example takes depends on what else the machine does.
settings.register_profile("stepup-zenodo", settings(), deadline=None)
settings.load_profile("stepup-zenodo")

os.environ["STEPUP_ZENODO_HOSTS"] = os.environ["STEPUP_ZENODO_LIKE_ZENODO"] = LOCAL

pytest_plugins = [
    "tests.rdm_server.fixture",
    "tests.sitebuilding",
    "tests.workspace",
    "tests.targets",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need the server, so that `make check` can leave them out."""
    for item in items:
        if {"rdm_session", "target"} & {*getattr(item, "fixturenames", ())}:
            item.add_marker(pytest.mark.server)
