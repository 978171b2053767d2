"""Small catalogues for tests of searching."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tests.support.api import Api, Caller
from zhanggui.catalog.categories import CategoryDraft, save_categories
from zhanggui.catalog.rules import DeliveryMethod, Spec, SpecValue, Status
from zhanggui.catalog.save_product import Draft, save_products
from zhanggui.catalog.shapes import BoundedText, ProductInput, SkuInput
from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.i18n import Text
from zhanggui.search.index import bring_up_to_date


def item(  # what search looks at
    code: str,
    zh: str,
    en: str = "",
    *,
    subtitle: str = "",
    price: int = 1000,
    tags: Sequence[str] = (),
    brand: str = "",
    colours: Sequence[str] = (),
    methods: Sequence[DeliveryMethod] = (),
    status: Status = "on",
    stock: int = 5,
) -> dict[str, Any]:
    """A product as `stocked` takes it, one SKU for each colour."""
    return locals()


async def stocked(api: Api, slug: str, groups: dict[str, list[dict[str, Any]]]) -> tuple[UUID, Caller]:
    """A store with these products by category; its owner too."""
    store_id = await api.store(slug=slug)

    async def work(conn: Connection) -> None:
        for name, items in groups.items():
            zh, _, en = name.partition("|")
            (category,) = await save_categories(
                conn, store_id, [CategoryDraft(name=Text(zh, en), code=f"c{abs(hash(name))}")]
            )
            saved = await save_products(conn, store_id, [Draft(_body(category, i)) for i in items], "test")
            assert not saved.refused, saved.refused

    await in_transaction(api.rt.db, work)
    return store_id, await api.staff(store_id)


async def settled(api: Api, store_id: UUID) -> None:
    """Let this process read the log up to now and its index follow. Events appended before are seen after."""
    follower = api.rt.singletons["event_follower"]
    last = await api.rt.db.fetchrow(
        "SELECT xid, id FROM event_log WHERE store_id = $1 ORDER BY xid DESC, id DESC LIMIT 1", store_id
    )
    assert last is not None
    while follower.position < (last["xid"], last["id"]):
        follower.wake()
        await api.rt.db.fetchval("SELECT 1")  # lets the follower run; a test's time limit is the only clock
    await bring_up_to_date(api.rt)


async def found(api: Api, slug: str, q: str, **more: Any) -> list[str]:
    """Names (Chinese) of what a search finds, in order."""
    answer = await api.anybody.get(f"/stores/{slug}/search", params={"q": q, **more})
    assert answer.status_code == 200, answer.text
    return [card["name"]["zh"] for card in answer.json()["items"]]


def _body(category: UUID, given: dict[str, Any]) -> ProductInput:
    colours = given["colours"]
    values = [SpecValue(code=c, name=Text(c, c)) for c in colours]
    return ProductInput(
        code=given["code"],
        category_id=category,
        name=BoundedText(zh=given["zh"], en=given["en"]),
        subtitle=BoundedText(zh=given["subtitle"], en=given["subtitle"]),
        status=given["status"],
        tags=list(given["tags"]),
        brand=given["brand"],
        delivery_methods=list(given["methods"]),
        specs=[Spec(code="colour", name=Text("颜色", "Colour"), values=values)] if colours else [],
        skus=[
            SkuInput(
                code=f"{given['code']}-{n}",
                values=[c] if c else [],
                price=given["price"],
                stock=given["stock"],
            )
            for n, c in enumerate(colours or [""])
        ],
    )
