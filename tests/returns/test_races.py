"""Whoever comes at once and in whatever order: units are claimed once, and no more is given back than was paid."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncpg
import pytest

from tests.returns.aftermath import WAYBILL, Sale, one_dear, paid_sale
from tests.support.api import Api
from tests.support.sale import assert_journal_adds_up
from zhanggui.core import jobs
from zhanggui.core.db import Connection
from zhanggui.core.ids import new_id
from zhanggui.returns import apply as apply_module
from zhanggui.returns import jobs as return_jobs

NEEDED = (return_jobs,)
WALKS = 6
STEPS = 12
MERCHANT = ["approve", "reject", "inspect", "refund", "reship"]


async def claim_at_once(sale: Sale, times: int = 6) -> list[int]:
    answers = await asyncio.gather(*(sale.apply("refund_only", "missing_item", (0, 1)) for _ in range(times)))
    return [a.status_code for a in answers]


async def test_without_the_lock_one_unit_is_claimed_twice(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """The race is real."""
    sale = await one_dear(api)
    load, read = apply_module.load_order, apply_module.order_state

    async def unlocked(*args: Any, **more: Any) -> Any:
        return await load(*args, **{**more, "lock": False})

    async def thinking(conn: Connection, *args: Any) -> Any:
        """What is claimed is known now: widen the gap up to claiming."""
        state = await read(conn, *args)
        await conn.execute("SELECT pg_sleep(0.5)")
        return state

    monkeypatch.setattr(apply_module, "load_order", unlocked)
    monkeypatch.setattr(apply_module, "order_state", thinking)
    assert (await claim_at_once(sale)).count(201) > 1


async def test_one_unit_asked_for_at_once_is_claimed_once(api: Api) -> None:
    sale = await one_dear(api)
    assert sorted(await claim_at_once(sale)) == [201] + [409] * 5


async def test_two_staff_who_approve_at_once_pay_once(api: Api) -> None:
    sale = await one_dear(api)
    made = await sale.applied("refund_only", "missing_item", (0, 1))
    other = await api.staff(sale.store, "manager")
    answers = await asyncio.gather(
        *(sale.decide(made, "approve", None, who) for who in (sale.owner, other, sale.owner, other))
    )
    assert sorted(a.status_code for a in answers) == [200, 409, 409, 409]
    assert len(await sale.refunds()) == 1


async def test_a_withdrawal_against_an_approval_has_one_winner(api: Api) -> None:
    for _ in range(4):
        sale = await one_dear(api)
        made = await sale.applied("refund_only", "missing_item", (0, 1))
        given, taken = await asyncio.gather(sale.decide(made, "approve"), sale.by_buyer(made, "withdraw"))
        assert sorted([given.status_code, taken.status_code]) == [200, 409]
        assert len(await sale.refunds()) == (1 if given.status_code == 200 else 0)


async def test_cancelling_against_a_return_gives_the_money_back_once(api: Api) -> None:
    for _ in range(4):
        sale = await paid_sale(api, quantities=(2,))
        before = await sale.stock()
        cancel = sale.buyer.post(f"{sale.shop}/orders/{sale.order_id}/cancel", {"reason": "不要了"})
        whole = sale.apply("refund_only", "changed_mind", (0, 2))
        part = sale.apply("refund_only", "changed_mind", (0, 1))
        answers = await asyncio.gather(cancel, whole, part)
        # 422: what may be asked for depends on the order's state, which another has changed meanwhile.
        assert {a.status_code for a in answers} <= {200, 201, 409, 422}
        assert sum(await sale.refunds()) in {sale.total, 1000}
        order = await sale.order()
        assert order["refunded_amount"] == sum(await sale.refunds()) <= sale.total
        back = await sale.stock() - before
        assert back == (2 if order["status"] == "cancelled" else 1)
        await assert_journal_adds_up(api.rt.db, sale.store)


async def test_money_of_one_payment_never_passes_it_whoever_writes(api: Api) -> None:
    """The database itself refuses: the order's CHECK counts all of its payments together."""
    sale = await one_dear(api)
    await sale.decided(await sale.applied("refund_only", "missing_item", (0, 1)), "approve")
    copy = """
        INSERT INTO refund (store_id, id, order_id, attempt_id, amount, currency, reason, kind, status, actor, created_at, updated_at)
        SELECT store_id, gen_random_uuid(), order_id, attempt_id, $2::bigint, currency, reason, kind, 'requested', actor, created_at,
          updated_at FROM refund WHERE store_id = $1 LIMIT 1
    """
    with pytest.raises(asyncpg.CheckViolationError, match="refunds of payment"):
        await api.rt.db.execute(copy, sale.store, 1)
    with pytest.raises(asyncpg.CheckViolationError, match="refunds of payment"):
        await api.rt.db.execute("UPDATE refund SET amount = amount + 1 WHERE store_id = $1", sale.store)


async def holds(sale: Sale) -> None:
    """What must be true of an order whatever was done to it."""
    db = sale.api.rt.db
    row = await db.fetchrow(
        "SELECT paid_amount, refunded_amount FROM sales_order WHERE store_id = $1 AND id = $2",
        sale.store,
        sale.order_id,
    )
    assert row is not None
    assert row["refunded_amount"] == sum(await sale.refunds()) <= row["paid_amount"]
    wrong = await db.fetch(
        """
        SELECT l.id FROM order_line l
        LEFT JOIN return_line q ON q.store_id = l.store_id AND q.order_line_id = l.id
        LEFT JOIN return_request r ON r.store_id = q.store_id AND r.id = q.return_id
          AND r.status NOT IN ('rejected', 'withdrawn', 'closed', 'completed')
        WHERE l.store_id = $1 AND l.order_id = $2
        GROUP BY l.id, l.quantity, l.payable, l.refunded, l.cancelled, l.fulfilled
        HAVING l.refunded > l.quantity OR l.fulfilled + l.cancelled > l.quantity
          OR coalesce(sum(coalesce(q.accepted, q.quantity)) FILTER (WHERE r.id IS NOT NULL), 0) > l.quantity
          OR coalesce(sum(q.entitled) FILTER (WHERE r.id IS NOT NULL), 0) > l.payable
          OR coalesce(sum(q.amount) FILTER (WHERE r.status IN ('refunding', 'refunded')), 0) > l.payable
        """,
        sale.store,
        sale.order_id,
    )
    assert wrong == []
    await assert_journal_adds_up(db, sale.store)


class Walk:
    """Everything that can happen to one order, in any order; what is refused is refused with a code, never with a 500."""

    def __init__(self, sale: Sale, seed: int) -> None:
        self.sale, self.chance = sale, random.Random(seed)
        self.made: list[dict[str, Any]] = []

    async def step(self) -> Any:
        answer = await self.chance.choice(self.acts())()
        assert answer is None or answer.status_code < 500, answer.text
        return answer

    def acts(self) -> Sequence[Callable[[], Awaitable[Any]]]:
        """What may happen next, the likelier the more often it is named."""
        return [self.ask] * 3 + [self.merchant] * 4 + [self.buyer] * 3 + [self.pay, self.send, self.cancel]

    async def ask(self) -> Any:
        kind, reason = self.chance.choice(
            [
                ("refund_only", "changed_mind"),
                ("refund_only", "missing_item"),
                ("refund_only", "agreed"),
                ("return_refund", "no_reason"),
                ("exchange", "other_spec"),
            ]
        )
        lines = self.chance.sample(range(2), self.chance.choice([1, 1, 2]))
        units = tuple((i, self.chance.randint(1, 2)) for i in lines)
        answer = await self.sale.apply(kind, reason, *units)
        if answer.status_code == 201:
            self.made.append(answer.json())
        return answer

    async def merchant(self) -> Any:
        if not self.made:
            return None
        made, verb = self.chance.choice(self.made), self.chance.choice(MERCHANT)
        bodies: dict[str, Any] = {
            "approve": self.chance.choice([{}, {}, {"amount": 700}]),
            "reject": {"reason": "不同意"},
            "reship": {"waybill": WAYBILL},
            "refund": self.chance.choice([{}, {"amount": 300}]),
            "inspect": {
                "reason": "少了一件",
                "lines": [
                    {
                        "order_line_id": x["order_line_id"],
                        "accepted": self.chance.randint(0, x["quantity"]),
                        "restock": self.chance.choice(["shelf", "write_off"]),
                    }
                    for x in made["lines"]
                ],
            },
        }
        if verb == "inspect" and made["kind"] == "exchange":
            bodies["inspect"] = self.chance.choice([{}, {"reship": {"waybill": WAYBILL}}])
        return await self.sale.decide(made, verb, bodies[verb])

    async def buyer(self) -> Any:
        if not self.made:
            return None
        mine = (await self.sale.buyer.get(f"{self.sale.shop}/orders/{self.sale.order_id}/returns")).json()[
            "items"
        ]
        made = self.chance.choice([m for m in mine if len(m["actions"]) > 1] or self.made)
        page = await self.sale.page(made)
        known = ["withdraw", "send_back", "appeal", "confirm"]
        legal = [a for a in page["actions"] if a in known and (a != "withdraw" or self.chance.random() < 0.3)]
        verb = self.chance.choice(legal if legal and self.chance.random() < 0.9 else known)
        bodies = {"send_back": {"waybill": WAYBILL}, "appeal": {"reason": "不服"}}
        return await self.sale.by_buyer(made, verb.replace("_", "-"), bodies.get(verb))

    async def pay(self) -> Any:
        body: dict[str, Any] = {"reason": "补偿", "amount": self.chance.randint(1, 400)}
        if self.chance.random() < 0.2:
            units = {"order_line_id": self.sale.lines[0]["id"], "quantity": self.chance.randint(1, 2)}
            body = {"reason": "补偿", "fees": self.chance.random() < 0.5, "lines": [units]}
        return await self.sale.owner.post(f"/orders/{self.sale.order_id}/refunds", body, key=str(new_id()))

    async def send(self) -> Any:
        line = {"order_line_id": self.sale.lines[0]["id"], "quantity": 1}
        body: dict[str, Any] = {"carrier": "SF", "waybill": f"SF{self.chance.randrange(10**13):013d}"}
        if self.chance.random() < 0.7:
            body["lines"] = [line]
        answer = await self.sale.owner.post(f"/orders/{self.sale.order_id}/ship", body)
        if answer.status_code == 200:
            await self.sale.deliver(0)
        return answer

    async def cancel(self) -> Any:
        if self.chance.random() < 0.7:
            return None
        return await self.sale.buyer.post(
            f"{self.sale.shop}/orders/{self.sale.order_id}/cancel", {"reason": "不要了"}
        )


@pytest.mark.parametrize("seed", range(WALKS))
async def test_whatever_happens_in_whatever_order_no_more_goes_back_than_was_paid(
    api: Api, seed: int
) -> None:
    """Partial refunds, cancel, exchange, the merchant's own refunds, appeals and time, two at a time."""
    sale = await paid_sale(api, prices=(999, 999), quantities=(7, 5), discount=301)
    walk = Walk(sale, seed)
    await sale.policy(automatic=seed % 2 == 0)
    if seed % 3:
        await sale.ship(*(((0, 5),) if seed % 3 == 1 else ()))
        await sale.deliver(1)
    for _ in range(STEPS):
        await asyncio.gather(walk.step(), walk.step())
        await holds(sale)
    await jobs.relay_events(api.rt)
    for made in walk.made:
        page = (await sale.owner.get(f"/returns/{made['id']}")).json()
        given = sum(x["amount"] for x in page["lines"]) + page["fees"]
        assert (
            given <= page["amount"]
            or page["kind"] == "exchange"
            or page["status"] in {"approved", "requested"}
        )
