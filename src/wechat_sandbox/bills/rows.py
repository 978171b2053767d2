"""What happened on a day, as rows that both bills are written from.

Source: pay.weixin.qq.com, "申请交易账单", "申请资金账单". The day is Beijing's. A payment belongs to the day it was paid, a refund
to the day it came to success (the platform does not publish which of its days counts; this is the sandbox's choice).
"""

from datetime import datetime
from typing import Literal, NamedTuple

from wechat_sandbox import ids
from wechat_sandbox.accounts.merchants import Merchant
from wechat_sandbox.bills.differences import Bill, Difference
from wechat_sandbox.clock import CHINA
from wechat_sandbox.pay.coupons import off
from wechat_sandbox.pay.refunds import Refund
from wechat_sandbox.pay.transactions import Transaction
from wechat_sandbox.state import Sandbox
from wechat_sandbox.transfer.balance import Movement, movements

DAY_S = 86400


class Row(NamedTuple):
    """A payment or a refund. Amounts in fen: `amount` of the order or the refund asked for, `fee` taken or returned (≥ 0).

    `settled` is what reached or left the merchant's account before the fee, `coupon` what prefunded coupons (CASH) paid of it.
    """

    kind: Literal["payment", "refund"]
    at: float
    number: str
    amount: int
    settled: int
    coupon: int
    fee: int
    state: str
    transaction: Transaction
    refund: Refund | None = None


def fee_of(amount: int, rate: int) -> int:
    """The platform's fee in fen on `amount` fen at `rate` hundredths of a percent, rounded half up."""
    return (amount * rate + 5_000) // 10_000


def day_begins(bill_date: str) -> float:
    """Platform seconds at which a day (YYYY-MM-DD) begins in Beijing. Raises ValueError."""
    return datetime.strptime(bill_date, "%Y-%m-%d").replace(tzinfo=CHINA).timestamp()


def rows_before(sandbox: Sandbox, merchant: Merchant, end: float) -> list[Row]:
    """Everything that happened to a merchant's payments and refunds before `end`, oldest first, as it was."""
    found: list[Row] = []
    for t in sandbox.transactions.of_merchant(merchant.mchid):
        if not t.is_paid or t.paid_at is None:
            continue
        if t.paid_at < end:
            amounts = (t.total, t.settled, off(t.coupons, "CASH"), fee_of(t.settled, merchant.fee_rate))
            found.append(Row("payment", t.paid_at, t.out_trade_no, *amounts, "SUCCESS", t))
        for r in sandbox.refunds.of(t):
            if r.status == "SUCCESS" and r.settled_at is not None and r.settled_at < end:
                coupon = r.settled - r.payer_refund
                amounts = (r.refund, r.settled, coupon, fee_of(r.settled, merchant.fee_rate))
                found.append(Row("refund", r.settled_at, r.out_refund_no, *amounts, "SUCCESS", t, r))
    return sorted(found, key=lambda row: row.at)


def rows_of_day(sandbox: Sandbox, merchant: Merchant, bill_date: str, bill: Bill) -> list[Row]:
    """The rows of one of a day's bills, with the differences that were ordered for it."""
    begin = day_begins(bill_date)
    rows = true_rows(sandbox, merchant, bill_date)
    for difference in sandbox.bill_differences.of(merchant.mchid, bill_date, bill):
        rows = _changed(rows, difference, begin)
    return rows if bill == "trade" else [row for row in rows if row.state == "SUCCESS"]


def true_rows(sandbox: Sandbox, merchant: Merchant, bill_date: str) -> list[Row]:
    """What happened on a day, whatever its bills say."""
    begin = day_begins(bill_date)
    return [row for row in rows_before(sandbox, merchant, begin + DAY_S) if row.at >= begin]


def moves_of_day(sandbox: Sandbox, mchid: str, bill_date: str) -> list[Movement]:
    """What else moved on an account on a day, with the differences that were ordered for it."""
    begin, found = day_begins(bill_date), true_moves(sandbox, mchid, bill_date)
    for difference in sandbox.bill_differences.of(mchid, bill_date, "flow"):
        mine = next((n for n, m in enumerate(found) if m.number == difference.number), None)
        if difference.kind == "extra" and difference.what != "payment":
            amount = difference.value if difference.what == "return_in" else -difference.value
            found.append(Movement(begin + DAY_S - 1, difference.what, amount, difference.number, ""))
        elif difference.kind == "missing":
            found = [m for m in found if m.number != difference.number]
        elif difference.kind == "amount" and mine is not None:
            sign = 1 if found[mine].amount > 0 else -1
            found[mine] = found[mine]._replace(amount=sign * difference.value)
    return sorted(found)


def true_moves(sandbox: Sandbox, mchid: str, bill_date: str) -> list[Movement]:
    """What else moved on an account on a day, whatever its bill says."""
    begin = day_begins(bill_date)
    return [m for m in movements(sandbox, mchid) if begin <= m.at < begin + DAY_S]


def _changed(rows: list[Row], difference: Difference, begin: float) -> list[Row]:
    if difference.kind == "extra":
        return [*rows, _invented(difference, begin + DAY_S - 1)] if difference.what == "payment" else rows
    if difference.kind == "missing":
        return [row for row in rows if row.number != difference.number]
    return [_other(row, difference) if row.number == difference.number else row for row in rows]


def _other(row: Row, difference: Difference) -> Row:
    match difference.kind:
        case "amount":
            more = difference.value - row.amount
            return row._replace(amount=difference.value, settled=row.settled + more)
        case "settled":
            return row._replace(settled=difference.value)
        case "coupon":
            return row._replace(coupon=difference.value)
        case "fee":
            return row._replace(fee=difference.value)
        case _:
            return row._replace(state=difference.state)


def _invented(difference: Difference, at: float) -> Row:
    transaction = Transaction(
        mchid=difference.mchid,
        appid="wx0000000000000000",
        out_trade_no=difference.number,
        trade_type="NATIVE",
        description="别处收的款",
        notify_url="",
        total=difference.value,
        currency="CNY",
        created_at=at,
        pay_by=at,
        fingerprint="",
        prepay_id="",
        prepay_until=at,
        state="SUCCESS",
        transaction_id=ids.stable_id("4200", difference.number, length=28),
        paid_at=at,
    )
    return Row(
        "payment",
        at,
        difference.number,
        difference.value,
        difference.value,
        0,
        fee_of(difference.value, 60),
        "SUCCESS",
        transaction,
    )
