"""The files: comma-separated, every field behind a backtick, amounts in yuan, two lines of sums at the end.

Source: pay.weixin.qq.com, "申请交易账单" (bill_type ALL, SUCCESS, REFUND) and "申请资金账单" (account BASIC).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from wechat_sandbox.accounts.merchants import Merchant
from wechat_sandbox.bills.rows import (
    Row,
    day_begins,
    moves_of_day,
    rows_before,
    rows_of_day,
    true_moves,
    true_rows,
)
from wechat_sandbox.clock import CHINA
from wechat_sandbox.state import Sandbox
from wechat_sandbox.transfer.balance import movements

BillType = Literal["ALL", "SUCCESS", "REFUND"]
TRADE_HEAD = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,{refunds}商品名称,商户数据包,手续费,费率,订单金额,{asked}费率备注"
)
REFUND_HEAD = "微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,"
TRADE_SUMS = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
FLOW_HEAD = "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号"
FLOW_SUMS = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额"
MOVES = {
    "split_out": "分账",
    "split_in": "分账",
    "return_in": "分账回退",
    "return_out": "分账回退",
    "transfer": "商家转账",
    "drawn": "提现",
    "strange": "其他",
}


def trade_bill(
    sandbox: Sandbox,
    merchant: Merchant,
    bill_date: str,
    bill_type: BillType = "ALL",
    sub_mchid: str | None = None,
) -> str | None:
    """The trade bill of a day, of all or of one merchant below it; None when there was none."""
    wanted = {"ALL": ("payment", "refund"), "SUCCESS": ("payment",), "REFUND": ("refund",)}[bill_type]
    rows = [
        row
        for row in rows_of_day(sandbox, merchant, bill_date, "trade")
        if row.kind in wanted and sub_mchid in (None, "", row.transaction.sub_mchid)
    ]
    if not rows:
        return None
    refunds = "" if bill_type == "SUCCESS" else REFUND_HEAD
    if bill_type == "REFUND":
        refunds = "退款申请时间,退款成功时间," + refunds
    head = TRADE_HEAD.format(refunds=refunds, asked="" if bill_type == "SUCCESS" else "申请退款金额,")
    paid = [row for row in rows if row.kind == "payment"]
    back = [row for row in rows if row.kind == "refund"]
    total, returned = sum(r.amount for r in paid), sum(r.amount for r in back)
    settled, given = sum(r.settled for r in paid), sum(r.settled for r in back)
    coupons = sum(r.coupon for r in back)
    fees = sum(r.fee for r in paid) - sum(r.fee for r in back)
    amounts = (_yuan(settled), _yuan(given), _yuan(coupons), _fee(fees), _yuan(total), _yuan(returned))
    sums = (str(len(rows)), *amounts)
    lines = [head, *(_line(_trade(merchant, row, bill_type)) for row in rows), TRADE_SUMS, _line(sums)]
    return "\r\n".join(lines) + "\r\n"


def flow_bill(
    sandbox: Sandbox, merchant: Merchant, bill_date: str, sub_mchid: str | None = None
) -> str | None:
    """The fund-flow bill of a day, of the merchant's own account or of one below it; None when nothing moved."""
    begin = day_begins(bill_date)
    account = sub_mchid or merchant.mchid
    balance = sum(m.amount for m in movements(sandbox, account) if m.at < begin)
    balance += _sum(_of_account(rows_before(sandbox, merchant, begin), sub_mchid))
    for day in sandbox.bill_differences.days_before({account, merchant.mchid}, bill_date):
        balance += _sum(_of_account(rows_of_day(sandbox, merchant, day, "flow"), sub_mchid))
        balance -= _sum(_of_account(true_rows(sandbox, merchant, day), sub_mchid))
        balance += sum(m.amount for m in moves_of_day(sandbox, account, day))
        balance -= sum(m.amount for m in true_moves(sandbox, account, day))
    flows: list[tuple[float, str, str, str, int, str]] = []
    for row in _of_account(rows_of_day(sandbox, merchant, bill_date, "flow"), sub_mchid):
        sign = 1 if row.kind == "payment" else -1
        number = (row.refund.refund_id if row.refund else row.transaction.transaction_id) or ""
        name = "交易" if row.kind == "payment" else "退款"
        flows.append((row.at, number, name, name, sign * row.settled, row.number))
        if row.fee:
            kind = "扣除交易手续费" if row.kind == "payment" else "退还交易手续费"
            flows.append((row.at, number, name, kind, -sign * row.fee, row.number))
    flows += [
        (m.at, m.number, MOVES[m.kind], MOVES[m.kind], m.amount, m.number)
        for m in moves_of_day(sandbox, account, bill_date)
    ]
    if not flows:
        return None
    lines = [FLOW_HEAD]
    flows.sort(key=lambda flow: flow[0])
    for n, (at, number, name, kind, amount, voucher) in enumerate(flows):
        balance += amount
        way = "收入" if amount > 0 else "支出"
        serial = f"{bill_date.replace('-', '')}{n:012d}"
        cells = (
            _time(at),
            number,
            serial,
            name,
            kind,
            way,
            _yuan(abs(amount)),
            _yuan(balance),
            "system",
            "",
            voucher,
        )
        lines.append(_line(cells))
    into, out = [f[4] for f in flows if f[4] > 0], [-f[4] for f in flows if f[4] < 0]
    sums = (str(len(flows)), str(len(into)), _yuan(sum(into)), str(len(out)), _yuan(sum(out)))
    return "\r\n".join([*lines, FLOW_SUMS, _line(sums)]) + "\r\n"


def _sum(rows: list[Row]) -> int:
    """What these rows brought to the account, fees taken."""
    return sum((row.settled - row.fee) * (1 if row.kind == "payment" else -1) for row in rows)


def _of_account(rows: list[Row], sub_mchid: str | None) -> list[Row]:
    """What went into the merchant's own account, or into the one below it."""
    return [row for row in rows if row.transaction.sub_mchid == sub_mchid]


def _trade(merchant: Merchant, row: Row, bill_type: BillType) -> list[str]:
    t, r = row.transaction, row.refund
    paid = row.kind == "payment"
    state = row.state if paid else "REFUND"
    cells = [
        _time(row.at), t.appid, t.mchid, t.sub_mchid or "0", "", t.transaction_id or "", t.out_trade_no, t.openid or "", t.trade_type,
        state, "OTHERS", t.currency, _yuan(row.settled if paid else 0), _yuan(row.coupon if paid else 0),
    ]  # fmt: skip
    if bill_type == "REFUND" and r is not None:
        cells += [_time(r.created_at), _time(row.at)]
    if bill_type != "SUCCESS":
        cells += (
            [r.refund_id, r.out_refund_no, _yuan(row.settled), _yuan(row.coupon), "ORIGINAL", row.state]
            if r is not None
            else ["0", "0", "0.00", "0.00", "", ""]
        )
    rate = f"{merchant.fee_rate / 100:.2f}%"
    fee = _fee(row.fee if paid else -row.fee)
    cells += [_safe(t.description), _safe(t.attach or ""), fee, rate, _yuan(row.amount if paid else 0)]
    return [*cells, *([] if bill_type == "SUCCESS" else [_yuan(0 if paid else row.amount)]), ""]


def _line(cells: Iterable[str]) -> str:
    return ",".join(f"`{cell}" for cell in cells)


def _safe(text: str) -> str:
    """Names may hold commas and line breaks; the platform's file has neither."""
    return text.replace(",", "，").replace("\r", " ").replace("\n", " ").replace("`", "'")


def _yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def _fee(fen: int) -> str:
    return f"{_yuan(fen)}000"


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, CHINA).strftime("%Y-%m-%d %H:%M:%S")
