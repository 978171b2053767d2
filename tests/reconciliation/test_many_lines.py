"""A big day: lines are read, kept and compared set-based, and every morning's job plans the next."""

import io
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from tests.support.api import Api
from tests.support.counting import counted
from zhanggui.core import clock
from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.ids import new_id
from zhanggui.core.jobs import Job, Later
from zhanggui.ledger import post, recipes
from zhanggui.payments.rules import fee_of
from zhanggui.reconciliation.bill_format import TRADE, BadBill, Line, fen, flow_lines, trade_lines
from zhanggui.reconciliation.jobs import reconcile
from zhanggui.reconciliation.lines import CHUNK, Day, keep_lines
from zhanggui.reconciliation.match import match
from zhanggui.reconciliation.rules import bounds, day_of, ready_at

ACCOUNT = "INSERT INTO payment_account (store_id, id, provider, appid, mchid, sealed, created_at) VALUES ($1, $2, 'wechat_pay', 'wx1', '1900000009', '', $3)"
ATTEMPTS = """
    INSERT INTO payment_attempt (store_id, id, order_id, customer_id, account_id, provider, method, status, amount,
                                 currency, expires_at, transaction_id, paid_amount, succeeded_at, created_at, updated_at)
    SELECT $1, id, id, id, $2, 'wechat_pay', 'wechat_jsapi', 'succeeded', amount, 'CNY', $5, id::text, amount, $5, $5, $5
    FROM unnest($3::uuid[], $4::bigint[]) AS a (id, amount)
"""


def bill(numbers: list[tuple[str, int]], at: str) -> io.StringIO:
    """A trade bill with these payments."""
    head = ",".join(TRADE)
    rows = [
        f"`{at},`0,`42{n},`{n},`SUCCESS,`0,`0,`,`{fee_of(a, 60) / 100:.2f}000,`{a / 100:.2f},`{a / 100:.2f},`0.00,`0.00,`0.00,`0.00"
        for n, a in numbers
    ]
    return io.StringIO(
        "\r\n".join([head, *rows, "总交易单数,应结订单总金额", f"`{len(rows)},`0.00"]) + "\r\n"
    )


@pytest.mark.parametrize("lines", [100, 2 * CHUNK + 100])
async def test_a_day_of_many_payments_takes_a_statement_for_thousands_of_lines(api: Api, lines: int) -> None:
    store, account, now = new_id(), new_id(), clock.now()
    db = api.rt.db
    await db.execute(ACCOUNT, store, account, now)
    paid = [(new_id(), 100 + n % 5_000) for n in range(lines)]

    async def write(conn: Connection) -> None:
        await conn.execute(ATTEMPTS, store, account, [i for i, _ in paid], [a for _, a in paid], now)
        moneys = [recipes.Money(i, i, i, account, a, fee_of(a, 60)) for i, a in paid]
        await post(conn, store, [recipes.payment(m) for m in moneys])

    await in_transaction(db, write)
    for table in ("payment_attempt", "ledger_entry"):
        await db.execute(f"ANALYZE {table}")
    day = Day(store, account, day_of(now))
    text = bill([(i.hex, a + (n == 7)) for n, (i, a) in enumerate(paid) if n != 3], "2026-11-22 12:00:00")
    ahead = 0

    def watched() -> Iterator[Line]:
        """The lines of the bill; `ahead` is how many were read before the first was kept."""
        nonlocal ahead
        for line in trade_lines(text):
            ahead += not sent.statements
            yield line

    async def compare(conn: Connection) -> list[str]:
        await keep_lines(conn, day, watched())
        return [
            f"{d.subject} {d.kind}" for d in await match(conn, day, flows=False) if d.subject == "payment"
        ]

    with counted(api) as sent:
        found = await in_transaction(api.rt.db, compare)
    assert sorted(found) == ["payment amount", "payment missing_there"]
    kept = -(-lines // CHUNK)
    assert len([s for s in sent.statements if "INSERT INTO bill_line" in s]) == kept
    assert len(sent.statements) == kept + 3  # payments, refunds and orders are compared by one each
    assert ahead <= CHUNK  # no more of the file is in memory at a time


async def test_each_mornings_job_plans_the_next_and_waits_for_its_bills(api: Api) -> None:
    store, account, now = new_id(), new_id(), clock.now()
    await api.rt.db.execute(ACCOUNT, store, account, now)
    day = day_of(now)
    job = Job(
        store, new_id(), "reconciliation.day", "k", {"account_id": str(account), "date": day.isoformat()}, 1
    )
    with pytest.raises(Later) as waits:
        await reconcile(api.rt, job)
    assert waits.value.delay <= ready_at(day, account) - now + timedelta(seconds=1)
    row = await api.rt.db.fetchrow("SELECT key, due_at FROM job WHERE store_id = $1", store)
    assert row is not None
    tomorrow = day + timedelta(days=1)
    assert (row["key"], row["due_at"]) == (f"{account}/{tomorrow.isoformat()}", ready_at(tomorrow, account))
    with pytest.raises(Later):
        await reconcile(api.rt, job)
    assert await api.rt.db.fetchval("SELECT count(*) FROM job WHERE store_id = $1", store) == 1
    long_ago = Job(store, new_id(), job.kind, "old", {**job.payload, "date": "2026-01-01"}, 1)
    await reconcile(api.rt, long_ago)  # three months are kept: there is nothing to fetch, and nothing fails


def test_a_bills_day_is_beijings() -> None:
    begin, end = bounds(day_of(clock.now()))
    assert end - begin == timedelta(days=1)
    assert (begin.hour, begin.minute) == (16, 0)
    assert ready_at(day_of(clock.now()), UUID(int=5)) > end + timedelta(hours=10)


@pytest.mark.parametrize("text", ["", "1,00", "1.005", "0.07001", "abc", "1.2.3", "--1", "１", "`1"])
def test_what_is_no_amount_in_yuan_is_refused(text: str) -> None:
    with pytest.raises(BadBill):
        fen(text)


def test_amounts_in_yuan_become_fen() -> None:
    assert [fen(t) for t in ("0.07000", "-0.07000", "12.3", "12", "0.00", "1084.99")] == [
        7,
        -7,
        1230,
        1200,
        0,
        108499,
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "交易时间,商户号\r\n`1,`2\r\n",
        ",".join(TRADE) + "\r\n",
        ",".join(TRADE) + "\r\n`1,`2\r\n总交易单数\r\n`1\r\n",
        ",".join(TRADE) + "\r\n总交易单数\r\n`1\r\n",
        bill([("a" * 32, 100)], "yesterday").getvalue(),
    ],
)
def test_a_file_that_is_no_bill_is_refused(text: str) -> None:
    with pytest.raises(BadBill):
        list(trade_lines(io.StringIO(text)))


def test_lines_of_the_fund_flow_are_told_apart() -> None:
    head = "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号"
    kinds = [
        ("交易", "收入"),
        ("扣除交易手续费", "支出"),
        ("退款", "支出"),
        ("退还交易手续费", "收入"),
        ("分账", "支出"),
        ("分账回退", "收入"),
        ("商家转账", "支出"),
        ("提现", "支出"),
        ("分账", "收入"),
        ("其他", "支出"),
    ]
    rows = [
        f"`2026-11-22 12:00:0{n},`42,`S{n},`x,`{what},`{way},`1.00,`9.00,`system,`,`N{n}"
        for n, (what, way) in enumerate(kinds)
    ]
    text = "\r\n".join([head, *rows, "资金流水总笔数,收入笔数", f"`{len(rows)},`2"]) + "\r\n"
    found: list[Line] = list(flow_lines(io.StringIO(text)))
    assert [line.kind for line in found] == [
        "flow_payment",
        "flow_fee",
        "flow_refund",
        "flow_fee_returned",
        "flow_split",
        "flow_split_return",
        "flow_transfer",
        "flow_drawn",
        "flow_other",
        "flow_other",
    ]
    assert [line.amount for line in found] == [*([100] * 7), -100, 100, -100]
    assert [line.number for line in found] == [*(f"N{n}" for n in range(7)), "S7", "S8", "S9"]
