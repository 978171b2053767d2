"""Orders with points are paid at a sandbox like any other, and all sides agree about their money."""

from tests.returns.conftest import all_sides_agree, api

__all__ = ["all_sides_agree", "api"]
