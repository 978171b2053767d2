"""Rows of applications and their pictures; what is in them is sealed for exactly its row."""

import base64
from uuid import UUID

import msgspec

from zhanggui.core import clock
from zhanggui.core.crypto import Sealer
from zhanggui.core.db import Connection, Row, statement
from zhanggui.core.ids import new_id
from zhanggui.payments.applyment_rules import Document, PictureKind, State

TABLE = "merchant_applyment"
LATEST = statement(
    "payments.applyment.latest",
    "SELECT * FROM merchant_applyment WHERE store_id = $1 AND state <> 'replaced' ORDER BY id DESC LIMIT 1",
)
LOCKED = statement(
    "payments.applyment.locked",
    """
    SELECT * FROM merchant_applyment WHERE store_id = $1 AND state NOT IN ('finished', 'canceled', 'replaced') FOR UPDATE
    """,
)
BY_ID = statement(
    "payments.applyment.by_id", "SELECT * FROM merchant_applyment WHERE store_id = $1 AND id = $2"
)
BEGIN = statement(
    "payments.applyment.begin",
    """
    INSERT INTO merchant_applyment (store_id, id, state, sealed, created_at, updated_at)
    VALUES ($1, $2, 'draft', $3, $4, $4) ON CONFLICT DO NOTHING
    """,
)
WRITE = statement(
    "payments.applyment.write",
    "UPDATE merchant_applyment SET sealed = $3, updated_at = $4 WHERE store_id = $1 AND id = $2",
)
PICTURES = statement("payments.applyment.pictures", "SELECT kind FROM applyment_picture WHERE store_id = $1")
SEALED_PICTURES = statement(
    "payments.applyment.sealed_pictures", "SELECT id, kind, sealed FROM applyment_picture WHERE store_id = $1"
)
KEEP_PICTURE = statement(
    "payments.applyment.keep_picture",
    """
    WITH before AS (DELETE FROM applyment_picture WHERE store_id = $1 AND kind = $3 RETURNING 1)
    INSERT INTO applyment_picture (store_id, id, kind, sealed, created_at)
    SELECT $1, $2, $3, $4, $5 FROM (SELECT count(*) FROM before) b
    """,
)
FORGET_PICTURES = statement(
    "payments.applyment.forget_pictures", "DELETE FROM applyment_picture WHERE store_id = $1"
)
REPLACE = statement(
    "payments.applyment.replace",
    "UPDATE merchant_applyment SET state = 'replaced', sealed = NULL, updated_at = $3 WHERE store_id = $1 AND id = $2",
)
END = statement(
    "payments.applyment.end",
    """
    UPDATE merchant_applyment SET state = $3, sealed = NULL, sub_mchid = $4, updated_at = $5, asked_at = $6
    WHERE store_id = $1 AND id = $2
    """,
)


def opened(sealer: Sealer, row: Row | None) -> Document:
    """What is filled in; nothing when it is gone or not begun."""
    if row is None or row["sealed"] is None:
        return Document()
    return msgspec.json.decode(sealer.open(row["sealed"], TABLE, "sealed", row["id"]), type=Document)


def closed(sealer: Sealer, row_id: UUID, document: Document) -> bytes:
    """The same, sealed for this row."""
    return sealer.seal(msgspec.json.encode(document).decode(), TABLE, "sealed", row_id)


async def begin(conn: Connection, sealer: Sealer, store_id: UUID) -> Row:
    """The application under way, locked; a new draft when there is none."""
    while (row := await conn.fetchrow(LOCKED, store_id)) is None:
        fresh = new_id()
        await conn.execute(BEGIN, store_id, fresh, closed(sealer, fresh, Document()), clock.now())
    return row


async def keep_picture(
    conn: Connection, sealer: Sealer, store_id: UUID, kind: PictureKind, jpeg: bytes
) -> None:
    """Replace a picture."""
    fresh = new_id()
    sealed = sealer.seal(base64.b64encode(jpeg).decode(), "applyment_picture", "sealed", fresh)
    await conn.execute(KEEP_PICTURE, store_id, fresh, kind, sealed, clock.now())


async def pictures(conn: Connection, sealer: Sealer, store_id: UUID) -> dict[str, bytes]:
    """The pictures as JPEG, by kind."""
    rows = await conn.fetch(SEALED_PICTURES, store_id)
    return {
        row["kind"]: base64.b64decode(sealer.open(row["sealed"], "applyment_picture", "sealed", row["id"]))
        for row in rows
    }


async def end(conn: Connection, row: Row, state: State | str, sub_mchid: str | None = None) -> None:
    """The application is over: what was filled in and its pictures are deleted."""
    now = clock.now()
    asked = now if state in ("finished", "canceled") else row["asked_at"]
    await conn.execute(END, row["store_id"], row["id"], state, sub_mchid, now, asked)
    await conn.execute(FORGET_PICTURES, row["store_id"])
