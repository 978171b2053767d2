"""Reads a store's catalogue, or the changed part of it, out of the tables."""

from collections.abc import AsyncGenerator, Sequence
from uuid import UUID

import msgspec

from zhanggui.catalog.rules import ALL_METHODS, Spec, spec_text
from zhanggui.catalog.views import CategoryView, ProductRow, ProductView, SkuView
from zhanggui.core.db import Connection, statement
from zhanggui.core.ids import quick_id

CATEGORIES = statement(
    "catalog.categories",
    "SELECT id, code, parent_id, name, icon_id, sort, visible FROM category WHERE store_id = $1",
)
# A product and its SKUs come as one JSON array in the order of ProductRow's fields: it is read straight into that shape.
PRODUCTS = statement(
    "catalog.products",
    """
    SELECT json_build_array(p.id, p.code, p.category_id, p.name, p.subtitle, p.description_html, p.status, p.tags,
             p.picture_ids, p.delivery_methods, p.specs, p.modifiers, p.price, p.price_max, p.list_price, p.sold, p.sort,
             coalesce(k.skus, '[]'), p.return_exception, p.brand)::text AS row
    FROM product p LEFT JOIN (
      SELECT product_id, json_agg(json_build_array(id, code, spec_values, price, list_price, weight_g, buy_limit,
                                                   picture_id, active) ORDER BY sort, id) AS skus
      FROM sku WHERE store_id = $1 AND product_id = ANY($2::uuid[]) GROUP BY product_id) AS k ON k.product_id = p.id
    WHERE p.store_id = $1 AND p.id = ANY($2::uuid[]) ORDER BY p.id
    """,
)
IDS = statement("catalog.product_ids", "SELECT id FROM product WHERE store_id = $1 ORDER BY id")
CHUNK = 1_000
_READ = msgspec.json.Decoder(ProductRow).decode


async def load_categories(conn: Connection, store_id: UUID) -> dict[UUID, CategoryView]:
    """All categories of a store; one statement."""
    rows = await conn.fetch(CATEGORIES, store_id)
    return {row["id"]: msgspec.convert(dict(row), CategoryView) for row in rows}


async def load_products(conn: Connection, store_id: UUID, ids: Sequence[UUID]) -> dict[UUID, ProductView]:
    """The products of `ids` with their SKUs; one statement however many."""
    return {row.id: product_view(row) for row in await load_rows(conn, store_id, ids)}


async def load_rows(conn: Connection, store_id: UUID, ids: Sequence[UUID]) -> list[ProductRow]:
    """Products as rows, to be packed; one statement however many."""
    return [_READ(row["row"]) for row in await conn.fetch(PRODUCTS, store_id, list(ids))]


async def all_rows(conn: Connection, store_id: UUID) -> AsyncGenerator[list[ProductRow]]:
    """All products of a store by id, CHUNK at a time, so that a large store is never in memory as rows at once."""
    ids = [row["id"] for row in await conn.fetch(IDS, store_id)]
    for start in range(0, len(ids), CHUNK):
        yield await load_rows(conn, store_id, ids[start : start + CHUNK])


def product_view(row: ProductRow) -> ProductView:
    """What the other domains read of a product; its SKUs share what they have in common with it."""
    methods = row.delivery_methods or list(ALL_METHODS)
    first = next(iter(row.picture_ids), None)
    product_id = quick_id(row.id)
    skus = [
        SkuView(
            sku_id=quick_id(s.id),
            product_id=product_id,
            category_id=row.category_id,
            sku_code=s.code,
            values=s.spec_values,
            name=row.name,
            subtitle=row.subtitle,
            spec_text=spec_text(row.specs, s.spec_values),
            price=s.price,
            list_price=s.list_price if s.list_price is not None else row.list_price,
            weight_g=s.weight_g,
            buy_limit=s.buy_limit,
            active=s.active,
            on_shelf=s.active and row.status == "on",
            picture_id=s.picture_id or _value_picture(row.specs, s.spec_values) or first,
            own_picture_id=s.picture_id,
            own_list_price=s.list_price,
            delivery_methods=methods,
            modifiers=row.modifiers,
            return_exception=row.return_exception,
        )
        for s in row.skus
    ]
    return ProductView(
        id=row.id,
        code=row.code,
        category_id=row.category_id,
        name=row.name,
        subtitle=row.subtitle,
        description_html=row.description_html,
        status=row.status,
        tags=row.tags,
        picture_ids=row.picture_ids,
        delivery_methods=methods,
        own_delivery_methods=row.delivery_methods,
        specs=row.specs,
        modifiers=row.modifiers,
        price=row.price,
        price_max=row.price_max,
        list_price=row.list_price,
        sold=row.sold,
        sort=row.sort,
        skus=skus,
        return_exception=row.return_exception,
        brand=row.brand,
    )


def _value_picture(specs: Sequence[Spec], values: Sequence[str]) -> UUID | None:
    """The picture of a SKU's colour stands for it where it has none of its own."""
    for spec, code in zip(specs, values, strict=False):
        for value in spec.values:
            if value.code == code and value.picture_id:
                return value.picture_id
    return None
