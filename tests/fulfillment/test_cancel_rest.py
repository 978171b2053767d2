"""The rest of a partly sent order is cancelled from the shipping side, through the real sandbox; all sides agree to the fen."""

from typing import Any

from tests.payments.conftest import opened, rt, server, shop, world
from tests.payments.test_console_cancel import staff_of
from tests.payments.world import Order, World
from tests.support.api import Caller
from zhanggui.core.ids import new_id
from zhanggui.returns import jobs as return_jobs

NEEDED = (return_jobs, opened, rt, server, shop, world)  # handlers and fixtures
DISCOUNT = 100


async def sold(world: World) -> Order:
    """Three units at 3.33 with 1.00 off, sent by express: 8.99, which does not divide by three."""
    order = await world.order(price=333, quantity=3)
    total = order.total - DISCOUNT
    known = (world.store_id, order.id, DISCOUNT)
    await world.rt.db.execute(
        "UPDATE order_line SET discount = $3, payable = amount - $3 WHERE store_id = $1 AND order_id = $2",
        *known,
    )
    await world.rt.db.execute(
        "UPDATE sales_order SET discount_total = $3, total = total - $3, delivery_method = 'express'"
        " WHERE store_id = $1 AND id = $2",
        *known,
    )
    order.total = total
    await world.pay(order)
    assert (await world.row(order))["paid_amount"] == 899
    return order


class Desk:
    """The merchant's side of one order."""

    def __init__(self, world: World, order: Order, owner: Caller) -> None:
        self._order, self._owner = order, owner
        self._host = {"Host": world.rt.config.console_origin.removeprefix("http://")}

    async def page(self) -> dict[str, Any]:
        return (await self._owner.get(f"/orders/{self._order.id}", headers=self._host)).json()

    async def ship(self, line: str, quantity: int, waybill: str) -> Any:
        body = {
            "carrier": "SF",
            "waybill": waybill,
            "lines": [{"order_line_id": line, "quantity": quantity}],
        }
        return await self._owner.post(f"/orders/{self._order.id}/ship", body, headers=self._host)

    async def cancel_rest(self, line: str, quantity: int, *, key: str, restock: str | None = "shelf") -> Any:
        """As the dialog of the order page sends it."""
        body = {
            "lines": [{"order_line_id": line, "quantity": quantity, "restock": restock}],
            "unsent": True,
            "fees": False,
            "reason": "卖完了",
            "notify": True,
        }
        path = f"/orders/{self._order.id}/refunds"
        return await self._owner.post(path, body, key=key, headers=self._host)


async def on_hand(world: World) -> int:
    return await world.rt.db.fetchval(
        "SELECT on_hand FROM stock WHERE store_id = $1 AND sku_id = $2", world.store_id, world.sku_id
    )


async def test_the_rest_is_paid_back_to_the_fen_on_three_sides(world: World) -> None:
    order = await sold(world)
    desk = Desk(world, order, await staff_of(world, "owner"))
    (line,) = (await desk.page())["lines"]
    before = await on_hand(world)
    assert (await desk.ship(line["id"], 1, "SF0000000000001")).status_code == 200
    page = await desk.page()
    assert (page["status"], page["partly_shipped"], "cancel_rest" in page["actions"]) == (
        "preparing",
        True,
        True,
    )

    too_many = await desk.cancel_rest(line["id"], 3, key=new_id().hex)
    assert (too_many.status_code, too_many.json()["code"]) == (409, "units_left")
    key = new_id().hex
    answers = [await desk.cancel_rest(line["id"], 2, key=key) for _ in range(2)]
    assert [a.status_code for a in answers] == [201, 201], answers[0].text

    page = await desk.page()
    back = page["refunded_amount"]
    assert back in {599, 600}  # two thirds of 8.99, whichever unit bears the fen
    assert (page["status"], page["lines"][0]["fulfilled"], page["lines"][0]["cancelled"]) == (
        "fulfilled",
        1,
        2,
    )
    assert await on_hand(world) == before + 2
    await world.run_jobs()
    await world.sandbox.settle(5)
    assert await world.refunds(order) == [("after_sale", "succeeded", back)]
    assert (await world.three_sides(order))[:3] == (899, back, 0)
    await world.stock_is_exact()
    late = await desk.ship(line["id"], 1, "SF0000000000002")
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")


async def test_the_rest_in_two_parts_never_passes_what_was_paid(world: World) -> None:
    """Each part has a number of its own; what is not put back on the shelf stays out of the stock."""
    order = await sold(world)
    desk = Desk(world, order, await staff_of(world, "owner"))
    (line,) = (await desk.page())["lines"]
    before = await on_hand(world)
    assert (await desk.ship(line["id"], 1, "SF0000000000001")).status_code == 200
    for _ in range(2):
        made = await desk.cancel_rest(line["id"], 1, key=new_id().hex, restock=None)
        assert made.status_code == 201, made.text
        await world.run_jobs()
        await world.sandbox.settle(65)  # parts lie a minute apart
    again = await desk.cancel_rest(line["id"], 1, key=new_id().hex)
    assert again.status_code in {409, 422}, again.text
    refunds = await world.refunds(order)
    assert [(kind, state) for kind, state, _ in refunds] == [("after_sale", "succeeded")] * 2
    assert sum(amount for _, _, amount in refunds) in {599, 600}
    assert (await world.three_sides(order))[:3] == (899, sum(amount for _, _, amount in refunds), 0)
    assert (await desk.page())["status"] == "fulfilled"
    assert await on_hand(world) == before
