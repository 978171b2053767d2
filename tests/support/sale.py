"""Goods and orders for tests of everything from the cart on."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from tests.support.api import Api, Caller
from zhanggui import inventory
from zhanggui.catalog.categories import CategoryDraft, save_categories
from zhanggui.catalog.rules import DeliveryMethod, ModifierGroup, Spec, SpecValue, Status
from zhanggui.catalog.save_product import Draft, save_products
from zhanggui.catalog.shapes import BoundedText, ProductInput, SkuInput
from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.i18n import Text
from zhanggui.core.ids import new_id


class Goods(NamedTuple):
    """A product and its SKUs in the order of their prices."""

    product_id: UUID
    skus: list[UUID]


async def stock_goods(
    api: Api,
    store_id: UUID,
    *,
    prices: Sequence[int] = (1000,),
    stock: int = 100,
    limit: int | None = None,
    weight_g: int = 500,
    methods: Sequence[DeliveryMethod] = (),
    modifiers: Sequence[ModifierGroup] = (),
    status: Status = "on",
) -> Goods:
    """A product on the shelf with one SKU per price (fen), `stock` units of each."""
    tag = new_id().hex[-12:]
    values = [SpecValue(code=f"v{i}", name=Text(f"规格{i}", f"Spec {i}")) for i in range(len(prices))]
    several = len(prices) > 1

    async def work(conn: Connection) -> UUID:
        (category,) = await save_categories(
            conn, store_id, [CategoryDraft(name=Text("分类", "Category"), code=f"c-{tag}")]
        )
        body = ProductInput(
            code=f"p-{tag}",
            category_id=category,
            name=BoundedText(zh=f"商品{tag}", en=f"Product {tag}"),
            status=status,
            delivery_methods=list(methods),
            specs=[Spec(code="kind", name=Text("规格", "Kind"), values=values)] if several else [],
            skus=[
                SkuInput(
                    code=f"s-{tag}-{i}",
                    values=[f"v{i}"] if several else [],
                    price=price,
                    weight_g=weight_g,
                    limit=limit,
                    stock=stock,
                )
                for i, price in enumerate(prices)
            ],
            modifiers=list(modifiers),
        )
        saved = await save_products(conn, store_id, [Draft(body)], "test")
        assert not saved.refused, saved.refused
        return saved.ids[0]

    product_id = await in_transaction(api.rt.db, work)
    rows = await api.rt.db.fetch(
        "SELECT id FROM sku WHERE store_id = $1 AND product_id = $2 ORDER BY sort, id", store_id, product_id
    )
    await forget_caches(api)
    return Goods(product_id, [r["id"] for r in rows])


async def forget_caches(api: Api) -> None:
    """Let the next request read store and catalogue anew, as it would once the event log was read."""
    for name in ("catalog.shelf", "stores.cache"):
        api.rt.singletons.pop(name, None)


def line(
    sku_id: UUID, quantity: int = 1, *, key: str | None = None, modifiers: Sequence[Any] = ()
) -> dict[str, Any]:
    """A basket line."""
    return {
        "key": key or str(new_id()),
        "sku_id": str(sku_id),
        "modifiers": list(modifiers),
        "quantity": quantity,
    }


def order(store_id: UUID, lines: Sequence[dict[str, Any]], total: int, **rest: Any) -> dict[str, Any]:
    """One order of a place request, picked up unless told otherwise."""
    return {
        "store_id": str(store_id),
        "lines": list(lines),
        "delivery_method": "pickup",
        "expected_total": total,
        **rest,
    }


async def place(buyer: Caller, *orders: dict[str, Any], key: str | None = None, channel: str = "h5") -> Any:
    """Send a place request; returns the response."""
    return await buyer.post("/orders", {"orders": list(orders), "channel": channel}, key=key or str(new_id()))


async def placed(buyer: Caller, *orders: dict[str, Any]) -> list[dict[str, Any]]:
    """Place and expect success; returns the orders."""
    response = await place(buyer, *orders)
    assert response.status_code == 201, response.text
    return response.json()["orders"]


async def balance(api: Api, store_id: UUID, sku_id: UUID) -> tuple[int, int]:
    """(on hand, reserved) units."""
    row = await api.rt.db.fetchrow(
        "SELECT on_hand, reserved FROM stock WHERE store_id = $1 AND sku_id = $2", store_id, sku_id
    )
    assert row is not None
    return row["on_hand"], row["reserved"]


async def assert_journal_adds_up(conn: Connection, store_id: UUID) -> None:
    """Balances equal the sums of their movements, each movement names the balance after it, held rows equal reserved."""
    wrong = await conn.fetch(
        """
        SELECT s.sku_id FROM stock s
        LEFT JOIN (SELECT store_id, sku_id, location_id, sum(on_hand_delta) AS on_hand, sum(reserved_delta) AS reserved
                   FROM stock_movement GROUP BY 1, 2, 3) m USING (store_id, sku_id, location_id)
        LEFT JOIN (SELECT store_id, sku_id, location_id, sum(quantity) AS held
                   FROM reservation WHERE state = 'held' GROUP BY 1, 2, 3) r USING (store_id, sku_id, location_id)
        WHERE s.store_id = $1 AND (s.on_hand, s.reserved, s.reserved)
              IS DISTINCT FROM (coalesce(m.on_hand, 0), coalesce(m.reserved, 0), coalesce(r.held, 0))
        """,
        store_id,
    )
    assert wrong == []


async def release(api: Api, store_id: UUID, order_id: UUID) -> set[UUID]:
    """Release what an order holds, as its cancellation does."""
    return await in_transaction(
        api.rt.db, lambda conn: inventory.release(conn, store_id, [order_id], "system")
    )
