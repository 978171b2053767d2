"""What a process does in a race for orders (tests.support.racing): it places."""

from typing import Any
from uuid import UUID

import msgspec

from zhanggui.core.runtime import Runtime
from zhanggui.inventory import journal
from zhanggui.orders.requests import PlaceRequest
from zhanggui.orders.submit import place


def unguard() -> None:
    """Stock balances are read without being locked."""
    journal.LOCK = journal.LOCK.replace("FOR UPDATE", "")


async def act(rt: Runtime, errand: dict[str, Any]) -> dict[str, Any]:
    body = msgspec.convert(errand["body"], PlaceRequest)
    pairs = await place(rt, UUID(errand["buyer"]), errand["key"], body, "zh")
    return {"code": "placed", "orders": [str(order) for _, order, _ in pairs]}
