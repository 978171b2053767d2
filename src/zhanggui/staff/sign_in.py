"""Sign-in of staff: argon2id, a lock that grows with wrong passwords, a note of every try."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.auth import StaffMember
from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.errors import ShopError
from zhanggui.core.ids import new_id
from zhanggui.core.ratelimit import Limit, take
from zhanggui.core.runtime import Runtime
from zhanggui.staff import sessions
from zhanggui.staff.passwords import hash_aside, matches
from zhanggui.staff.rules import lock_after, password_fault
from zhanggui.staff.sessions import Seat

# A try is counted, and the lock set, before the password is looked at and with the row locked: of tries that come at
# once no more get through than of tries one after the other.
FIND = statement(
    "staff.sign_in.find",
    """
    SELECT staff_id, password_hash, failures, locked_until FROM staff_member
    WHERE login = $1 AND active FOR UPDATE
    """,
)
COUNT = statement(
    "staff.sign_in.count",
    "UPDATE staff_member SET failures = failures + 1, locked_until = $2 WHERE staff_id = $1",
)
FORGIVE = statement(
    "staff.sign_in.forgive",
    "UPDATE staff_member SET failures = 0, locked_until = NULL WHERE staff_id = $1",
)
NOTE = statement(
    "staff.sign_in.note",
    "INSERT INTO staff_sign_in (id, staff_id, outcome, client, address, at) VALUES ($1, $2, $3, $4, $5, $6)",
)
SECRET = statement(
    "staff.sign_in.secret", "SELECT login, password_hash FROM staff_member WHERE staff_id = $1 AND active"
)
CHANGE = statement(
    "staff.sign_in.change",
    """
    UPDATE staff_member SET password_hash = $3, must_change_password = false, failures = 0, locked_until = NULL
    WHERE staff_id = $1 AND password_hash = $2 RETURNING staff_id
    """,
)


class _Try(NamedTuple):
    staff_id: UUID
    password_hash: str


class _Wait(NamedTuple):
    seconds: int


async def sign_in(rt: Runtime, login: str, password: str, seat: Seat) -> str:
    """A session cookie for the right password.

    Raises 401 `bad_credentials`, 429 `locked` with Retry-After, 429 `rate_limited` (sixty tries an hour for an address).
    """
    await take(rt.db, [Limit("staff-address", seat.address, 60, timedelta(hours=1))])
    tried = await _try(rt, login.strip().lower(), seat)
    if not await matches(rt, password, tried.password_hash if tried else None) or tried is None:
        await _note(rt.db, tried.staff_id if tried else None, "refused", seat)
        raise ShopError("bad_credentials", 401)

    async def work(conn: Connection) -> str:
        await conn.execute(FORGIVE, tried.staff_id)
        await _note(conn, tried.staff_id, "signed_in", seat)
        return await sessions.begin(conn, tried.staff_id, seat)

    return await in_transaction(rt.db, work)


async def sign_out(rt: Runtime, member: StaffMember, seat: Seat) -> None:
    """End this session."""
    await sessions.end(rt, member.session_id)
    await _note(rt.db, member.id, "signed_out", seat)


async def change_password(rt: Runtime, member: StaffMember, old: str, new: str, seat: Seat) -> str:
    """Set a new password, end all sessions of the person and open a new one; returns its cookie.

    Raises 400 `old_password_wrong`, `password_too_short`, `password_too_easy`, `password_same`; 429 `rate_limited`.
    """
    await take(rt.db, [Limit("staff-password", str(member.id), 10, timedelta(hours=1))])
    row = await rt.db.fetchrow(SECRET, member.id)
    if row is None or not await matches(rt, old, row["password_hash"]):
        raise ShopError("old_password_wrong", 400, field="old_password")
    fault = "password_same" if old == new else password_fault(new, row["login"])
    if fault:
        raise ShopError(fault, 400, field="new_password")
    hashed, before = await hash_aside(rt, new), row["password_hash"]

    async def work(conn: Connection) -> str:
        if await conn.fetchval(CHANGE, member.id, before, hashed) is None:
            raise ShopError("old_password_wrong", 400, field="old_password")  # changed meanwhile
        await sessions.end_all(conn, member.id)
        await _note(conn, member.id, "password_changed", seat)
        return await sessions.begin(conn, member.id, seat)

    return await in_transaction(rt.db, work)


async def _try(rt: Runtime, login: str, seat: Seat) -> _Try | None:
    """Count the try; None for nobody's login. Raises 429 `locked`."""

    async def work(conn: Connection) -> _Try | _Wait | None:
        now = clock.now()
        row = await conn.fetchrow(FIND, login)
        if row is None:
            return None
        if row["locked_until"] is not None and row["locked_until"] > now:
            await _note(conn, row["staff_id"], "locked", seat)
            return _Wait(int((row["locked_until"] - now).total_seconds()) + 1)
        wait = lock_after(row["failures"] + 1)
        await conn.execute(COUNT, row["staff_id"], now + wait if wait else None)
        return _Try(row["staff_id"], row["password_hash"])

    found = await in_transaction(rt.db, work)
    if isinstance(found, _Wait):  # decided inside, raised outside: the note must be committed
        raise ShopError("locked", 429, retry_after=found.seconds, seconds=found.seconds)
    return found


async def _note(conn: Connection, staff_id: UUID | None, outcome: str, seat: Seat) -> None:
    await conn.execute(NOTE, new_id(), staff_id, outcome, seat.client[:200], seat.address[:64], clock.now())
