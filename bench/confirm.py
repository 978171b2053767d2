"""From a notification's bytes to a confirmed order, over HTTP: signature, decryption, one transaction for many."""

from datetime import timedelta
from uuid import UUID

from bench.each_once import sender
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

ORDERS = 6_000
WARM_UP = 1_000
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


def _requests(one: Platform, account_id: UUID, attempts: list[tuple[UUID, int]]) -> list[bytes]:
    """One notification for each attempt, as bytes."""
    made: list[bytes] = []
    for attempt_id, amount in attempts:
        headers, body = one.notice(attempt_id, amount)
        named = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        content = body.encode()
        made.append(
            f"POST /hooks/wechat-pay/{account_id} HTTP/1.1\r\nHost: bench\r\n{named}"
            f"Content-Length: {len(content)}\r\n\r\n".encode()
            + content
        )
    return made


async def measure(stage: Stage) -> list[Figure]:
    """`confirm_cpu_ms`."""
    urls = [server.url for server in stage.servers]
    one = platform()
    async with runtime(stage) as rt:
        shop = await open_shop(rt, 200)
        account_id = await in_transaction(
            rt.db, lambda conn: add_account(conn, rt.sealer, shop.id, one.account)
        )
        write_errands(rt, shop, 2 * ORDERS, stage.folder / "errands")
        while await _pending(rt, shop.id) < ORDERS:
            expect_clean(wrk("place", urls, stage.folder / "errands", connections=64, seconds=3))
        attempts = await _attempts(rt, shop.id, account_id)
        notices = _requests(one, account_id, attempts)
        ports = [server.port for server in stage.servers]
        with sender() as send:
            _all_taken(await send(ports, notices[:WARM_UP], CONNECTIONS))
            stage.cluster.psql("VACUUM ANALYZE", "zhanggui")
            before = await _paid(rt, shop.id)
            accounts = stage.clock()
            _all_taken(await send(ports, notices[WARM_UP:], CONNECTIONS))
            server, database = accounts.read()
        paid = await _paid(rt, shop.id) - before
    note = f"{paid} orders, server {server / paid:.2f} + database {database / paid:.2f}"
    return [Figure("confirm_cpu_ms", (server + database) / paid, note)]


def _all_taken(statuses: dict[int, int]) -> None:
    if set(statuses) != {200}:
        raise RuntimeError(f"notifications were answered {statuses}")


async def _pending(rt: Runtime, store_id: UUID) -> int:
    return await rt.db.fetchval("SELECT count(*) FROM sales_order WHERE store_id = $1", store_id)


async def _paid(rt: Runtime, store_id: UUID) -> int:
    return await rt.db.fetchval(
        "SELECT count(*) FROM sales_order WHERE store_id = $1 AND status = 'paid'", store_id
    )
