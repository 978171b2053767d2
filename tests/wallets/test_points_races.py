"""Races between processes: one buyer's points spent twice at once, and taken by hand while they are spent."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.support.api import Api
from tests.support.paid import ADDRESS
from tests.support.racing import race
from tests.wallets.points import Club, assert_points_add_up, club, give
from zhanggui.core.ids import new_id

pytestmark = pytest.mark.race
RACER = "tests.wallets.racer"
PROCESSES, BUYERS, ROUNDS = 3, 8, 5
OVERSPENT = "SELECT count(*) FROM points_balance WHERE store_id = $1 AND balance < 0"


async def _race(api: Api, dsn: str, tmp_path: Path, *, unguarded: bool) -> tuple[Club, list[Any]]:
    """Every process spends the same points of every buyer, in orders of its own; the last one takes them by hand."""
    at = await club(api)
    errands: list[list[dict[str, Any]]] = [[] for _ in range(PROCESSES)]
    for _ in range(BUYERS):
        buyer = await api.buyer()
        one = at._replace(buyer=buyer)
        await buyer.post("/addresses", ADDRESS)
        sale = await one.bought(1, use=False)
        await give(api, at.store, buyer, 100)
        body = {"orders": [await one.body(2)], "channel": "h5"}
        for errand in errands[:-1]:
            errand.append({"buyer": str(buyer.id), "key": str(new_id()), "body": body})
        by_hand = {
            "store": str(at.store),
            "order": str(sale.order_id),
            "staff": str(at.owner.id),
            "take": 100,
        }
        errands[-1].append({**by_hand, "key": str(new_id())})
    return at, await race(RACER, dsn, tmp_path, errands, unguarded=unguarded)


async def test_points_are_spent_once_with_the_locks_and_more_often_without(
    api: Api, database_url: str, tmp_path: Path
) -> None:
    shown = 0
    for _ in range(ROUNDS):  # processes that start one after the other on a busy machine may miss each other
        at, _ = await _race(api, database_url, tmp_path, unguarded=True)
        shown = await api.rt.db.fetchval(OVERSPENT, at.store)
        if shown:
            break
    assert shown > 0, "the race did not show without the locks"

    at, outcomes = await _race(api, database_url, tmp_path, unguarded=False)

    assert await api.rt.db.fetchval(OVERSPENT, at.store) == 0
    assert (
        await api.rt.db.fetchval("SELECT sum(balance) FROM points_balance WHERE store_id = $1", at.store) == 0
    )
    for of_buyer in zip(*outcomes, strict=True):
        codes = Counter(o["code"] for o in of_buyer)
        assert codes["placed"] + codes["taken"] == 1, of_buyer
        assert codes["price_changed"] + codes["points_short"] == PROCESSES - 1, of_buyer
    await assert_points_add_up(api, at.store)
