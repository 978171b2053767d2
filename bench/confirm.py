"""From a notification's bytes to a confirmed order, over HTTP: signature, decryption, one transaction for many."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

from bench.figures import Figure
from bench.goods import open_shop, runtime
from bench.notices import Platform, platform
from bench.place import write_errands
from bench.stage import Stage
from bench.wrk import expect_clean, wrk
from zhanggui.core import clock
from zhanggui.core.db import in_transaction
from zhanggui.core.ids import new_id
from zhanggui.core.runtime import Runtime
from zhanggui.payments.accounts import add_account

ORDERS = 3000
WARM_UP = 500
CONNECTIONS = 64

ATTEMPTS = """
    INSERT INTO payment_attempt (store_id, id, order_id, customer_id, account_id, provider, method, status, amount,
                                 currency, payer, prepared_at, expires_at, created_at, updated_at)
    SELECT $1, a.id, o.id, o.customer_id, $4, 'wechat_pay', 'wechat_jsapi', 'pending', o.total, 'CNY', 'o', $5, $6, $5, $5
    FROM unnest($2::uuid[], $3::uuid[]) AS a (order_id, id) JOIN sales_order o ON o.store_id = $1 AND o.id = a.order_id
"""


async def _attempts(rt: Runtime, store_id: UUID, account_id: UUID) -> list[tuple[UUID, int]]:
    """An open attempt for each order that waits for its money: (attempt, fen)."""
    rows = await rt.db.fetch(
        "SELECT id, total FROM sales_order WHERE store_id = $1 AND status = 'pending_payment' LIMIT $2",
        store_id,
        ORDERS,
    )
    made = [(new_id(), row["total"]) for row in rows]
    now = clock.now()
    await rt.db.execute(
        ATTEMPTS,
        store_id,
        [r["id"] for r in rows],
        [i for i, _ in made],
        account_id,
        now,
        now + timedelta(hours=2),
    )
    return made


def _write(file: Path, one: Platform, account_id: UUID, attempts: list[tuple[UUID, int]]) -> None:
    with file.open("w") as out:
        for attempt_id, amount in attempts:
            headers, body = one.notice(attempt_id, amount)
            named = "\t".join(f"{name}: {value}" for name, value in headers.items())
            out.write(f"/hooks/wechat-pay/{account_id}\t{named}\t\t{body}\n")


async def measure(stage: Stage) -> list[Figure]:
    """`confirm_cpu_ms`."""
    urls = [server.url for server in stage.servers]
    one = platform()
    async with runtime(stage) as rt:
        shop = await open_shop(rt, 200)
        account_id = await in_transaction(
            rt.db, lambda conn: add_account(conn, rt.sealer, shop.id, one.account)
        )
        write_errands(rt, shop, 3 * ORDERS, stage.folder / "errands")
        while await _pending(rt, shop.id) < ORDERS:
            expect_clean(wrk("place", urls, stage.folder / "errands", connections=64, seconds=3))
        attempts = await _attempts(rt, shop.id, account_id)
        _write(stage.folder / "first", one, account_id, attempts[:WARM_UP])
        _write(stage.folder / "notices", one, account_id, attempts[WARM_UP:])
        expect_clean(wrk("post", urls, stage.folder / "first", connections=CONNECTIONS, seconds=10))
        stage.cluster.psql("VACUUM ANALYZE", "zhanggui")
        before = await _paid(rt, shop.id)
        accounts = stage.clock()
        expect_clean(wrk("post", urls, stage.folder / "notices", connections=CONNECTIONS, seconds=60))
        server, database = accounts.read()
        paid = await _paid(rt, shop.id) - before
    note = f"{paid} orders, server {server / paid:.2f} + database {database / paid:.2f}"
    return [Figure("confirm_cpu_ms", (server + database) / paid, note)]


async def _pending(rt: Runtime, store_id: UUID) -> int:
    return await rt.db.fetchval("SELECT count(*) FROM sales_order WHERE store_id = $1", store_id)


async def _paid(rt: Runtime, store_id: UUID) -> int:
    return await rt.db.fetchval(
        "SELECT count(*) FROM sales_order WHERE store_id = $1 AND status = 'paid'", store_id
    )
