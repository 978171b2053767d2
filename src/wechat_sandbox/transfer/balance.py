"""What a merchant has at the platform, counted from what moved."""

from typing import Any, Literal, NamedTuple

from wechat_sandbox.state import Sandbox
from wechat_sandbox.transfer.book import LIVE

Kind = Literal["split_out", "split_in", "return_in", "return_out", "transfer", "drawn", "strange"]


class Movement(NamedTuple):
    """Fen that left (negative) or reached a merchant's account through a split, a return, a transfer or a withdrawal."""

    at: float
    kind: Kind
    amount: int
    number: str
    transaction_id: str


def movements(sandbox: Sandbox, mchid: str) -> list[Movement]:
    """Every movement of splits, returns, transfers and withdrawals on a merchant's account, oldest first.

    What was paid to a merchant below a platform is split from that one's account, though the platform asks.
    """
    found: list[Movement] = []
    for order in sandbox.sharing.all_orders():
        payer = _payer(sandbox, order.mchid, order.transaction_id)
        for detail in order.details:
            if detail.result != "SUCCESS" or detail.finished_at is None or detail.account == order.mchid:
                continue
            fact = (detail.amount, order.out_order_no, order.transaction_id)
            if payer == mchid:
                found.append(Movement(detail.finished_at, "split_out", -fact[0], *fact[1:]))
            if (detail.type, detail.account) == ("MERCHANT_ID", mchid):
                found.append(Movement(detail.finished_at, "split_in", *fact))
    for back in sandbox.sharing.all_returns():
        if back.result == "SUCCESS" and back.finished_at is not None:
            fact = (back.amount, back.out_return_no, back.transaction_id)
            if _payer(sandbox, back.mchid, back.transaction_id) == mchid:
                found.append(Movement(back.finished_at, "return_in", *fact))
            if back.return_mchid == mchid:
                found.append(Movement(back.finished_at, "return_out", -fact[0], *fact[1:]))
    found += [
        Movement(t.updated_at, "transfer", -t.amount, t.out_bill_no, "")
        for t in sandbox.transfers.of(mchid)
        if t.state == "SUCCESS"
    ]
    found += [Movement(d.at, "drawn", -d.amount, d.number, "") for d in sandbox.drawn.of(mchid)]
    return sorted(found)


def balance(sandbox: Sandbox, mchid: str) -> dict[str, Any]:
    """{total, frozen, locked, available} in fen: payments less refunds, and what else moved.

    A transfer locks its amount until the user confirms it; only then has it moved.
    """
    total = sum(m.amount for m in movements(sandbox, mchid))
    frozen = 0
    merchant = sandbox.merchants.get(mchid)
    for holder in {mchid, (merchant.sub_of if merchant else None) or mchid}:
        for transaction in sandbox.transactions.of_merchant(holder):
            if transaction.is_paid and (transaction.sub_mchid or transaction.mchid) == mchid:
                total += transaction.settled - (transaction.refunded - transaction.unsettled)
                frozen += sandbox.sharing.unsplit(transaction)
    locked = sum(t.amount for t in sandbox.transfers.of(mchid) if t.state in LIVE)
    return {"total": total, "frozen": frozen, "locked": locked, "available": total - frozen - locked}


def _payer(sandbox: Sandbox, mchid: str, transaction_id: str) -> str:
    transaction = sandbox.transactions.by_id(transaction_id)
    return (transaction.sub_mchid if transaction else None) or mchid
