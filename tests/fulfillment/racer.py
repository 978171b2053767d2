"""What a process does in a race for the goods of paid orders (tests.support.racing): they leave, or the money goes back."""

from typing import Any
from uuid import UUID

from zhanggui.core.runtime import Runtime
from zhanggui.fulfillment.hand_over import hand_over
from zhanggui.fulfillment.ship import Parcel, ship
from zhanggui.orders import moves, queries
from zhanggui.orders.rules import Actor
from zhanggui.payments.cancel import Cancel, cancel_by_merchant
from zhanggui.returns.by_merchant import refund_order
from zhanggui.returns.console_shapes import ManualRefundInput, RefundedUnits

SLOWLY = " AND pg_sleep(0.5) IS NOT NULL"


def unguard() -> None:
    """Orders are read without being locked, and whoever read one thinks a while."""
    queries.LOAD_LOCKED = queries.LOAD + SLOWLY
    moves.LOCK = moves.LOCK.replace("ORDER BY id FOR UPDATE", f"{SLOWLY} ORDER BY id")


async def act(rt: Runtime, errand: dict[str, Any]) -> dict[str, Any]:
    store, order, clerk = UUID(errand["store"]), UUID(errand["order"]), Actor("merchant", UUID(int=7), "店员")
    match errand["way"]:
        case "ship":
            await ship(rt, store, order, Parcel("SF", "SF0000000000001"), clerk)
        case "hand_over":
            await hand_over(rt, store, order, errand["code"], clerk)
        case "cancel":
            await cancel_by_merchant(rt, Cancel(store, order, clerk, "卖完了"), errand["key"])
        case _:
            lines = [
                RefundedUnits(order_line_id=UUID(i), quantity=n, restock="shelf") for i, n in errand["lines"]
            ]
            wish = ManualRefundInput(lines=lines, unsent=True, reason="卖完了")
            await refund_order(rt, store, order, wish, clerk, errand["key"])
    return {"code": "done"}
