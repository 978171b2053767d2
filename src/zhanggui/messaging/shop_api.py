"""Endpoints of messaging for the shop: live updates (live_api.py) and consents (consent_api.py)."""

from typing import Any

from zhanggui.messaging import consent_api, live_api

routes: list[Any] = [*live_api.shop_routes, consent_api.add_subscriptions]
