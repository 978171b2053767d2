"""What a process does in a race for flash-sale places (tests.support.racing): it asks for them."""

from typing import Any
from uuid import UUID

from zhanggui.core.runtime import Runtime
from zhanggui.promotions import journal
from zhanggui.promotions.desk import ask
from zhanggui.promotions.shapes import FlashPlace, PlaceInput


def unguard() -> None:
    """Items are read without being locked."""
    journal.LOCK = journal.LOCK.replace("FOR UPDATE", "")


async def act(rt: Runtime, errand: dict[str, Any]) -> dict[str, Any]:
    data = PlaceInput(UUID(errand["sku"]), errand["quantity"])
    store, sale, buyer = (UUID(errand[name]) for name in ("store", "sale", "buyer"))
    answer = await ask(rt, store, sale, buyer, data, errand["key"])
    assert isinstance(answer, FlashPlace)
    return {"code": "placed", "token": str(answer.token)}
