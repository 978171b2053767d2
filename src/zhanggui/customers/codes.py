"""One-time codes by text message: six digits, five minutes, five tries; kept as a keyed hash, never answered."""

import hmac
from datetime import timedelta
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.errors import ShopError
from zhanggui.core.i18n import Locale, message
from zhanggui.core.ids import digits, new_id
from zhanggui.core.ratelimit import Limit, take
from zhanggui.core.runtime import Runtime
from zhanggui.core.sms import SmsFailed, sender
from zhanggui.customers.shapes import CodeSent

LIFE = timedelta(minutes=5)
RESEND = timedelta(minutes=1)
TRIES = 5
DAY = timedelta(days=1)

# A new code takes the place of the ones before it.
REPLACE = statement(
    "customers.codes.replace",
    "UPDATE one_time_code SET expires_at = $2 WHERE phone_index = $1 AND used_at IS NULL AND expires_at > $2",
)
ADD = statement(
    "customers.codes.add",
    "INSERT INTO one_time_code (id, phone_index, code_hash, expires_at, created_at) VALUES ($1, $2, $3, $4, $5)",
)
VOID = statement("customers.codes.void", "UPDATE one_time_code SET expires_at = created_at WHERE id = $1")
LATEST = statement(
    "customers.codes.latest",
    """
    SELECT id, code_hash, tries FROM one_time_code
    WHERE phone_index = $1 AND used_at IS NULL AND expires_at > $2
    ORDER BY created_at DESC, id DESC LIMIT 1 FOR UPDATE
    """,
)
TRIED = statement("customers.codes.tried", "UPDATE one_time_code SET tries = tries + 1 WHERE id = $1")
USED = statement("customers.codes.used", "UPDATE one_time_code SET used_at = $2 WHERE id = $1")


async def send_code(rt: Runtime, phone: str, address: str, locale: Locale) -> CodeSent:
    """Send a code to `phone` (E.164) on behalf of a caller at `address`.

    Raises 429 `rate_limited` (one a minute and ten a day for a number; thirty an hour for an address), 502 `sms_failed`.
    """
    await take(
        rt.db,
        [
            Limit("sms-address", address, 30, timedelta(hours=1)),
            Limit("sms-phone", phone, 1, RESEND),
            Limit("sms-phone", phone, 10, DAY),
        ],
    )
    code, code_id = digits(6), new_id()

    async def work(conn: Connection) -> None:
        now = clock.now()
        index = _index(rt, phone)
        await conn.execute(REPLACE, index, now)
        await conn.execute(ADD, code_id, index, _hash(rt, code_id, code), now + LIFE, now)

    await in_transaction(rt.db, work)
    try:
        text = message("sms_code", locale, digits=code, minutes=int(LIFE.total_seconds()) // 60)
        await sender(rt).send(phone, text, code=code)
    except SmsFailed as fault:
        await rt.db.execute(VOID, code_id)
        raise ShopError("sms_failed", 502, field="phone") from fault
    return CodeSent(int(LIFE.total_seconds()), int(RESEND.total_seconds()))


async def limit_tries(rt: Runtime, phone: str, address: str) -> None:
    """Count a try to sign in. Raises 429 `rate_limited` (twenty an hour for a number, sixty for an address)."""
    hour = timedelta(hours=1)
    limits = [Limit("code-phone", phone, 20, hour), Limit("code-address", address, 60, hour)]
    await take(rt.db, limits)


async def check(rt: Runtime, phone: str, code: str) -> None:
    """Use the code sent to `phone` (E.164) up. Raises 400 `code_wrong`, 400 `code_over` (none, too old or too many tries).

    The row is locked, so two tries at once are counted as two and one code signs in once.
    """

    async def work(conn: Connection) -> str | None:
        now = clock.now()
        row = await conn.fetchrow(LATEST, _index(rt, phone), now)
        if row is None or row["tries"] >= TRIES:
            return "code_over"
        if not hmac.compare_digest(row["code_hash"], _hash(rt, row["id"], code)):
            await conn.execute(TRIED, row["id"])
            return "code_wrong"
        await conn.execute(USED, row["id"], now)
        return None

    fault = await in_transaction(rt.db, work)  # decided inside, raised outside: a wrong try must be committed
    if fault:
        raise ShopError(fault, 400, field="code")


def _index(rt: Runtime, phone: str) -> bytes:
    return rt.sealer.blind_index(phone, "one-time-code")


def _hash(rt: Runtime, code_id: UUID, code: str) -> bytes:
    return rt.signer.mac("one-time-code", code_id.bytes + code.encode())
