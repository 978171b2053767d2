"""Flash sales for tests: made through the console's own use cases, times given in seconds from now."""

from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from tests.support.api import Api, Caller
from tests.support.sale import stock_goods
from tests.support.settled import run_all
from zhanggui.catalog.shapes import BoundedText
from zhanggui.core import clock
from zhanggui.core.db import Connection
from zhanggui.core.ids import new_id
from zhanggui.promotions import schedule
from zhanggui.promotions.shapes import FlashItemInput, FlashSaleInput

PRICE, FLASH = 1000, 600


class OnSale(NamedTuple):
    """A sale with one SKU."""

    store: UUID
    sale: UUID
    sku: UUID

    @property
    def path(self) -> str:
        return f"/stores/{self.store}/flash/{self.sale}/places"


def sale_input(
    skus: list[UUID],
    *,
    units: int = 10,
    per_buyer: int = 1,
    starts: float = -5,
    lasts: float = 3_600,
    reserve: int = 300,
    pay: int = 300,
    version: int | None = None,
) -> FlashSaleInput:
    """A sale that started five seconds ago unless told otherwise."""
    start = clock.now() + timedelta(seconds=starts)
    return FlashSaleInput(
        name=BoundedText(zh="午夜秒杀", en="Midnight"),
        starts_at=start,
        ends_at=start + timedelta(seconds=lasts),
        reserve_seconds=reserve,
        pay_seconds=pay,
        items=[FlashItemInput(sku, FLASH, units, per_buyer) for sku in skus],
        version=version,
    )


async def on_sale(api: Api, *, stock: int = 100, store: UUID | None = None, **terms: Any) -> OnSale:
    """A scheduled sale of one new SKU in a new store."""
    store = store or await api.store()
    (sku,) = (await stock_goods(api, store, prices=[PRICE], stock=stock)).skus
    sale = await schedule.save(api.rt, store, None, sale_input([sku], **terms), "test")
    await schedule.schedule(api.rt, store, sale, "test")
    return OnSale(store, sale, sku)


async def ask(buyer: Caller, on: OnSale, quantity: int = 1, key: str | None = None) -> Any:
    """Ask for a place; returns the response."""
    body = {"sku_id": str(on.sku), "quantity": quantity}
    return await buyer.post(on.path, body, key=key or str(new_id()))


async def token_of(buyer: Caller, on: OnSale, quantity: int = 1) -> str:
    """The token of a new place."""
    answer = await ask(buyer, on, quantity)
    assert answer.status_code == 201, answer.text
    return answer.json()["token"]


async def counts(conn: Connection, on: OnSale) -> tuple[int, int, int, int, int]:
    """(units, free, held, ordered, returned) of the item."""
    row = await conn.fetchrow(
        "SELECT units, free, held, ordered, returned FROM flash_item WHERE store_id = $1 AND sale_id = $2",
        *on[:2],
    )
    assert row is not None
    return tuple(row)  # type: ignore[return-value]  # five integers


async def later(api: Api, seconds: float) -> None:
    """Turn the clock and let every timer that is due then run."""
    clock.turn(timedelta(seconds=seconds))
    await run_all(api.rt)


async def assert_sale_adds_up(conn: Connection, store_id: UUID) -> None:
    """Counters are the sums of their journal and of the places; the sale's reservation holds what is free or held."""
    wrong = await conn.fetch(
        """
        SELECT i.sale_id, i.sku_id FROM flash_item i
        LEFT JOIN (SELECT store_id, sale_id, sku_id, sum(units) AS units, sum(free) AS free, sum(held) AS held,
                          sum(ordered) AS ordered, sum(returned) AS returned
                   FROM flash_movement GROUP BY 1, 2, 3) m USING (store_id, sale_id, sku_id)
        LEFT JOIN (SELECT store_id, sale_id, sku_id, sum(quantity) FILTER (WHERE state = 'held') AS held,
                          sum(quantity) FILTER (WHERE state = 'ordered') AS ordered
                   FROM flash_place GROUP BY 1, 2, 3) p USING (store_id, sale_id, sku_id)
        LEFT JOIN reservation r ON r.store_id = i.store_id AND r.holder_id = i.sale_id AND r.sku_id = i.sku_id
        WHERE i.store_id = $1 AND (i.units, i.free, i.held, i.ordered, i.returned, i.held, i.ordered, i.free + i.held)
          IS DISTINCT FROM (coalesce(m.units, 0), coalesce(m.free, 0), coalesce(m.held, 0), coalesce(m.ordered, 0),
                            coalesce(m.returned, 0), coalesce(p.held, 0), coalesce(p.ordered, 0),
                            coalesce(r.quantity, 0))
        """,
        store_id,
    )
    assert wrong == []
