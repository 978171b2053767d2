"""The cart as it is shown: re-priced and flagged, one statement however many lines and stores."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

import msgspec

from zhanggui.cart.shapes import Cart, CartLine, Flag, StoreCart
from zhanggui.catalog.cache import SkuView, catalogue
from zhanggui.core import clock
from zhanggui.core.db import Row, statement
from zhanggui.core.runtime import Runtime
from zhanggui.media.queries import pictures
from zhanggui.media.shapes import Picture
from zhanggui.pricing.modifiers import resolve
from zhanggui.pricing.shapes import Chosen
from zhanggui.stores import pictures as store_pictures
from zhanggui.stores import queries as stores
from zhanggui.stores.shapes import store_card

# Units left come along: a cart may span stores, and stock is never cached.
LINES = statement(
    "cart.lines",
    """
    SELECT c.id, c.store_id, c.sku_id, c.modifiers, c.quantity, c.selected, c.added_unit_price,
           coalesce((SELECT CASE WHEN s.sold_out_until > $3 THEN 0
                                     ELSE greatest(0, s.on_hand - s.reserved - s.safety) END
                     FROM stock s
                     WHERE s.store_id = c.store_id AND s.sku_id = c.sku_id AND s.location_id = c.store_id), 0)
             AS available
    FROM cart_line c WHERE c.customer_id = $1 AND ($2::uuid IS NULL OR c.store_id = $2)
    ORDER BY c.added_at DESC, c.id DESC
    """,
)
UNBUYABLE: frozenset[Flag] = frozenset({"off_shelf", "sold_out"})


class _Shown(NamedTuple):
    """What one store's lines are shown with."""

    skus: Mapping[UUID, SkuView]
    pictures: dict[UUID, Picture]
    units: dict[UUID, int]


async def load_cart(rt: Runtime, customer_id: UUID, store_id: UUID | None = None) -> Cart:
    """The caller's cart, or its part of one store; the store of the newest line comes first."""
    rows = await rt.db.fetch(LINES, customer_id, store_id, clock.now())
    by_store: dict[UUID, list[Row]] = {}
    for row in rows:
        by_store.setdefault(row["store_id"], []).append(row)
    parts = [await _store_cart(rt, of_store, lines) for of_store, lines in by_store.items()]
    lines = [line for part in parts for line in part.lines]
    return Cart(
        parts,
        sum(line.quantity for line in lines),
        sum(line.quantity for line in lines if line.selected and line.flag not in UNBUYABLE),
        sum(part.selected_total for part in parts),
    )


async def _store_cart(rt: Runtime, store_id: UUID, rows: list[Row]) -> StoreCart:
    store = await stores.load(rt, store_id)
    skus = (await catalogue(rt, store_id)).skus
    units: dict[UUID, int] = {}
    for row in rows:
        units[row["sku_id"]] = units.get(row["sku_id"], 0) + row["quantity"]
    ids = [skus[row["sku_id"]].picture_id for row in rows if row["sku_id"] in skus]
    shown = _Shown(skus, await pictures(rt, store_id, ids), units)
    lines = [_line(row, shown) for row in rows if row["sku_id"] in skus]
    total = sum(line.amount for line in lines if line.selected and line.flag not in UNBUYABLE)
    return StoreCart(store_card(store, await store_pictures.logos(rt, [store]), clock.now()), lines, total)


def _line(row: Row, shown: _Shown) -> CartLine:
    view = shown.skus[row["sku_id"]]
    chosen = msgspec.convert(row["modifiers"], list[Chosen])
    choice = resolve(view.modifiers, chosen)
    price = view.price + choice.price
    flag: Flag | None = None
    if not view.on_shelf or choice.faults:
        flag = "off_shelf"
    elif row["available"] == 0:
        flag = "sold_out"
    elif shown.units[view.sku_id] > row["available"]:
        flag = "short"
    elif price != row["added_unit_price"]:
        flag = "price_changed"
    return CartLine(
        id=row["id"],
        sku_id=view.sku_id,
        product_id=view.product_id,
        name=view.name,
        spec_text=view.spec_text,
        modifiers_text=choice.text,
        modifiers=chosen,
        picture=shown.pictures.get(view.picture_id) if view.picture_id else None,
        quantity=row["quantity"],
        selected=row["selected"],
        unit_price=price,
        added_unit_price=row["added_unit_price"],
        amount=price * row["quantity"],
        flag=flag,
        available=row["available"],
        limit=view.buy_limit,
    )
