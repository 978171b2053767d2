"""Loads a store with goods, buyers with tokens and a payment account, through the public use cases."""

import secrets
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from bench.stage import Stage
from zhanggui.app import open_runtime
from zhanggui.catalog.categories import CategoryDraft, save_categories
from zhanggui.catalog.save_product import Draft, save_products
from zhanggui.catalog.shapes import BoundedText, HtmlText, ProductInput, SkuInput
from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.i18n import Text
from zhanggui.core.ids import new_id
from zhanggui.core.runtime import Runtime
from zhanggui.stores.open_store import open_store
from zhanggui.stores.rules import Settings

PRICE = 1000  # fen, of every SKU, so that totals are known
PLENTY = 100_000_000
AT_ONCE = 200
HOURS = 3600


@dataclass(frozen=True)
class Shop:
    """A store and what is sold there, each product with one SKU."""

    id: UUID
    slug: str
    products: list[UUID]
    skus: list[UUID]
    prices: dict[UUID, int]
    """Fen by SKU."""


@asynccontextmanager
async def runtime(stage: Stage) -> AsyncGenerator[Runtime]:
    """The handles of a use case in this process, on the stage's database."""
    async with open_runtime(stage.settings, pool_size=4) as rt:
        yield rt


async def open_shop(rt: Runtime, products: int) -> Shop:
    """A store that is always open and offers pick-up, with `products` products on the shelf."""
    slug = f"bench-{secrets.token_hex(4)}"
    settings = Settings(delivery_methods=["pickup", "dine_in"], payment_minutes=120)
    name = Text("压测店", "Bench store")
    store_id = await in_transaction(rt.db, lambda conn: open_store(conn, slug, name, "grid", settings))

    async def categories(conn: Connection) -> list[UUID]:
        drafts = [CategoryDraft(name=Text(f"分类{i}", f"Category {i}"), code=f"c{i}") for i in range(10)]
        return list(await save_categories(conn, store_id, drafts))

    places = await in_transaction(rt.db, categories)
    ids: list[UUID] = []
    for first in range(0, products, AT_ONCE):
        drafts = [_product(i, places[i % len(places)]) for i in range(first, min(first + AT_ONCE, products))]
        ids += await in_transaction(rt.db, lambda conn, d=drafts: _save(conn, store_id, d))
    rows = await rt.db.fetch("SELECT id, product_id FROM sku WHERE store_id = $1 ORDER BY id", store_id)
    skus = [row["id"] for row in rows]
    return Shop(store_id, slug, ids, skus, dict.fromkeys(skus, PRICE))


def _product(i: int, category: UUID) -> Draft:
    return Draft(
        ProductInput(
            code=f"P{i}",
            category_id=category,
            name=BoundedText(zh=f"燕麦拿铁 {i} 号", en=f"Oat latte no. {i}"),
            subtitle=BoundedText(zh="现磨咖啡，少糖也好喝", en="Freshly ground, good with less sugar"),
            description_html=HtmlText(
                zh="<p>深烘豆，黑巧与坚果的香气。</p>", en="<p>Dark roast, notes of chocolate.</p>"
            ),
            status="on",
            skus=[SkuInput(code=f"S{i}", values=[], price=PRICE, weight_g=400, stock=PLENTY)],
        )
    )


async def _save(conn: Connection, store_id: UUID, drafts: list[Draft]) -> Sequence[UUID]:
    saved = await save_products(conn, store_id, drafts, "bench")
    if saved.refused:
        raise RuntimeError(f"goods were refused: {saved.refused}")
    return saved.ids


def buyers(rt: Runtime, count: int) -> list[tuple[UUID, str]]:
    """(customer, access token) of buyers who have signed in."""
    customers = [new_id() for _ in range(count)]
    return [(customer, access_token(rt, customer)) for customer in customers]


def access_token(rt: Runtime, customer: UUID) -> str:
    """What a buyer who has signed in sends along."""
    return rt.signer.sign("access", customer, 2 * HOURS, sid=str(new_id()), guest=False)
