"""Fixtures for all tests. Each family of them lives in tests/support."""

import pytest

pytest_plugins = ["tests.support.database", "tests.support.api", "tests.support.sandbox"]


def pytest_configure(config: pytest.Config) -> None:
    """Litestar 2.25 announces that version 3 wants every parameter marked (FromPath[…], NamedDependency[…]).

    Ours are told apart by name and type as Litestar 2 documents it, and the lock file holds version 2.
    """
    config.addinivalue_line("filterwarnings", "ignore::litestar.exceptions.LitestarDeprecationWarning")
