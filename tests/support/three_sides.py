"""An order's money seen from three sides: the order's row, the ledger, and what the provider knows; they agree to the fen.

Call it when nothing is under way any more: every notification answered, every due job run.
"""

import io
from typing import Any, NamedTuple
from uuid import UUID

from tests.support.sandbox import Sandbox
from zhanggui.core.db import Connection, Row
from zhanggui.ledger.proof import prove
from zhanggui.reconciliation.bill_format import trade_lines

ORDER = "SELECT paid_amount, refunded_amount FROM sales_order WHERE store_id = $1 AND id = $2"
ATTEMPTS = """
    SELECT id, paid_amount, coalesce(payer_amount, paid_amount) AS payer, coalesce(settled_amount, paid_amount) AS settled
    FROM payment_attempt
    WHERE store_id = $1 AND order_id = $2 AND status = 'succeeded' ORDER BY id
"""
REFUNDS = """
    SELECT id, attempt_id, amount, status, foreign_number, provider_refund_id,
      coalesce(payer_amount, amount) AS payer, coalesce(settled_amount, amount) AS settled
    FROM refund WHERE store_id = $1 AND order_id = $2 ORDER BY id
"""
BOOKED = """
    SELECT e.ref_id, e.kind, e.phase, e.amount,
      CASE WHEN d.code = 'provider.clearing' THEN e.amount WHEN c.code = 'provider.clearing' THEN -e.amount ELSE 0 END
        AS held
    FROM ledger_entry e
    JOIN ledger_account d ON d.store_id = e.store_id AND d.id = e.debit_id
    JOIN ledger_account c ON c.store_id = e.store_id AND c.id = e.credit_id
    WHERE e.store_id = $1 AND e.order_id = $2
      AND e.kind IN ('payment', 'late_payment', 'fee', 'fee_returned', 'refund', 'refund_paid', 'refund_dropped', 'subsidy',
                     'subsidy_paid', 'subsidy_returned', 'coupon_refund', 'discount', 'discount_returned')
"""
STATUSES = {"PROCESSING": "processing", "SUCCESS": "succeeded", "ABNORMAL": "abnormal", "CLOSED": "closed"}


class Sides(NamedTuple):
    """What all three sides say, fen: received, given back for good, on its way back, provider's fees kept."""

    paid: int
    returned: int
    returning: int
    fee: int


async def three_sides(conn: Connection, store_id: UUID, order_id: UUID, sandbox: Sandbox | None) -> Sides:
    """Assert that order, ledger and provider agree about an order, and that the store's whole book holds."""
    order = await conn.fetchrow(ORDER, store_id, order_id)
    assert order is not None
    attempts = await conn.fetch(ATTEMPTS, store_id, order_id)
    refunds = await conn.fetch(REFUNDS, store_id, order_id)
    sides = _ledger(attempts, refunds, await conn.fetch(BOOKED, store_id, order_id))
    assert order["paid_amount"] == sides.paid
    assert order["refunded_amount"] == sides.returned + sides.returning
    proof = await prove(conn, store_id)
    assert proof.holds, proof
    if sandbox is not None:
        for attempt in attempts:
            await _provider(sandbox, attempt, [r for r in refunds if r["attempt_id"] == attempt["id"]])
    return sides


def _ledger(attempts: list[Row], refunds: list[Row], entries: list[Row]) -> Sides:
    """Every attempt and refund has exactly the entries that belong to it."""

    def booked(ref: UUID, *kinds: str, phase: str = "posted") -> int:
        return sum(
            e["amount"] for e in entries if e["ref_id"] == ref and e["kind"] in kinds and e["phase"] == phase
        )

    def held(ref: UUID) -> int:
        """What the book says that the provider holds because of it."""
        return sum(e["held"] for e in entries if e["ref_id"] == ref and e["phase"] in {"posted", "settled"})

    known = {row["id"] for row in (*attempts, *refunds)}
    assert {e["ref_id"] for e in entries} <= known
    fee = 0
    for attempt in attempts:
        assert booked(attempt["id"], "payment", "late_payment", "subsidy") == attempt["paid_amount"]
        assert booked(attempt["id"], "subsidy") == booked(attempt["id"], "subsidy_paid")
        assert booked(attempt["id"], "subsidy") == attempt["settled"] - attempt["payer"]
        assert held(attempt["id"]) == attempt["settled"]
        fee += booked(attempt["id"], "fee")
    returned = returning = 0
    for refund in refunds:
        ref, amount = refund["id"], refund["amount"]
        assert booked(ref, "refund_paid", phase="pending") == amount
        ended = {"succeeded": "settled", "closed": "voided"}.get(refund["status"])
        for phase in ("settled", "voided"):
            assert booked(ref, "refund_paid", phase=phase) == (amount if phase == ended else 0), (
                refund,
                phase,
            )
        claimed = booked(ref, "refund", phase="pending")
        assert claimed in (0, amount)
        assert booked(ref, "refund", phase="settled") - booked(ref, "refund_dropped") == (
            claimed if refund["status"] in {"succeeded", "abnormal"} else 0
        )
        assert held(ref) == (-refund["settled"] if ended == "settled" else 0)
        if claimed:
            given = refund["settled"] - refund["payer"] if ended == "settled" else 0
            assert booked(ref, "subsidy_returned") == booked(ref, "coupon_refund") == given
        fee -= booked(ref, "fee_returned")
        returned += amount if ended == "settled" else 0
        returning += amount if ended is None else 0
    return Sides(sum(a["paid_amount"] for a in attempts), returned, returning, fee)


async def _provider(sandbox: Sandbox, attempt: Row, refunds: list[Row]) -> None:
    seen: dict[str, Any] = await sandbox.order(attempt["id"].hex)
    assert seen["trade_state"] in {"SUCCESS", "REFUND"}
    assert seen["amount"]["total"] == attempt["paid_amount"]
    assert seen["amount"]["payer_total"] == attempt["payer"]
    amounts = ("refund", "payer_refund", "settlement_refund")
    there = {
        r["out_refund_no"]: (*(r["amount"][n] for n in amounts), STATUSES[r["status"]])
        for r in seen["refunds"]
    }
    here = {
        r["foreign_number"] or r["id"].hex: (r["amount"], r["payer"], r["settled"], r["status"])
        for r in refunds
        if r["provider_refund_id"] is not None
    }
    assert there == here
    await _bills(sandbox, seen, attempt)


async def _bills(sandbox: Sandbox, seen: dict[str, Any], attempt: Row) -> None:
    """The payment and each refund stand in the trade bill of their day, as the platform would answer it the next morning."""
    done = [r for r in seen["refunds"] if r["status"] == "SUCCESS"]
    parts = (attempt["paid_amount"], attempt["settled"], attempt["settled"] - attempt["payer"])
    for kind, number, at, amounts in (
        ("payment", attempt["id"].hex, seen["success_time"], parts),
        *(("refund", r["out_refund_no"], r["success_time"], _parts(r["amount"])) for r in done),
    ):
        answer = await sandbox.http.get(f"/_sandbox/bills/{seen['mchid']}/{at[:10]}")
        lines = trade_lines(io.StringIO(answer.raise_for_status().text))
        found = [
            (line.amount, line.settled, line.coupon)
            for line in lines
            if (line.kind, line.number) == (kind, number)
        ]
        assert found == [amounts]


def _parts(amount: dict[str, int]) -> tuple[int, int, int]:
    """Asked for, settled, and what of that goes back to who prefunded a coupon."""
    settled = amount["settlement_refund"]
    return amount["refund"], settled, settled - amount["payer_refund"]
