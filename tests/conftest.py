"""Fixtures for all tests. Each family of them lives in tests/support."""

from pathlib import Path

import pytest

pytest_plugins = ["tests.support.database", "tests.support.api", "tests.support.sandbox"]


def pytest_configure(config: pytest.Config) -> None:
    """Litestar 2.25 announces that version 3 wants every parameter marked (FromPath[…], NamedDependency[…]).

    Ours are told apart by name and type as Litestar 2 documents it, and the lock file holds version 2.
    """
    config.addinivalue_line("filterwarnings", "ignore::litestar.exceptions.LitestarDeprecationWarning")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A module's tests stay together when xdist spreads them: they share a database and what they put into it."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(str(item.path.relative_to(here))))
