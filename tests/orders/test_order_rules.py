"""States and actions: pure."""

from datetime import UTC, datetime
from typing import get_args
from uuid import UUID

import pytest

from tests.support.api import Api
from tests.support.sale import line, order, placed, stock_goods
from zhanggui.core.db import in_transaction
from zhanggui.orders.moves import move
from zhanggui.orders.rules import (
    ACTIVE,
    DONE,
    MOVES,
    SYSTEM,
    UNPAID,
    Facts,
    Status,
    buyer_actions,
    is_legal,
    local_day,
    merchant_actions,
    shown_refund,
)
from zhanggui.stores.rules import DeliveryMethod

STATES: tuple[Status, ...] = get_args(Status)
METHODS: tuple[DeliveryMethod, ...] = get_args(DeliveryMethod)


def test_every_state_is_reachable_and_belongs_to_one_list() -> None:
    seen: set[Status] = {"pending_payment"}
    while True:
        found: set[Status] = set(seen)
        for state in seen:
            found |= MOVES[state]
        if found == seen:
            break
        seen = found
    assert seen == set(STATES) == set(MOVES)
    assert seen == UNPAID | ACTIVE | DONE
    assert not UNPAID & ACTIVE
    assert not DONE & (UNPAID | ACTIVE)


@pytest.mark.parametrize(
    ("from_", "to"),
    [
        ("cancelled", "paid"),
        ("completed", "cancelled"),
        ("closing", "pending_payment"),
        ("paid", "pending_payment"),
    ],
)
def test_what_others_got_wrong_is_not_a_move(from_: Status, to: Status) -> None:
    assert not is_legal(from_, to)


def test_actions() -> None:
    assert buyer_actions(Facts("pending_payment", None, "pickup", 0)) == ["pay", "cancel"]
    assert buyer_actions(Facts("closing", None, "pickup", 0)) == []
    assert buyer_actions(Facts("paid", None, "express", 1)) == ["cancel", "reorder"]
    assert buyer_actions(Facts("paid", "refunded", "express", 1)) == ["reorder"]
    assert buyer_actions(Facts("fulfilled", None, "express", 1)) == ["receive", "reorder"]
    assert merchant_actions(Facts("paid", None, "express", 1)) == ["ship", "cancel"]
    assert merchant_actions(Facts("preparing", None, "express", 1, ("shipped",))) == ["ship", "cancel_rest"]
    assert merchant_actions(Facts("preparing", None, "pickup", 1, ("making",))) == [
        "ready",
        "hand_over",
        "cancel",
    ]
    assert merchant_actions(Facts("preparing", None, "pickup", 1, ("ready",))) == ["hand_over", "cancel"]
    assert merchant_actions(Facts("preparing", None, "delivery", 1, ("picked",))) == ["deliver", "cancel"]
    assert merchant_actions(Facts("paid", "processing", "pickup", 1)) == []
    for method in METHODS:
        for status in ("cancelled", "completed"):
            assert merchant_actions(Facts(status, None, method, 1)) == []


def test_the_day_is_the_stores_own() -> None:
    at = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
    assert local_day("Asia/Shanghai", at) == "2026-11-23"
    assert local_day("Europe/Berlin", at) == "2026-11-22"


async def test_a_move_is_made_once_and_only_from_the_state_named(api: Api) -> None:
    store = await api.store()
    goods = await stock_goods(api, store)
    (made,) = await placed(await api.buyer(), order(store, [line(goods.skus[0])], 1000))
    order_id = UUID(made["id"])

    with pytest.raises(ValueError, match="never moves"):
        await in_transaction(api.rt.db, lambda c: move(c, store, [order_id], "cancelled", "paid", SYSTEM))
    assert (
        await in_transaction(api.rt.db, lambda c: move(c, store, [order_id], "paid", "preparing", SYSTEM))
        == []
    )
    second = await api.store()
    closing = ("pending_payment", "closing")
    assert await in_transaction(api.rt.db, lambda c: move(c, second, [order_id], *closing, SYSTEM)) == []
    assert await in_transaction(api.rt.db, lambda c: move(c, store, [order_id], *closing, SYSTEM)) == [
        order_id
    ]
    assert await in_transaction(api.rt.db, lambda c: move(c, store, [order_id], *closing, SYSTEM)) == []
    topics = await api.rt.db.fetch("SELECT topic FROM event_log WHERE entity_id = $1 ORDER BY id", order_id)
    assert [t["topic"] for t in topics] == ["order.placed", "order.closing"]


@pytest.mark.parametrize(
    ("refunded", "under_way", "shown"),
    [(0, False, None), (999, False, None), (1000, True, "processing"), (1000, False, "refunded")],
)
def test_a_paid_order_is_refunded_when_all_of_its_money_is_back(
    refunded: int, under_way: bool, shown: str | None
) -> None:
    facts = Facts("completed", None, "express", 1000)
    assert shown_refund(facts, refunded, under_way=under_way) == shown
    assert shown_refund(facts._replace(paid_amount=0), 0, under_way=False) is None
