"""Random days with random differences: every one that was put in is found, under its class, and nothing else is."""

import random
from datetime import date
from typing import NamedTuple
from uuid import UUID

from tests.ledger.books import balance, book_holds
from tests.payments.world import World
from tests.reconciliation.days import Days, give_back
from tests.reconciliation.test_days import BY
from zhanggui.core.ids import new_id
from zhanggui.ledger.chart import clearing, provider_fee
from zhanggui.reconciliation.resolve import adjust

DAYS = 20
Row = tuple[str, str, int]  # payment or refund, its number, fen
Found = tuple[str, str, str]  # subject, number, class


class Trading(NamedTuple):
    """A store's day at the provider."""

    world: World
    day: date
    rows: list[Row]


async def random_trading(days: Days, dice: random.Random) -> Trading:
    """A dozen payments of random amounts, some given back in parts or altogether."""
    world, day = await days.world(), await days.today()
    rows: list[Row] = []
    for _ in range(12):
        price = dice.choice([1, 83, 84, 166, 167, dice.randint(2, 50_000)])
        order = await world.order(price=price)
        number = UUID(await world.pay(order)).hex
        rows.append(("payment", number, price))
        left = price
        while left and dice.random() < 0.35:
            part = left if dice.random() < 0.4 else dice.randint(1, left)
            rows.append(("refund", await give_back(world, order, number, part), part))
            left -= part
    return Trading(world, day, rows)


async def put_differences(days: Days, done: Trading, dice: random.Random) -> set[Found]:
    """Put differences into the bills of a day, at most one for each row; returns what must be found."""
    wanted: set[Found] = set()
    world, day = done.world, done.day
    for subject, number, amount in dice.sample(done.rows, dice.randint(0, 6)):
        match dice.choice(["missing", "amount", "fee", "state"]):
            case "missing":
                await days.put(world, day, "missing", number)
                wanted.add((subject, number, "missing_there"))
            case "amount":
                await days.put(world, day, "amount", number, value=amount + dice.choice([1, 7, 100]))
                wanted.add((subject, number, "amount"))
            case "fee":
                await days.put(world, day, "fee", number, value=(amount * 60 + 5_000) // 10_000 + 1)
                wanted.add((subject, number, "fee"))
            case _:
                other = (
                    "REVOKED" if subject == "payment" else dice.choice(["ABNORMAL", "PROCESSING", "CLOSED"])
                )
                await days.put(world, day, "state", number, state=other)
                wanted.add((subject, number, "state"))
    for _ in range(dice.randint(0, 2)):
        stranger = dice.choice([new_id().hex, f"POS-{dice.randint(1, 10**9)}"])
        await days.put(world, day, "extra", stranger, value=dice.randint(1, 9_999))
        wanted.add(("payment", stranger, "missing_here"))
    return wanted


async def test_injected_differences_are_all_found_and_nothing_else(days: Days) -> None:
    dice = random.Random(20261122)
    made = [await random_trading(days, dice) for _ in range(2)]
    await days.morning()
    for n in range(DAYS):
        done = made[n % len(made)]
        wanted = await put_differences(days, done, dice)
        outcome = await days.run(done.world, done.day)
        found = {(d["subject"], d["number"], d["kind"]) for d in await days.differences(done.world)}
        assert found == wanted, f"day {n}"
        assert outcome.found == len(wanted)
        await days.sandbox.call("DELETE", "/bill-differences")
    for done in made:
        assert (await days.run(done.world, done.day)).status == "matched"
        assert await days.differences(done.world) == []
        await book_holds(days.rt.db, done.world.store_id)


async def test_settling_all_differences_brings_the_book_to_the_bill(days: Days) -> None:
    """After adjusting, what the provider holds is what its fund-flow bill says, to the fen."""
    dice = random.Random(7)
    made = [await random_trading(days, dice) for _ in range(3)]
    await days.morning()
    for done in made:
        world = done.world
        await put_differences(days, done, dice)
        await days.run(world, done.day)
        for difference in await days.differences(world):
            await adjust(days.rt, world.store_id, difference["id"], BY, "核对", difference["id"].hex)
        sums = await days.rt.db.fetchrow(
            """
            SELECT coalesce(sum(amount) FILTER (WHERE kind = 'payment'), 0)
                - coalesce(sum(amount) FILTER (WHERE kind = 'refund'), 0)
                - coalesce(sum(fee) FILTER (WHERE kind = 'payment'), 0)
                + coalesce(sum(fee) FILTER (WHERE kind = 'refund'), 0) AS held
            FROM bill_line WHERE store_id = $1 AND state = 'SUCCESS'
            """,
            world.store_id,
        )
        assert sums is not None
        assert await balance(days.rt.db, world.store_id, clearing(world.account.id)) == (sums["held"], 0)
        assert await balance(days.rt.db, world.store_id, provider_fee(world.account.id)) == (0, 0)
        await book_holds(days.rt.db, world.store_id)
