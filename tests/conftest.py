"""Fixtures for all tests. Each family of them lives in tests/support."""

pytest_plugins = ["tests.support.database", "tests.support.sandbox", "tests.support.api"]
