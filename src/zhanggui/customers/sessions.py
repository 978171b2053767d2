"""A buyer's sessions: short access tokens that need no SQL, and a refresh token that is good once.

A refresh token is `customer ‖ session ‖ generation ‖ MAC`: only this installation can make one, and the row holds no
more than the generation in force. Whoever shows an older generation has a stolen or a leaked token (RFC 9700 §2.2.2), so
the session ends; the one just replaced is forgiven for 30 s to the same client, because answers get lost on the way.
"""

import base64
import hmac
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.auth import Buyer
from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.errors import ShopError
from zhanggui.core.ids import new_id
from zhanggui.core.runtime import Runtime
from zhanggui.core.tokens import ACCESS_SECONDS

LIFE = timedelta(days=60)
GRACE = timedelta(seconds=30)
PURPOSE = "refresh"
BODY, MAC = 36, 32

ADD = statement(
    "customers.sessions.add",
    """
    INSERT INTO customer_session (customer_id, id, generation, rotated_at, expires_at, client, created_at)
    VALUES ($1, $2, 1, $3, $4, $5, $3)
    """,
)
FIND = statement(
    "customers.sessions.find",
    """
    SELECT s.generation, s.rotated_at, s.expires_at, s.revoked_at, s.client, c.guest
    FROM customer_session s JOIN customer c ON c.customer_id = s.customer_id
    WHERE s.customer_id = $1 AND s.id = $2 FOR UPDATE OF s
    """,
)
ROTATE = statement(
    "customers.sessions.rotate",
    """
    UPDATE customer_session SET generation = generation + 1, rotated_at = $3, expires_at = $4
    WHERE customer_id = $1 AND id = $2
    """,
)
REVOKE = statement(
    "customers.sessions.revoke",
    "UPDATE customer_session SET revoked_at = $3 WHERE customer_id = $1 AND id = $2 AND revoked_at IS NULL",
)


class Tokens(NamedTuple):
    """What a client holds; `customer_id` whose they are."""

    customer_id: UUID
    access_token: str
    refresh_token: str


class _Claim(NamedTuple):
    customer_id: UUID
    session_id: UUID
    generation: int


async def begin(rt: Runtime, conn: Connection, customer_id: UUID, *, guest: bool, client: str) -> Tokens:
    """Open a session for 60 days; every refresh makes it 60 days again."""
    session_id, now = new_id(), clock.now()
    await conn.execute(ADD, customer_id, session_id, now, now + LIFE, client[:200])
    return _tokens(rt, _Claim(customer_id, session_id, 1), guest=guest)


async def refresh(rt: Runtime, token: str, client: str) -> Tokens:
    """New tokens for a refresh token. Raises 401 `session_over`, and 401 `session_reused` which ends the session."""
    claim = _read(rt, token)
    if claim is None:
        raise ShopError("session_over", 401)
    answer = await in_transaction(rt.db, lambda conn: _rotate(rt, conn, claim, client[:200]))
    if isinstance(answer, str):  # decided inside, raised outside: ending a session must be committed
        raise ShopError(answer, 401)
    return answer


async def sign_out(rt: Runtime, buyer: Buyer, token: str) -> None:
    """End the session of `token` when it is the buyer's, and the one the access token names in any case."""
    claim = _read(rt, token)
    now = clock.now()
    await rt.db.execute(REVOKE, buyer.id, buyer.session_id, now)
    if claim is not None and claim.customer_id == buyer.id:
        await rt.db.execute(REVOKE, buyer.id, claim.session_id, now)


async def _rotate(rt: Runtime, conn: Connection, claim: _Claim, client: str) -> Tokens | str:
    now = clock.now()
    row = await conn.fetchrow(FIND, claim.customer_id, claim.session_id)
    if row is None or row["revoked_at"] is not None or row["expires_at"] <= now:
        return "session_over"
    current: int = row["generation"]
    guest: bool = row["guest"]
    if claim.generation == current:
        await conn.execute(ROTATE, claim.customer_id, claim.session_id, now, now + LIFE)
        return _tokens(rt, claim._replace(generation=current + 1), guest=guest)
    if claim.generation == current - 1 and now - row["rotated_at"] <= GRACE and client == row["client"]:
        return _tokens(rt, claim._replace(generation=current), guest=guest)
    await conn.execute(REVOKE, claim.customer_id, claim.session_id, now)
    return "session_reused"


def _tokens(rt: Runtime, claim: _Claim, *, guest: bool) -> Tokens:
    access = rt.signer.sign(
        "access", claim.customer_id, ACCESS_SECONDS, guest=guest, sid=str(claim.session_id)
    )
    body = claim.customer_id.bytes + claim.session_id.bytes + claim.generation.to_bytes(4, "big")
    token = base64.urlsafe_b64encode(body + rt.signer.mac(PURPOSE, body)).rstrip(b"=").decode()
    return Tokens(claim.customer_id, access, token)


def _read(rt: Runtime, token: str) -> _Claim | None:
    """The claim of a token that was made here; None for anything else, without asking the database."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    body, mac = raw[:BODY], raw[BODY:]
    if len(raw) != BODY + MAC or not hmac.compare_digest(mac, rt.signer.mac(PURPOSE, body)):
        return None
    return _Claim(UUID(bytes=body[:16]), UUID(bytes=body[16:32]), int.from_bytes(body[32:], "big"))
