"""Endpoints of messaging for the console: live updates (live_api.py)."""

from typing import Any

from zhanggui.messaging import live_api

routes: list[Any] = [*live_api.console_routes]
