"""The buyer's points."""

from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.params import QueryParameter

from zhanggui.core import clock
from zhanggui.core.auth import BUYER, Buyer
from zhanggui.core.http import decode_cursor, encode_cursor
from zhanggui.core.runtime import Runtime
from zhanggui.stores import pictures as store_pictures
from zhanggui.stores import queries as stores
from zhanggui.stores.shapes import store_card
from zhanggui.wallets import queries
from zhanggui.wallets.shapes import PointsEntry, PointsOfStores, PointsPage, StorePoints

PAGE = 30
LAST = UUID(int=2**128 - 1)
Cursor = Annotated[str | None, QueryParameter(max_length=200)]


@get("/points", opt=BUYER)
async def read_points(rt: Runtime, buyer: Buyer) -> PointsOfStores:
    """The buyer's points, store by store."""
    found = await queries.of_buyer(rt.db, buyer.id)
    return PointsOfStores([await _of_store(rt, store_id, balance) for store_id, balance in found.items()])


@get("/stores/{store_id:uuid}/points", opt=BUYER)
async def read_points_of_store(
    rt: Runtime, buyer: Buyer, store_id: UUID, cursor: Cursor = None
) -> PointsPage:
    """The buyer's points in a store and how they came about."""
    points = await _of_store(rt, store_id, await queries.balance(rt.db, store_id, buyer.id))
    after = decode_cursor(cursor, tuple[UUID])
    rows = await queries.journal(rt.db, store_id, buyer.id, after[0] if after else LAST, PAGE + 1)
    items = [PointsEntry(**{name: r[name] for name in PointsEntry.__struct_fields__}) for r in rows[:PAGE]]
    return PointsPage(points, items, encode_cursor(items[-1].id) if len(rows) > PAGE else None)


async def _of_store(rt: Runtime, store_id: UUID, balance: int) -> StorePoints:
    store = await stores.load(rt, store_id)
    card = store_card(store, await store_pictures.logos(rt, [store]), clock.now())
    return StorePoints(card, balance, store.settings.points)


routes = [read_points, read_points_of_store]
