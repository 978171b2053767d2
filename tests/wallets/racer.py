"""What a process does in a race for points (tests.support.racing): it spends them by placing, or takes some by hand."""

import sys
from typing import Any
from uuid import UUID

import msgspec

from zhanggui.core.runtime import Runtime
from zhanggui.orders import points
from zhanggui.orders.requests import PlaceRequest
from zhanggui.orders.rules import Actor
from zhanggui.orders.submit import place

PLACE, POST = sys.modules["zhanggui.orders.place"], sys.modules["zhanggui.wallets.post"]


def unguard() -> None:
    """Balances are read without being locked, then thought about for a while; a buyer's orders in a store do not wait for each
    other.
    """
    assert POST.LOCK.count("FOR UPDATE") == 1  # type: ignore[attr-defined]  # as below
    POST.LOCK = POST.LOCK.replace("FOR UPDATE", "").replace("balance FROM", "balance, pg_sleep(0.2) FROM")  # type: ignore[attr-defined]  # the guards are what is switched off
    PLACE.GATE = "SELECT $1::uuid, $2::uuid[], $3::timestamptz"  # type: ignore[attr-defined]  # as above


async def act(rt: Runtime, errand: dict[str, Any]) -> dict[str, Any]:
    if "take" in errand:
        by, store, order = Actor("merchant", UUID(errand["staff"]), "店员"), errand["store"], errand["order"]
        left = await points.adjust(rt, UUID(store), UUID(order), by, -errand["take"], "race", errand["key"])
        return {"code": "taken", "left": left}
    body = msgspec.convert(errand["body"], PlaceRequest)
    made = await place(rt, UUID(errand["buyer"]), errand["key"], body, "zh")
    return {"code": "placed", "orders": [str(one.order_id) for one in made]}
