"""Batches of placing, sentence by sentence of DESIGN §4 (what holds of every Batcher is in tests/core/test_batching.py)."""

from uuid import UUID

import msgspec
import pytest

from tests.support.api import Api, Caller
from tests.support.sale import line, order, stock_goods
from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.idempotency import fingerprint
from zhanggui.orders.decide import Refusal, Ticket
from zhanggui.orders.drafts import draft_orders
from zhanggui.orders.outcome import Placed
from zhanggui.orders.place import place_many
from zhanggui.orders.requests import PlaceRequest
from zhanggui.orders.submit import place_batch


async def ticket(api: Api, buyer: Caller, store: UUID, sku: UUID, key: str, units: int = 1) -> Ticket:
    assert buyer.id is not None
    raw = {"channel": "h5", "orders": [order(store, [line(sku, units, key="a")], 1000 * units)]}
    body = msgspec.json.decode(msgspec.json.encode(raw), type=PlaceRequest)
    drafts = await draft_orders(api.rt, buyer.id, body)
    return Ticket(buyer.id, key, fingerprint("orders.place", [buyer.id, body]), tuple(drafts))


async def test_a_batch_runs_again_after_an_ambiguous_commit_and_answers_the_same(api: Api) -> None:
    store, buyer, other = await api.store(), await api.buyer(), await api.buyer()
    goods = await stock_goods(api, store, stock=5)
    batch = [
        await ticket(api, buyer, store, goods.skus[0], "key-of-one"),
        await ticket(api, other, store, goods.skus[0], "key-of-two"),
    ]
    first = await place_batch(api.rt, store, lambda: batch)
    again = await place_batch(api.rt, store, lambda: batch)  # the answer to COMMIT was lost
    assert [o.order_ids for o in first if isinstance(o, Placed)] == [
        o.order_ids for o in again if isinstance(o, Placed)
    ]
    assert await api.rt.db.fetchval("SELECT count(*) FROM sales_order WHERE store_id = $1", store) == 2
    assert await api.rt.db.fetchval("SELECT reserved FROM stock WHERE store_id = $1", store) == 2


async def test_equal_keys_collapse_and_a_shortage_is_a_result_in_order_of_arrival(api: Api) -> None:
    store, buyer, other, late = await api.store(), await api.buyer(), await api.buyer(), await api.buyer()
    goods = await stock_goods(api, store, stock=3)
    one = await ticket(api, buyer, store, goods.skus[0], "same-key", 2)
    twin = await ticket(api, buyer, store, goods.skus[0], "same-key", 2)
    other_body = await ticket(api, buyer, store, goods.skus[0], "same-key", 1)
    short = await ticket(api, other, store, goods.skus[0], "key-short", 2)
    last = await ticket(api, late, store, goods.skus[0], "key-last1", 1)
    outcomes = await place_batch(api.rt, store, lambda: [one, short, twin, other_body, last])
    kinds = [o.code if isinstance(o, Refusal) else "placed" for o in outcomes]
    assert kinds == ["placed", "out_of_stock", "placed", "idempotency_key_reused", "placed"]
    assert outcomes[0] == outcomes[2]
    assert await api.rt.db.fetchval("SELECT reserved FROM stock WHERE store_id = $1", store) == 3
    keys = await api.rt.db.fetch(
        "SELECT key, result FROM idempotency_key WHERE store_id = $1 ORDER BY key", store
    )
    assert [k["key"] for k in keys] == ["key-last1", "same-key"]  # a refused key is free again
    assert all(len(k["result"]["orders"]) == 1 for k in keys)


async def test_a_batch_that_is_taken_back_leaves_no_key_behind(api: Api) -> None:
    """The key holds its answer from the start, so it may not outlive what it answers for."""
    store, buyer = await api.store(), await api.buyer()
    goods = await stock_goods(api, store, stock=1)
    one = await ticket(api, buyer, store, goods.skus[0], "key-rolled")

    async def work(conn: Connection) -> None:
        await place_many(conn, store, [one])
        raise LookupError("the connection is lost before COMMIT")

    with pytest.raises(LookupError):
        await in_transaction(api.rt.db, work)
    assert await api.rt.db.fetchval("SELECT count(*) FROM idempotency_key WHERE store_id = $1", store) == 0
    (outcome,) = await place_batch(api.rt, store, lambda: [one])
    assert isinstance(outcome, Placed)
    assert not outcome.again
