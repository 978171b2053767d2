"""Reads a store's catalogue, or the changed part of it, out of the tables."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from zhanggui.catalog.rules import ALL_METHODS, ModifierGroup, Spec, spec_text
from zhanggui.catalog.search import search_text
from zhanggui.catalog.views import CategoryView, ProductView, SkuView
from zhanggui.core.db import Connection, Row, statement
from zhanggui.core.i18n import Text

CATEGORIES = statement(
    "catalog.categories",
    "SELECT id, code, parent_id, name, icon_id, sort, visible FROM category WHERE store_id = $1",
)
PRODUCTS = statement(
    "catalog.products",
    """
    SELECT id, code, category_id, name, subtitle, description_html, status, tags, picture_ids, delivery_methods,
           specs, modifiers, price, price_max, list_price, sold, sort
    FROM product WHERE store_id = $1 AND ($2::uuid[] IS NULL OR id = ANY($2)) ORDER BY id
    """,
)
SKUS = statement(
    "catalog.skus",
    """
    SELECT id, product_id, code, spec_values, price, list_price, weight_g, buy_limit, picture_id, active
    FROM sku WHERE store_id = $1 AND ($2::uuid[] IS NULL OR product_id = ANY($2)) ORDER BY product_id, sort, id
    """,
)


async def load_categories(conn: Connection, store_id: UUID) -> dict[UUID, CategoryView]:
    """All categories of a store; one statement."""
    rows = await conn.fetch(CATEGORIES, store_id)
    return {row["id"]: msgspec.convert(dict(row), CategoryView) for row in rows}


async def load_products(
    conn: Connection, store_id: UUID, ids: Sequence[UUID] | None = None
) -> dict[UUID, ProductView]:
    """The products of `ids` (None: all of the store) with their SKUs; two statements however many."""
    products = await conn.fetch(PRODUCTS, store_id, ids)
    skus: dict[UUID, list[Row]] = {}
    for row in await conn.fetch(SKUS, store_id, ids):
        skus.setdefault(row["product_id"], []).append(row)
    return {row["id"]: _product(row, skus.get(row["id"], [])) for row in products}


def _product(row: Row, skus: list[Row]) -> ProductView:
    facts: dict[str, Any] = dict(row)
    facts["specs"] = specs = msgspec.convert(row["specs"], list[Spec])
    facts["modifiers"] = modifiers = msgspec.convert(row["modifiers"], list[ModifierGroup])
    facts["name"] = name = msgspec.convert(row["name"], Text)
    facts["subtitle"] = subtitle = msgspec.convert(row["subtitle"], Text)
    facts["description_html"] = msgspec.convert(row["description_html"], Text)
    facts["delivery_methods"] = methods = row["delivery_methods"] or list(ALL_METHODS)
    facts["own_delivery_methods"] = row["delivery_methods"]
    first = next(iter(row["picture_ids"]), None)
    facts["skus"] = [
        SkuView(
            sku_id=s["id"],
            product_id=row["id"],
            category_id=row["category_id"],
            sku_code=s["code"],
            values=s["spec_values"],
            name=name,
            subtitle=subtitle,
            spec_text=spec_text(specs, s["spec_values"]),
            price=s["price"],
            list_price=s["list_price"] if s["list_price"] is not None else row["list_price"],
            weight_g=s["weight_g"],
            buy_limit=s["buy_limit"],
            active=s["active"],
            on_shelf=s["active"] and row["status"] == "on",
            picture_id=s["picture_id"] or _value_picture(specs, s["spec_values"]) or first,
            own_picture_id=s["picture_id"],
            own_list_price=s["list_price"],
            delivery_methods=methods,
            modifiers=modifiers,
        )
        for s in skus
    ]
    return ProductView(**facts, search_text=search_text(name))


def _value_picture(specs: Sequence[Spec], values: Sequence[str]) -> UUID | None:
    """The picture of a SKU's colour stands for it where it has none of its own."""
    for spec, code in zip(specs, values, strict=False):
        for value in spec.values:
            if value.code == code and value.picture_id:
                return value.picture_id
    return None
