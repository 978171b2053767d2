"""Fixtures for all tests. Each family of them lives in tests/support."""

from pathlib import Path

import pytest

pytest_plugins = ["tests.support.database"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A module's tests stay together when xdist spreads them: they share a database and what they put into it."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(str(item.path.relative_to(here))))
