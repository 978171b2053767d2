"""How tests are spread over processes (pytest -n): by module, and the end-to-end ones all to one process.

A module's tests share a database and what they put into it; the end-to-end tests share a running demo and a browser.
xdist's own `--dist loadgroup` would do it, but version 3.8 no longer sees its groups under pytest 9.2.
"""

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# Fixtures for all tests. Each family of them lives in tests/support; named here, before e2e imports what is in them.
pytest_plugins = ["tests.support.database", "tests.support.sandbox", "tests.support.api"]

# How fast examples are made says how busy the machine is, not whether the code is right: no test is timed.
settings.register_profile("untimed", suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


class ByModule(LoadScopeScheduling):
    """Hands out whole modules, the end-to-end tests as if they were one."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return "e2e" if module.startswith("e2e/") else module


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByModule:
    """xdist's hook: what it spreads tests with."""
    return ByModule(config, log)


def pytest_configure(config: pytest.Config) -> None:
    """Litestar 2.25 announces that version 3 wants every parameter marked (FromPath[…], NamedDependency[…]).

    Ours are told apart by name and type as Litestar 2 documents it, and the lock file holds version 2.
    """
    config.addinivalue_line("filterwarnings", "ignore::litestar.exceptions.LitestarDeprecationWarning")
