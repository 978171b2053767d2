"""A store applies to become a merchant below a platform: a draft saved as it is typed, sent, corrected, given up."""

import asyncio
from io import BytesIO
from uuid import UUID

import msgspec
from PIL import Image

from zhanggui.core import clock
from zhanggui.core.auth import StaffMember
from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.errors import ShopError, not_found
from zhanggui.core.ids import new_id
from zhanggui.core.jobs import NewJob, enqueue, hurry
from zhanggui.core.runtime import Runtime
from zhanggui.media.decode import upright
from zhanggui.payments import applyment_records as records
from zhanggui.payments import applyment_rules as rules
from zhanggui.payments import applyment_shapes as shapes
from zhanggui.payments.accounts import BILL_ZONE
from zhanggui.stores.entity import is_credit_code
from zhanggui.stores.queries import load

JOB = "payments.applyment"
WIDEST = 1600
"""Pixels of a picture's longer side: the platform takes 2 MB, and a licence must stay readable."""

PLATFORMS = statement(
    "payments.applyment.platforms",
    """
    SELECT a.id, a.mchid, s.name FROM payment_account a JOIN store s USING (store_id)
    WHERE a.store_id = ANY($1::uuid[]) AND a.provider = 'wechat_pay' AND a.active = 1 AND a.sub_mchid IS NULL
    ORDER BY s.sort, a.store_id LIMIT 100
    """,
)
SEND = statement(
    "payments.applyment.send",
    """
    INSERT INTO merchant_applyment (store_id, id, state, account_id, entity, sealed, submitted_by, submitted_at, created_at,
      updated_at)
    VALUES ($1, $2, 'submitting', $3, $4, $5, $6, $7, $7, $7)
    ON CONFLICT (store_id, id) DO UPDATE SET state = 'submitting', account_id = $3, entity = $4, sealed = $5,
      submitted_by = $6, submitted_at = $7, queries = 0, updated_at = $7
    """,
)


async def page(rt: Runtime, member: StaffMember, store_id: UUID) -> shapes.Applyment:
    """The application as it may be shown."""
    row = await rt.db.fetchrow(records.LATEST, store_id)
    document = records.opened(rt.sealer, row)
    there = {one["kind"] for one in await rt.db.fetch(records.PICTURES, store_id)}
    sent = row is not None and row["state"] != "draft"
    return shapes.Applyment(
        state=row["state"] if row else "none",
        form=rules.masked(document.form),
        pictures=[kind for kind in rules.PICTURES if kind in there],
        entity=(await load(rt, store_id)).settings.entity,
        platforms=await _platforms(rt, member),
        banks=list(rules.BANKS),
        account_id=row["account_id"] if row else None,
        number=row["id"].hex if row and sent else None,
        reasons=document.reasons,
        sign_url=document.sign_url or None,
        legal_url=document.legal_url or None,
        verify=document.verify,
        sub_mchid=row["sub_mchid"] if row else None,
        submitted_at=row["submitted_at"] if row else None,
        asked_at=row["asked_at"] if row else None,
    )


async def save(rt: Runtime, store_id: UUID, data: shapes.ApplymentDraft) -> None:
    """Keep what was typed. Raises 409 `applyment_sent` while it is with the platform."""
    typed = {
        name: value.strip() if isinstance(value, str) else value
        for name, value in msgspec.structs.asdict(data).items()
        if value is not None
    }
    if "id_number" in typed:
        typed["id_number"] = typed["id_number"].upper()
    if "account_number" in typed:
        typed["account_number"] = typed["account_number"].replace(" ", "")

    async def work(conn: Connection) -> None:
        row = await _editable(conn, rt, store_id)
        known = records.opened(rt.sealer, row)
        document = msgspec.structs.replace(known, form=msgspec.structs.replace(known.form, **typed))
        sealed = records.closed(rt.sealer, row["id"], document)
        await conn.execute(records.WRITE, store_id, row["id"], sealed, clock.now())

    await in_transaction(rt.db, work)


async def save_picture(rt: Runtime, store_id: UUID, kind: rules.PictureKind, content: bytes) -> None:
    """Keep a picture, decoded and encoded anew. Raises 409 `applyment_sent` and what a broken picture raises."""
    jpeg = await asyncio.to_thread(_jpeg, content)

    async def work(conn: Connection) -> None:
        await _editable(conn, rt, store_id)
        await records.keep_picture(conn, rt.sealer, store_id, kind, jpeg)

    await in_transaction(rt.db, work)


async def submit(rt: Runtime, member: StaffMember, store_id: UUID, account_id: UUID) -> None:
    """Send it, a corrected one under a new number; what is on its way already stays as it is.

    Raises 409 `entity_unnamed`, 404 for a platform that the caller does not own, 422 `applyment_incomplete` with every field.
    """
    known = {one.account_id for one in await _platforms(rt, member)}
    entity = (await load(rt, store_id)).settings.entity

    async def work(conn: Connection) -> None:
        row = await records.begin(conn, rt.sealer, store_id)
        if row["state"] not in rules.EDITABLE:
            return
        if account_id not in known:
            raise not_found("payment account")
        if entity is None or not is_credit_code(entity.code):
            raise ShopError("entity_unnamed", 409)
        document = records.opened(rt.sealer, row)
        there = {one["kind"] for one in await conn.fetch(records.PICTURES, store_id)}
        today = clock.now().astimezone(BILL_ZONE).date()
        if faults := rules.missing(document.form, there, today):
            raise ShopError("applyment_incomplete", 422, errors=faults)
        number: UUID = row["id"]
        if row["state"] == "rejected":
            await conn.execute(records.REPLACE, store_id, number, clock.now())
            number = new_id()
        sealed = records.closed(rt.sealer, number, rules.Document(document.form))
        now = clock.now()
        await conn.execute(SEND, store_id, number, account_id, entity.code, sealed, member.name, now)
        payload = {"applyment_id": str(number)}
        await enqueue(conn, [NewJob(store_id, JOB, str(number), payload, now)])

    await in_transaction(rt.db, work)


async def ask_now(rt: Runtime, store_id: UUID) -> None:
    """Have the platform asked at once."""
    row = await rt.db.fetchrow(records.LATEST, store_id)
    if row is not None:
        await hurry(rt.db, store_id, JOB, [str(row["id"])])


async def give_up(rt: Runtime, store_id: UUID) -> None:
    """Delete what was filled in and not sent, or refused. Raises 409 `applyment_sent`."""

    async def work(conn: Connection) -> None:
        row = await conn.fetchrow(records.LOCKED, store_id)
        if row is None:
            return
        if row["state"] not in rules.EDITABLE:
            raise ShopError("applyment_sent", 409)
        await records.end(conn, row, "replaced")

    await in_transaction(rt.db, work)


async def link(rt: Runtime, store_id: UUID, which: str) -> str:
    """Where the person has to go next (`sign` or `legal`). Raises 404 when there is nothing to do."""
    document = records.opened(rt.sealer, await rt.db.fetchrow(records.LATEST, store_id))
    found = {"sign": document.sign_url, "legal": document.legal_url}.get(which, "")
    if not found:
        raise not_found("link")
    return found


async def _platforms(rt: Runtime, member: StaffMember) -> list[shapes.Platform]:
    own = [store_id for store_id, held in member.stores.items() if "settings.write" in held]
    return [
        shapes.Platform(row["id"], row["mchid"], msgspec.convert(row["name"], shapes.Text))
        for row in await rt.db.fetch(PLATFORMS, own)
    ]


async def _editable(conn: Connection, rt: Runtime, store_id: UUID) -> records.Row:
    row = await records.begin(conn, rt.sealer, store_id)
    if row["state"] not in rules.EDITABLE:
        raise ShopError("applyment_sent", 409)
    return row


def _jpeg(content: bytes) -> bytes:
    image = upright(content).convert("RGB")
    image.thumbnail((WIDEST, WIDEST), Image.Resampling.LANCZOS)
    out = BytesIO()
    image.save(out, "JPEG", quality=88, optimize=True, exif=b"")
    return out.getvalue()
