"""What a flash sale counts are live orders: who was refunded, or never paid, is neither in its figures nor in the way.

Other shops had these faults in their group-buys, which this one has not; a flash sale is what it has of that kind.
"""

from typing import Any
from uuid import UUID

import pytest

from tests.promotions.flash import OnSale, ask, later, on_sale, token_of
from tests.promotions.test_flash_sale import check, flash_order, jobs_and_clock
from tests.support.api import Api, Caller
from tests.support.sale import balance, place, placed
from zhanggui.core import clock
from zhanggui.core.db import in_transaction
from zhanggui.orders.cancel import cancel_paid
from zhanggui.orders.paid import Payment, mark_paid
from zhanggui.orders.rules import SYSTEM

NEEDED = (jobs_and_clock,)


async def bought(api: Api, on: OnSale, buyer: Caller) -> UUID:
    """An order with a place, paid."""
    (made,) = await placed(buyer, flash_order(on, await token_of(buyer, on)))
    payment = Payment(UUID(made["id"]), made["total"], clock.now())
    await in_transaction(api.rt.db, lambda conn: mark_paid(conn, on.store, [payment], SYSTEM))
    return UUID(made["id"])


async def figures(api: Api, on: OnSale) -> dict[str, Any]:
    owner = await api.staff(on.store)
    told = (await owner.get(f"/flash/{on.sale}/figures")).json()
    assert sum(m["paid"] for m in told["by_minute"]) == told["paid"]
    return told


@pytest.mark.parametrize("restock", [True, False])
async def test_who_was_refunded_is_not_counted_any_more(api: Api, restock: bool) -> None:
    """CRMEB #27: a member who had been refunded was still counted, so the group was full with people who had left."""
    on, buyer, other = await on_sale(api, per_buyer=1, units=10), await api.buyer(), await api.buyer()
    order_id = await bought(api, on, buyer)
    await bought(api, on, other)
    assert (await figures(api, on))["paid"] == 2
    assert (await ask(buyer, on)).json()["code"] == "flash_limit"
    await in_transaction(
        api.rt.db, lambda conn: cancel_paid(conn, on.store, order_id, SYSTEM, "test", restock=restock)
    )
    told = await figures(api, on)
    assert (told["paid"], told["returned"]) == (1, 1)
    units = 10 if restock else 9
    await check(api, on, units, units - 1, 0, 1, 0)
    assert await balance(api, on.store, on.sku) == ((99, 9) if restock else (98, 8))
    await bought(api, on, buyer)  # the limit is his again, and the next order counts like any other
    assert (await figures(api, on))["paid"] == 2


async def test_a_sale_that_is_over_counts_nobody_who_did_not_pay(api: Api) -> None:
    """litemall #159: a group whose time was over was taken for a full one."""
    on, payer = await on_sale(api, reserve=60, pay=60, lasts=600), await api.buyer()
    await bought(api, on, payer)
    idle, late = await api.buyer(), await api.buyer()
    token = await token_of(idle, on)  # never ordered with
    await placed(late, flash_order(on, await token_of(late, on)))  # never paid
    await later(api, 600)
    await later(api, 120)
    told = await figures(api, on)
    assert {name: told[name] for name in ("places", "orders", "paid", "expired", "returned")} == {
        "places": 3, "orders": 2, "paid": 1, "expired": 1, "returned": 1}  # fmt: skip
    await check(api, on, 10, 0, 0, 1, 9)
    assert await balance(api, on.store, on.sku) == (99, 0)
    refused = await place(idle, flash_order(on, token))
    assert (refused.status_code, refused.json()["code"]) == (409, "flash_expired")
