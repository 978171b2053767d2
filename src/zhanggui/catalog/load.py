"""Reads a store's catalogue, or the changed part of it, out of the tables."""

from collections.abc import AsyncGenerator, Sequence
from uuid import UUID

import msgspec

from zhanggui.catalog.rules import ALL_METHODS, Spec, spec_text
from zhanggui.catalog.views import CategoryView, ProductRow, ProductView, SkuRow, SkuView
from zhanggui.core.db import Connection, Row, statement

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
CHUNK_OF_PRODUCTS = statement(
    "catalog.chunk_of_products",
    """
    SELECT id, code, category_id, name, subtitle, description_html, status, tags, picture_ids, delivery_methods,
           specs, modifiers, price, price_max, list_price, sold, sort
    FROM product WHERE store_id = $1 AND id > $2 ORDER BY id LIMIT $3
    """,
)
SKUS = statement(
    "catalog.skus",
    """
    SELECT id, product_id, code, spec_values, price, list_price, weight_g, buy_limit, picture_id, active
    FROM sku WHERE store_id = $1 AND ($2::uuid[] IS NULL OR product_id = ANY($2)) ORDER BY product_id, sort, id
    """,
)


CHUNK = 6_000


async def load_categories(conn: Connection, store_id: UUID) -> dict[UUID, CategoryView]:
    """All categories of a store; one statement."""
    rows = await conn.fetch(CATEGORIES, store_id)
    return {row["id"]: msgspec.convert(dict(row), CategoryView) for row in rows}


async def load_products(
    conn: Connection, store_id: UUID, ids: Sequence[UUID] | None = None
) -> dict[UUID, ProductView]:
    """The products of `ids` (None: all of the store) with their SKUs; two statements however many."""
    return {row.id: product_view(row) for row in await load_rows(conn, store_id, ids)}


async def load_rows(conn: Connection, store_id: UUID, ids: Sequence[UUID] | None = None) -> list[ProductRow]:
    """Products as rows, to be packed; two statements however many."""
    products = await conn.fetch(PRODUCTS, store_id, ids)
    return _rows(products, await conn.fetch(SKUS, store_id, ids))


async def all_rows(conn: Connection, store_id: UUID) -> AsyncGenerator[list[ProductRow]]:
    """All products of a store by id, CHUNK at a time, so that a large store is never in memory as rows at once."""
    after = UUID(int=0)
    while True:
        products = await conn.fetch(CHUNK_OF_PRODUCTS, store_id, after, CHUNK)
        if products:
            skus = await conn.fetch(SKUS, store_id, [row["id"] for row in products])
            yield _rows(products, skus)
        if len(products) < CHUNK:
            return
        after = products[-1]["id"]


def product_view(row: ProductRow) -> ProductView:
    """What the other domains read of a product; its SKUs share what they have in common with it."""
    methods = row.delivery_methods or list(ALL_METHODS)
    first = next(iter(row.picture_ids), None)
    skus = [
        SkuView(
            sku_id=s.id,
            product_id=row.id,
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
    )


def _rows(products: list[Row], skus: list[Row]) -> list[ProductRow]:
    """The columns of PRODUCTS are ProductRow's fields, in its order."""
    of_product: dict[UUID, list[SkuRow]] = {}
    for row in skus:
        of_product.setdefault(row["product_id"], []).append(
            SkuRow(
                row["id"],
                row["code"],
                row["spec_values"],
                row["price"],
                row["list_price"],
                row["weight_g"],
                row["buy_limit"],
                row["picture_id"],
                row["active"],
            )
        )
    return [msgspec.convert([*row, of_product.get(row["id"], [])], ProductRow) for row in products]


def _value_picture(specs: Sequence[Spec], values: Sequence[str]) -> UUID | None:
    """The picture of a SKU's colour stands for it where it has none of its own."""
    for spec, code in zip(specs, values, strict=False):
        for value in spec.values:
            if value.code == code and value.picture_id:
                return value.picture_id
    return None
