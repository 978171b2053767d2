"""What a merchant has at the platform, counted from what moved."""

from typing import Any, Literal, NamedTuple

from wechat_sandbox.state import Sandbox

Kind = Literal["split_out", "split_in", "return_in", "return_out", "transfer"]


class Movement(NamedTuple):
    """Fen that left (negative) or reached a merchant's account through a split, a return or a transfer."""

    at: float
    kind: Kind
    amount: int
    number: str
    transaction_id: str


def movements(sandbox: Sandbox, mchid: str) -> list[Movement]:
    """Every movement of splits, returns and transfers on a merchant's account, oldest first."""
    found: list[Movement] = []
    for order in sandbox.sharing.all_orders():
        for detail in order.details:
            if detail.result != "SUCCESS" or detail.finished_at is None or detail.account == order.mchid:
                continue
            fact = (detail.amount, order.out_order_no, order.transaction_id)
            if order.mchid == mchid:
                found.append(Movement(detail.finished_at, "split_out", -fact[0], *fact[1:]))
            if (detail.type, detail.account) == ("MERCHANT_ID", mchid):
                found.append(Movement(detail.finished_at, "split_in", *fact))
    for back in sandbox.sharing.all_returns():
        if back.result == "SUCCESS" and back.finished_at is not None:
            fact = (back.amount, back.out_return_no, back.transaction_id)
            if back.mchid == mchid:
                found.append(Movement(back.finished_at, "return_in", *fact))
            if back.return_mchid == mchid:
                found.append(Movement(back.finished_at, "return_out", -fact[0], *fact[1:]))
    found.extend(
        Movement(t.created_at, "transfer", -t.amount, t.out_bill_no, "")
        for t in sandbox.transfers.of(mchid)
        if t.state not in ("FAIL", "CANCELLED")
    )
    return sorted(found)


def balance(sandbox: Sandbox, mchid: str) -> dict[str, Any]:
    """{total, frozen, available} in fen: payments less refunds, and what splits, returns and transfers moved."""
    total = sum(m.amount for m in movements(sandbox, mchid))
    frozen = 0
    for transaction in sandbox.transactions.of_merchant(mchid):
        if transaction.is_paid:
            total += transaction.total - transaction.refunded
            frozen += sandbox.sharing.unsplit(transaction)
    return {"total": total, "frozen": frozen, "available": total - frozen}
