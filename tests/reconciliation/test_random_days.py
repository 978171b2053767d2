"""Random days with random differences: every one that was put in is found, under its class, and nothing else is."""

import random
from datetime import date
from itertools import product
from typing import Any, NamedTuple
from uuid import UUID

from tests.ledger.books import balance, book_holds
from tests.payments.world import World
from tests.reconciliation.days import Days, give_back
from tests.reconciliation.test_days import BY
from zhanggui.core.ids import new_id
from zhanggui.ledger.chart import clearing, provider_fee
from zhanggui.reconciliation.resolve import adjust

SEEDS = (20261122, 4, 81, 6002)
EACH = 6
"""Days of each seed."""
Found = tuple[str, str, str]  # subject, number, class


class Said(NamedTuple):
    """What one bill says of a payment or refund, fen: of the order, settled of it, paid by prefunded coupons, the fee."""

    subject: str
    amount: int
    settled: int
    coupon: int
    fee: int
    state: str = "SUCCESS"


class Trading(NamedTuple):
    """A store's day at the provider."""

    world: World
    day: date
    rows: dict[str, Said]


Bill = dict[str, Said]  # by number


def fee_on(amount: int) -> int:
    """0.60 %, rounded half up."""
    return (amount * 60 + 5_000) // 10_000


async def random_trading(days: Days, dice: random.Random) -> Trading:
    """A dozen payments of random amounts, some with coupons, some given back in parts or altogether."""
    world, day = await days.world(), await days.today()
    rows: dict[str, Said] = {}
    for _ in range(12):
        price = dice.choice([1, 83, 84, 166, 167, dice.randint(2, 50_000)])
        order = await world.order(price=price)
        prefunded, discount = (dice.choice([0, 0, price // 5]) for _ in range(2))
        coupons = [
            {"amount": fen, "type": type_}
            for fen, type_ in ((prefunded, "CASH"), (discount, "NOCASH"))
            if fen
        ]
        number = UUID(await world.pay(order, coupons=coupons)).hex
        settled = price - discount
        rows[number] = Said("payment", price, settled, prefunded, fee_on(settled))
        left = price
        while left and dice.random() < 0.35:
            part = left if dice.random() < 0.4 else dice.randint(1, left)
            refund = await give_back(world, order, number, part)
            there = next(
                r for r in (await world.sandbox.order(number))["refunds"] if r["out_refund_no"] == refund
            )
            settled = there["amount"]["settlement_refund"]
            given = settled - there["amount"]["payer_refund"]
            rows[refund] = Said("refund", part, settled, given, fee_on(settled))
            left -= part
    return Trading(world, day, rows)


class Bills:
    """What both bills of a day say after differences were put in, and which of them must therefore be found.

    Written from what the bills are for, without knowing how they are compared: the trade bill against our records, the fund
    flow against the trade bill.
    """

    def __init__(self, done: Trading) -> None:
        self.ours: Bill = dict(done.rows)
        self.trade, self.flow = dict(self.ours), dict(self.ours)

    def change(self, number: str, bill: str | None, **what: Any) -> None:
        for said in self.of(bill):
            if number in said:
                said[number] = said[number]._replace(**what)

    def of(self, bill: str | None) -> list[Bill]:
        return {None: [self.trade, self.flow], "trade": [self.trade], "flow": [self.flow]}[bill]

    def must_be_found(self) -> set[Found]:
        wanted: set[Found] = set()
        for number in self.ours.keys() | self.trade.keys():
            ours, theirs = self.ours.get(number), self.trade.get(number)
            if ours is None or theirs is None:
                there = ours is not None
                subject = ours.subject if ours else "payment"
                wanted.add((subject, number, "missing_there" if there else "missing_here"))
            elif theirs.state != "SUCCESS":
                wanted.add((ours.subject, number, "state"))
            else:
                coupons = (ours.amount, ours.coupon) != (theirs.amount, theirs.coupon)
                kind = "amount" if ours.settled != theirs.settled else "coupon" if coupons else None
                wanted |= {(ours.subject, number, kind)} if kind else set()
                wanted |= {(ours.subject, number, "fee")} if ours.fee != theirs.fee else set()
        return wanted | self._between()

    def _between(self) -> set[Found]:
        """Lines of the fund flow, one for the money and one for a fee, that the trade bill says otherwise."""
        trade, flow = (
            {
                (number, what): fen
                for number, said in bill.items()
                for what, fen in (("money", said.settled), ("fee", said.fee))
                if said.state == "SUCCESS" and (what == "money" or fen)
            }
            for bill in (self.trade, self.flow)
        )
        return {
            (
                "flow",
                line[0],
                "missing_here" if line not in trade else "missing_there" if line not in flow else "amount",
            )
            for line in trade.keys() | flow.keys()
            if trade.get(line) != flow.get(line)
        }


async def put_differences(days: Days, done: Trading, dice: random.Random) -> set[Found]:
    """Put differences into either bill of a day or both, up to two kinds on a row; returns what must be found."""
    world, day, bills = done.world, done.day, Bills(done)
    kinds = ["missing", "amount", "settled", "coupon", "fee", "state"]
    for number in dice.sample(sorted(done.rows), dice.randint(0, 7)):
        row = done.rows[number]
        for kind in dice.sample(kinds, dice.choice([1, 1, 2])):
            bill = dice.choice([None, "trade", "flow"])
            where = {"bill": bill} if bill else {}
            match kind:
                case "missing":
                    await days.put(world, day, "missing", number, **where)
                    for said in bills.of(bill):
                        said.pop(number, None)
                case "amount" | "settled" | "coupon" | "fee":
                    more = dice.choice([1, 7, 100])
                    other = getattr(row, kind) + more
                    await days.put(world, day, kind, number, value=other, **where)
                    bills.change(number, bill, **{kind: other})
                    if kind == "amount":  # and with it what is settled
                        for said in bills.of(bill):
                            if number in said:
                                said[number] = said[number]._replace(settled=said[number].settled + more)
                case _:
                    if row.subject == "refund" and bill == "trade":
                        continue  # what is under way there may have moved money already: not a contradiction
                    state = "REVOKED" if row.subject == "payment" else dice.choice(["ABNORMAL", "CLOSED"])
                    await days.put(world, day, "state", number, state=state, **where)
                    bills.change(number, bill, state=state)
    for _ in range(dice.randint(0, 2)):
        stranger, fen = dice.choice([new_id().hex, f"POS-{dice.randint(1, 10**9)}"]), dice.randint(1, 9_999)
        bill = dice.choice([None, "trade", "flow"])
        await days.put(world, day, "extra", stranger, value=fen, **({"bill": bill} if bill else {}))
        for said in bills.of(bill):
            said[stranger] = Said("payment", fen, fen, 0, fee_on(fen))
    return bills.must_be_found()


async def test_injected_differences_are_all_found_and_nothing_else(days: Days) -> None:
    """Those between trade bill and fund flow too, which nothing here can know of."""
    made = [await random_trading(days, random.Random(seed)) for seed in SEEDS[:2]]
    await days.morning()
    seen: set[tuple[str, str]] = set()
    for seed, n in product(SEEDS, range(EACH)):
        dice, done = random.Random(seed * 100 + n), made[n % len(made)]
        wanted = await put_differences(days, done, dice)
        outcome = await days.run(done.world, done.day)
        found = {(d["subject"], d["number"], d["kind"]) for d in await days.differences(done.world)}
        assert found == wanted, f"seed {seed}, day {n}"
        assert outcome.found == len(wanted)
        seen |= {(subject, kind) for subject, _, kind in found}
        await days.sandbox.call("DELETE", "/bill-differences")
    every = {"missing_there", "amount", "coupon", "fee", "state"}
    assert {kind for subject, kind in seen if subject == "payment"} == {*every, "missing_here"}
    assert {kind for subject, kind in seen if subject == "refund"} == every
    assert {kind for subject, kind in seen if subject == "flow"} == {
        "missing_here",
        "missing_there",
        "amount",
    }
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
        held = await days.rt.db.fetchval(
            "SELECT closing_balance FROM bill_run WHERE store_id = $1", world.store_id
        )
        assert await balance(days.rt.db, world.store_id, clearing(world.account.id)) == (held, 0)
        assert await balance(days.rt.db, world.store_id, provider_fee(world.account.id)) == (0, 0)
        await book_holds(days.rt.db, world.store_id)
