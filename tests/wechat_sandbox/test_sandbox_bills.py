"""wechatpayv3 asks for bills and downloads them; what they say is what happened, unless a difference was ordered."""

import gzip
import hashlib
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import httpx
import pytest

from tests.wechat_sandbox.local_servers import ServerThread
from tests.wechat_sandbox.sandbox_actions import fault, place, place_paid, settle
from tests.wechat_sandbox.sandbox_oracle import Answer, Oracle, number


class Day(NamedTuple):
    """A merchant's day: two payments, one given back in part, and the platform's clock in the next morning."""

    oracle: Oracle
    control: httpx.Client
    date: str
    paid: list[str]
    refund: str


def now(control: httpx.Client) -> datetime:
    return datetime.fromisoformat(control.get("/_sandbox/clock").raise_for_status().json()["time"])


def turn_to(control: httpx.Client, hour: int) -> None:
    """Turn the clock to the next time that it is `hour` o'clock in Beijing."""
    here = now(control)
    goal = here.replace(hour=hour, minute=0, second=0)
    settle(control, ((goal if goal > here else goal + timedelta(days=1)) - here).total_seconds() + 1)


def lines(content: bytes) -> list[list[str]]:
    """A bill's lines as cells, without the backticks; the heads have none."""
    return [line.lstrip("`").split(",`") for line in content.decode().split("\r\n") if line]


def opened(oracle: Oracle, answer: Answer, *, packed: bool = True) -> list[list[str]]:
    status, where = answer
    assert (status, where["hash_type"]) == (200, "SHA1"), where
    status, content = oracle.download(where["download_url"])
    assert status == 200
    assert isinstance(content, bytes)
    plain = gzip.decompress(content) if packed else content
    assert hashlib.sha1(plain).hexdigest() == where["hash_value"]
    return lines(plain)


@pytest.fixture(scope="module")
def day(server: ServerThread, connection: httpx.Client) -> Day:
    made = connection.post("/_sandbox/merchants", json={"mode": "public_key"}).raise_for_status().json()
    oracle = Oracle(server.url, made, public_key=True, notify_url="http://127.0.0.1:9/none")
    turn_to(connection, 9)
    date, refund = now(connection).date().isoformat(), number()
    paid = [place_paid(oracle, connection, total, attach="桌 7, 窗边") for total in (2850, 1084)]
    place(oracle)
    assert oracle.refund(refund, 850, 2850, out_trade_no=paid[0])[0] == 200
    turn_to(connection, 11)
    return Day(oracle, connection, date, paid, refund)


def test_a_trade_bill_lists_every_payment_and_refund_with_its_fee(day: Day) -> None:
    day.control.delete("/_sandbox/bill-differences")
    turn_to(day.control, 11)
    head, *rows, sum_head, sums = opened(day.oracle, day.oracle.trade_bill(day.date))
    names = head[0].split(",")
    assert len(names) == 27
    shown = [dict(zip(names, row, strict=True)) for row in rows]
    by_number = {
        row["商户退款单号"] if row["交易状态"] == "REFUND" else row["商户订单号"]: row for row in shown
    }
    assert set(by_number) == {*day.paid, day.refund}
    first, back = by_number[day.paid[0]], by_number[day.refund]
    assert (first["订单金额"], first["手续费"], first["费率"]) == ("28.50", "0.17000", "0.60%")
    assert first["商户数据包"] == "桌 7， 窗边"
    assert (back["申请退款金额"], back["手续费"], back["退款状态"]) == ("8.50", "-0.05000", "SUCCESS")
    assert all(row["交易时间"].startswith(day.date) for row in shown)
    assert dict(zip(sum_head[0].split(","), sums, strict=True)) == {
        "总交易单数": "3", "应结订单总金额": "39.34", "退款总金额": "8.50", "充值券退款总金额": "0.00",
        "手续费总金额": "0.19000", "订单总金额": "39.34", "申请退款总金额": "8.50",
    }  # fmt: skip


@pytest.mark.parametrize(("kind", "columns", "rows"), [("SUCCESS", 20, 2), ("REFUND", 29, 1)])
def test_other_kinds_of_trade_bills(day: Day, kind: str, columns: int, rows: int) -> None:
    day.control.delete("/_sandbox/bill-differences")
    turn_to(day.control, 11)
    found = opened(day.oracle, day.oracle.trade_bill(day.date, bill_type=kind))
    assert (len(found[0][0].split(",")), len(found) - 3) == (columns, rows)
    assert {len(row) for row in found[1:-2]} == {columns}


def test_a_fund_flow_bill_counts_the_balance_on(day: Day) -> None:
    day.control.delete("/_sandbox/bill-differences")
    turn_to(day.control, 11)
    _, *rows, _, sums = opened(day.oracle, day.oracle.flow_bill(day.date))
    assert [(r[4], r[5], r[6]) for r in sorted(rows, key=lambda r: (r[4], r[6]))] == [
        ("交易", "收入", "10.84"),
        ("交易", "收入", "28.50"),
        ("扣除交易手续费", "支出", "0.07"),
        ("扣除交易手续费", "支出", "0.17"),
        ("退款", "支出", "8.50"),
        ("退还交易手续费", "收入", "0.05"),
    ]
    assert rows[-1][7] == "30.65"
    assert sums == ["6", "3", "39.39", "3", "8.74"]


def test_when_a_bill_can_be_had(day: Day) -> None:
    today = now(day.control).date()
    for date, code in (
        (today.isoformat(), "PARAM_ERROR"),
        ((today - timedelta(days=100)).isoformat(), "PARAM_ERROR"),
        ("2026-13-01", "PARAM_ERROR"),
        ((today - timedelta(days=60)).isoformat(), "NO_STATEMENT_EXIST"),
    ):
        status, answer = day.oracle.trade_bill(date)
        assert (status, answer["code"]) == (400, code), date
    turn_to(day.control, 9)
    yesterday = (now(day.control).date() - timedelta(days=1)).isoformat()
    for ask in (day.oracle.trade_bill, day.oracle.flow_bill):
        assert ask(yesterday)[1]["code"] == "STATEMENT_CREATING"
    assert day.oracle.trade_bill(day.date, tar_type="ZIP")[1]["code"] == "PARAM_ERROR"


def test_the_address_lives_five_minutes_and_is_the_merchants_own(
    day: Day, server: ServerThread, merchant: Oracle
) -> None:
    turn_to(day.control, 11)
    url = day.oracle.trade_bill(day.date, tar_type="")[1]["download_url"]
    assert day.oracle.download(url)[0] == 200
    assert merchant.download(url)[0] == 403
    assert httpx.get(url, trust_env=False).status_code == 401
    settle(day.control, 290)
    assert day.oracle.download(url)[0] == 200
    settle(day.control, 11)
    assert day.oracle.download(url)[0] == 403


def test_a_spoiled_file_does_not_match_its_hash(day: Day) -> None:
    turn_to(day.control, 11)
    fault(day.control, "/v3/billdownload", "bad_signature", count=1)
    where = day.oracle.trade_bill(day.date, tar_type="")[1]
    content = day.oracle.download(where["download_url"])[1]
    assert isinstance(content, bytes)
    assert hashlib.sha1(content).hexdigest() != where["hash_value"]


def test_differences_on_order(day: Day) -> None:
    turn_to(day.control, 11)
    stranger = number()

    def order(kind: str, which: str, **more: Any) -> None:
        body = {
            "mchid": day.oracle.account["mchid"],
            "bill_date": day.date,
            "kind": kind,
            "number": which,
            **more,
        }
        day.control.post("/_sandbox/bill-differences", json=body).raise_for_status()

    order("missing", day.paid[0])
    order("extra", stranger, value=500)
    order("amount", day.paid[1], value=1085)
    order("fee", day.paid[1], value=8)
    order("state", day.refund, state="ABNORMAL")
    _, *rows, _, _ = opened(day.oracle, day.oracle.trade_bill(day.date))
    found = {row[15] if row[9] == "REFUND" else row[6]: row for row in rows}
    assert set(found) == {stranger, day.paid[1], day.refund}
    assert (found[day.paid[1]][24], found[day.paid[1]][22]) == ("10.85", "0.08000")
    assert (found[stranger][24], found[day.refund][19]) == ("5.00", "ABNORMAL")
    shown = day.control.get(f"/_sandbox/bills/{day.oracle.account['mchid']}/{day.date}").text
    assert lines(shown.encode())[1:-2] == rows
    assert day.control.delete("/_sandbox/bill-differences").json() == {"removed": 5}
    assert len(opened(day.oracle, day.oracle.trade_bill(day.date))) == 6


def test_a_difference_of_one_bill_alone_and_the_balance_that_goes_on_from_it(day: Day) -> None:
    turn_to(day.control, 11)
    mchid = day.oracle.account["mchid"]

    def bill(date: str, kind: str) -> list[list[str]]:
        shown = day.control.get(f"/_sandbox/bills/{mchid}/{date}", params={"kind": kind})
        return lines(shown.raise_for_status().content)[1:-2]

    trade, flow = bill(day.date, "trade"), bill(day.date, "flow")
    body = {"mchid": mchid, "bill_date": day.date, "kind": "missing", "number": day.paid[0]}
    day.control.post("/_sandbox/bill-differences", json={**body, "bill": "flow"}).raise_for_status()
    assert bill(day.date, "trade") == trade
    left = [(row[4], row[6], row[10]) for row in flow if row[10] != day.paid[0]]
    assert [(row[4], row[6], row[10]) for row in bill(day.date, "flow")] == left
    tomorrow = (datetime.fromisoformat(day.date) + timedelta(days=1)).date().isoformat()
    made_up = {
        **body,
        "bill_date": tomorrow,
        "kind": "extra",
        "number": number(),
        "value": 100,
        "bill": "flow",
    }
    day.control.post("/_sandbox/bill-differences", json=made_up).raise_for_status()
    assert bill(tomorrow, "trade") == []
    assert [row[7] for row in bill(tomorrow, "flow")] == [
        "3.32",
        "3.31",
    ]  # 30.65 without the 28.33 that is missing
    day.control.delete("/_sandbox/bill-differences")
    day.control.post("/_sandbox/bill-differences", json={**body, "bill": "trade"}).raise_for_status()
    assert len(bill(day.date, "trade")) == len(trade) - 1
    assert bill(day.date, "flow") == flow
    day.control.delete("/_sandbox/bill-differences")
