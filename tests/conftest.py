"""Fixtures for all tests."""

pytest_plugins = ["tests.rdm_server.fixture", "tests.workspace"]
