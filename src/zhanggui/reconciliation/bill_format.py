"""Reads the provider's bills: comma-separated, every field behind a backtick, amounts in yuan, two lines of sums at the end.

Source: pay.weixin.qq.com, 申请交易账单 (bill_type ALL), 申请资金账单 (account BASIC). Columns are found by their names, so that
one more of them changes nothing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from zhanggui.reconciliation.rules import CHINA

LineKind = Literal[
    "payment",
    "refund",
    "flow_payment",
    "flow_fee",
    "flow_refund",
    "flow_fee_returned",
    "flow_split",
    "flow_split_return",
    "flow_transfer",
    "flow_drawn",
    "flow_other",
]
OURS: dict[tuple[str, bool], LineKind] = {
    ("交易", True): "flow_payment",
    ("退款", False): "flow_refund",
    ("分账", False): "flow_split",
    ("分账回退", True): "flow_split_return",
    ("商家转账", False): "flow_transfer",
}
"""(what the bill calls it, whether it is income) → lines that carry our number."""
THEIRS = ("flow_other", "flow_drawn")
TRADE = ("交易时间", "特约商户号", "微信订单号", "商户订单号", "交易状态", "微信退款单号", "商户退款单号", "退款状态",
         "手续费", "订单金额", "应结订单金额", "代金券金额", "申请退款金额", "退款金额", "充值券退款金额")  # fmt: skip
FLOW = (
    "记账时间",
    "微信支付业务单号",
    "资金流水单号",
    "业务类型",
    "收支类型",
    "收支金额(元)",
    "账户结余(元)",
    "业务凭证号",
)
AMOUNT = re.compile(r"(-?)([0-9]{1,13})(?:\.([0-9]{1,2})0*)?")
SUMS = ("总交易单数", "资金流水总笔数")


class BadBill(Exception):
    """A file that is not a bill as the provider describes it."""


class Line(NamedTuple):
    """A line of a bill. Amounts in fen; `balance` only of the fund flow.

    Of a payment or refund `amount` is the order's or what was asked to go back, `settled` what reached or left the account
    before the fee, and `coupon` what prefunded coupons paid of that.
    """

    kind: LineKind
    number: str
    transaction_id: str
    amount: int
    fee: int
    state: str
    at: datetime
    balance: int = 0
    sub_mchid: str = ""
    settled: int | None = None
    coupon: int = 0


def fen(text: str) -> int:
    """`12.30`, `0.07000` or `-0.07000` in yuan → fen. Raises BadBill for anything else, fractions of a fen included."""
    parts = AMOUNT.fullmatch(text)
    if parts is None:
        raise BadBill(f"not an amount: {text[:20]!r}")
    sign, yuan, cents = parts.groups("")
    fen = int(yuan) * 100 + int(cents.ljust(2, "0"))
    return -fen if sign else fen


def trade_lines(lines: Iterable[str]) -> Iterator[Line]:
    """The payments and refunds of a trade bill. Raises BadBill."""
    for cells in _rows(lines, TRADE):
        at, sub, transaction, number, state, refund_id, refund, refund_state, fee, *amounts = cells
        paid, asked = (tuple(map(fen, some)) for some in (amounts[:3], amounts[3:]))
        sub = "" if sub == "0" else sub
        when = _time(at)
        if state == "REFUND":
            amount, settled, coupon = asked
            line = Line("refund", refund, refund_id, amount, -fen(fee), refund_state, when)
        else:
            amount, settled, coupon = paid
            line = Line("payment", number, transaction, amount, fen(fee), state, when)
        yield line._replace(sub_mchid=sub, settled=settled, coupon=coupon)


def flow_lines(lines: Iterable[str]) -> Iterator[Line]:
    """What moved on the account, in order, with the balance after each. Raises BadBill."""
    for cells in _rows(lines, FLOW):
        at, transaction, serial, what, way, amount, balance, voucher = cells
        money = fen(amount)
        income = way == "收入"
        kind = _flow_kind(what, income=income)
        number = serial if kind in THEIRS else voucher
        signed = -money if kind in THEIRS and not income else money
        yield Line(kind, number, transaction, signed, 0, what, _time(at), fen(balance))


def _flow_kind(what: str, *, income: bool) -> LineKind:
    if "手续费" in what:
        return "flow_fee_returned" if income else "flow_fee"
    if what == "提现":
        return "flow_drawn"
    return OURS.get((what, income), "flow_other")


def _rows(lines: Iterable[str], names: Sequence[str]) -> Iterator[list[str]]:
    """The cells of `names` of each line up to the sums, whose first is how many there should have been."""
    source = (line.rstrip("\r\n") for line in lines)
    head = next(source, "").lstrip("\ufeff").split(",")
    try:
        columns = [head.index(name) for name in names]
    except ValueError as missing:
        raise BadBill(f"a column is missing: {missing}") from missing
    for count, line in enumerate(source):
        if line.startswith(SUMS):
            _check_sums(next(source, ""), count)
            return
        cells = line.split(",`")
        if not line.startswith("`") or len(cells) != len(head):
            raise BadBill(f"line {count + 2} has {len(cells)} fields")
        cells[0] = cells[0][1:]
        yield [cells[column] for column in columns]
    raise BadBill("the file ends before its sums")


def _check_sums(line: str, count: int) -> None:
    said = line.split(",", maxsplit=1)[0].lstrip("`")
    if said != str(count):
        raise BadBill(f"it says {said[:12]!r} lines and has {count}")


def _time(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA).astimezone(UTC)
    except ValueError as fault:
        raise BadBill(f"not a time: {text[:30]!r}") from fault
