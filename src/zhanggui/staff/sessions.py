"""Server-side sessions: looked up with one indexed query, so that signing out works in every process at once."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.auth import StaffMember
from zhanggui.core.crypto import token_hash
from zhanggui.core.db import Connection, statement
from zhanggui.core.ids import new_id, secret_token
from zhanggui.core.runtime import Runtime
from zhanggui.staff.rules import PERMISSIONS

LIFE = timedelta(days=30)
IDLE = timedelta(days=3)
SEEN_EVERY = timedelta(minutes=1)

RESOLVE = statement(
    "staff.sessions.resolve",
    """
    SELECT s.session_id, s.staff_id, s.csrf, s.seen_at, m.name, m.must_change_password,
           array(SELECT r.store_id FROM staff_role r WHERE r.staff_id = m.staff_id ORDER BY r.store_id) AS stores,
           array(SELECT r.role FROM staff_role r WHERE r.staff_id = m.staff_id ORDER BY r.store_id) AS roles
    FROM staff_session s JOIN staff_member m ON m.staff_id = s.staff_id
    WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.seen_at > $3 AND m.active
    """,
)
SEEN = statement("staff.sessions.seen", "UPDATE staff_session SET seen_at = $2 WHERE session_id = $1")
ADD = statement(
    "staff.sessions.add",
    """
    INSERT INTO staff_session (session_id, staff_id, token_hash, csrf, created_at, seen_at, expires_at, client, address)
    VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8)
    """,
)
END = statement("staff.sessions.end", "DELETE FROM staff_session WHERE session_id = $1")
END_ALL = statement("staff.sessions.end_all", "DELETE FROM staff_session WHERE staff_id = $1")
ALIVE = statement(
    "staff.sessions.alive",
    """
    SELECT EXISTS (
      SELECT FROM staff_session s JOIN staff_member m ON m.staff_id = s.staff_id
      JOIN staff_role r ON r.staff_id = m.staff_id AND r.store_id = $3
      WHERE s.session_id = $1 AND s.expires_at > $2 AND m.active)
    """,
)


class Seat(NamedTuple):
    """Where a session sits, for the list of sessions: shortened user agent and network address."""

    client: str
    address: str


class Sessions:
    """core.auth.StaffSessions over the database."""

    async def resolve(self, rt: Runtime, cookie: str) -> StaffMember | None:
        """Who holds this cookie; None when nobody does any more (signed out, idle for three days, switched off)."""
        now = clock.now()
        row = await rt.db.fetchrow(RESOLVE, token_hash(cookie), now, now - IDLE)
        if row is None:
            return None
        if row["seen_at"] < now - SEEN_EVERY:
            await rt.db.execute(SEEN, row["session_id"], now)
        return StaffMember(
            id=row["staff_id"],
            name=row["name"],
            session_id=row["session_id"],
            csrf=row["csrf"],
            must_change_password=row["must_change_password"],
            stores={
                store: PERMISSIONS[role] for store, role in zip(row["stores"], row["roles"], strict=True)
            },
        )


sessions = Sessions()


async def begin(conn: Connection, staff_id: UUID, seat: Seat) -> str:
    """Open a session and return the cookie's value; only its hash is stored."""
    cookie, now = secret_token(), clock.now()
    await conn.execute(
        ADD,
        new_id(),
        staff_id,
        token_hash(cookie),
        secret_token(24),
        now,
        now + LIFE,
        seat.client[:200],
        seat.address[:64],
    )
    return cookie


async def end(rt: Runtime, session_id: UUID) -> None:
    """Sign out here."""
    await rt.db.execute(END, session_id)


async def end_all(conn: Connection, staff_id: UUID) -> None:
    """Sign out everywhere."""
    await conn.execute(END_ALL, staff_id)


async def alive(rt: Runtime, session_id: UUID, store_id: UUID) -> bool:
    """Whether a session still stands and still has a role in the store (asked by open live connections)."""
    return await rt.db.fetchval(ALIVE, session_id, clock.now(), store_id)
