"""What the merchant's pages show of the catalogue, read from the tables."""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, and_, func, or_, select

from zhanggui.catalog.cards import pictures_of_page
from zhanggui.catalog.load import load_categories, load_products
from zhanggui.catalog.rules import Status
from zhanggui.catalog.shapes import (
    ConsoleCategories,
    ConsoleCategory,
    ConsoleProduct,
    ConsoleProductRow,
    ConsoleSku,
)
from zhanggui.catalog.tables import product, sku
from zhanggui.catalog.views import CategoryView
from zhanggui.core import clock
from zhanggui.core.db import statement
from zhanggui.core.errors import not_found
from zhanggui.core.http import Page, decode_cursor, encode_cursor
from zhanggui.core.i18n import Text
from zhanggui.core.runtime import Runtime
from zhanggui.core.schema import metadata
from zhanggui.media.queries import pictures
from zhanggui.media.shapes import Picture

VERSION = statement(
    "catalog.product_version", "SELECT version, updated_at FROM product WHERE store_id = $1 AND id = $2"
)
COUNTS = statement(
    "catalog.category_counts",
    "SELECT category_id, count(*) AS products FROM product WHERE store_id = $1 GROUP BY category_id",
)


class ProductFilter(msgspec.Struct, frozen=True):
    """What the merchant's list is narrowed to; `q` looks at codes and names."""

    status: Status | None = None
    category: UUID | None = None
    q: str = ""
    limit: int = 50
    cursor: str | None = None


async def console_products(rt: Runtime, store_id: UUID, ask: ProductFilter) -> Page[ConsoleProductRow]:
    """The last created first; at most three statements whatever the page's size."""
    after = decode_cursor(ask.cursor, tuple[UUID])
    family = await _family(rt, store_id, ask.category) if ask.category else None
    chosen = _chosen(store_id, ask, family, after[0] if after else None)
    async with rt.reads.connect() as conn:
        rows = (await conn.execute(_with_stock(chosen))).mappings().all()
    page = rows[: ask.limit]
    shown = await pictures(rt, store_id, [next(iter(r["picture_ids"]), None) for r in page])
    items = [_row(r, shown.get(next(iter(r["picture_ids"]), UUID(int=0)))) for r in page]
    return Page(items, encode_cursor(page[-1]["id"]) if len(rows) > ask.limit else None)


async def console_product(rt: Runtime, store_id: UUID, product_id: UUID) -> ConsoleProduct:
    """A product as the form shows it, SKUs that left the matrix left out. Raises 404."""
    head = await rt.db.fetchrow(VERSION, store_id, product_id)
    view = (await load_products(rt.db, store_id, [product_id])).get(product_id)
    if head is None or view is None:
        raise not_found("product")
    shown = await pictures(rt, store_id, pictures_of_page(view))
    return ConsoleProduct(
        id=view.id,
        code=view.code,
        category_id=view.category_id,
        name=view.name,
        subtitle=view.subtitle,
        description_html=view.description_html,
        status=view.status,
        tags=view.tags,
        picture_ids=view.picture_ids,
        delivery_methods=list(view.own_delivery_methods),
        list_price=view.list_price,
        sort=view.sort,
        specs=view.specs,
        skus=[
            ConsoleSku(
                id=s.sku_id,
                code=s.sku_code,
                values=s.values,
                price=s.price,
                list_price=s.own_list_price,
                weight_g=s.weight_g,
                limit=s.buy_limit,
                picture_id=s.own_picture_id,
            )
            for s in view.active_skus
        ],
        modifiers=view.modifiers,
        return_exception=view.return_exception,
        brand=view.brand,
        version=head["version"],
        pictures=list(shown.values()),
        updated_at=head["updated_at"],
    )


async def console_categories(rt: Runtime, store_id: UUID) -> ConsoleCategories:
    """The whole tree, hidden ones too; counts are of products directly inside, whatever their state."""
    found = await load_categories(rt.db, store_id)
    counts = {r["category_id"]: r["products"] for r in await rt.db.fetch(COUNTS, store_id)}
    icons = await pictures(rt, store_id, [c.icon_id for c in found.values()])
    return ConsoleCategories(
        [
            ConsoleCategory(
                id=c.id,
                parent_id=c.parent_id,
                name=c.name,
                icon=icons.get(c.icon_id) if c.icon_id else None,
                product_count=counts.get(c.id, 0),
                icon_id=c.icon_id,
                sort=c.sort,
                visible=c.visible,
            )
            for c in _in_tree_order(list(found.values()))
        ]
    )


async def console_category(rt: Runtime, store_id: UUID, category_id: UUID) -> ConsoleCategory:
    """One of them. Raises 404."""
    for category in (await console_categories(rt, store_id)).items:
        if category.id == category_id:
            return category
    raise not_found("category")


def _in_tree_order(found: list[CategoryView], parent: UUID | None = None) -> list[CategoryView]:
    children = sorted((c for c in found if c.parent_id == parent), key=lambda c: (c.sort, c.id))
    return [x for c in children for x in (c, *_in_tree_order(found, c.id))]


async def _family(rt: Runtime, store_id: UUID, category_id: UUID) -> list[UUID]:
    found = await load_categories(rt.db, store_id)
    below = _in_tree_order(list(found.values()), category_id)
    return [category_id, *(c.id for c in below)]


def _chosen(store_id: UUID, ask: ProductFilter, family: list[UUID] | None, after: UUID | None) -> Select[Any]:
    p = product.c
    chosen = select(product).where(p.store_id == store_id)
    if ask.status:
        chosen = chosen.where(p.status == ask.status)
    if family is not None:
        chosen = chosen.where(p.category_id.in_(family))
    if ask.q:
        like = "%" + ask.q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        of_sku = select(sku.c.product_id).where(sku.c.store_id == store_id, sku.c.code.ilike(like))
        chosen = chosen.where(
            or_(
                p.code.ilike(like),
                p.name["zh"].astext.ilike(like),
                p.name["en"].astext.ilike(like),
                p.id.in_(of_sku),
            )
        )
    if after is not None:
        chosen = chosen.where(p.id < after)
    return chosen.order_by(p.id.desc()).limit(ask.limit + 1)


def _with_stock(chosen: Select[Any]) -> Select[Any]:
    """A read-only look at balances; they are inventory's."""
    stock = metadata.tables["stock"]
    page = chosen.subquery("page")
    sold_out = func.coalesce(stock.c.sold_out_until > clock.now(), False)
    free = func.greatest(stock.c.on_hand - stock.c.reserved - stock.c.safety, 0)
    sums = (
        select(
            sku.c.product_id,
            func.count(sku.c.id.distinct()).label("sku_count"),
            func.coalesce(func.sum(stock.c.on_hand), 0).label("on_hand"),
            func.coalesce(func.sum(free).filter(~sold_out), 0).label("available"),
        )
        .outerjoin(
            stock,
            and_(
                stock.c.store_id == sku.c.store_id,
                stock.c.sku_id == sku.c.id,
                stock.c.location_id == sku.c.store_id,
            ),
        )
        .where(sku.c.store_id == page.c.store_id, sku.c.product_id == page.c.id, sku.c.active)
        .group_by(sku.c.product_id)
        .lateral("sums")
    )
    return (
        select(page, sums.c.sku_count, sums.c.on_hand, sums.c.available)
        .outerjoin(sums, sums.c.product_id == page.c.id)
        .order_by(page.c.id.desc())
    )


def _row(row: Any, picture: Picture | None) -> ConsoleProductRow:
    return ConsoleProductRow(
        id=row["id"],
        code=row["code"],
        name=msgspec.convert(row["name"], Text),
        picture=picture,
        status=row["status"],
        category_id=row["category_id"],
        price=row["price"],
        price_max=row["price_max"],
        sku_count=row["sku_count"] or 0,
        on_hand=row["on_hand"] or 0,
        available=row["available"] or 0,
        sold=row["sold"],
        updated_at=row["updated_at"],
    )
