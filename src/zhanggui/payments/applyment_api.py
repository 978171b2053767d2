"""Becoming a merchant below a platform, in the console: the owner's business."""

from io import BytesIO
from typing import Any
from uuid import UUID

import segno
from litestar import Response, delete, get, post, put

from zhanggui.core.auth import StaffMember, staff
from zhanggui.core.errors import ShopError
from zhanggui.core.runtime import Runtime
from zhanggui.customers.regions import regions
from zhanggui.media.decode import MAX_BYTES
from zhanggui.media.form import MAX_FORM, PictureBody
from zhanggui.payments import applyment
from zhanggui.payments.applyment_rules import PictureKind
from zhanggui.payments.applyment_shapes import Applyment, ApplymentDraft, ApplymentSubmit, Region, Regions

BASE = "/stores/{store_id:uuid}/applyment"
OWNER = staff("settings.write")


@get(BASE, opt=OWNER)
async def read_applyment(rt: Runtime, member: StaffMember, store_id: UUID) -> Applyment:
    """The application to become a merchant below a platform, personal fields masked."""
    return await applyment.page(rt, member, store_id)


@put(BASE, opt=OWNER)
async def save_applyment(rt: Runtime, member: StaffMember, store_id: UUID, data: ApplymentDraft) -> Applyment:
    """Keep what was typed. 409 `applyment_sent` while it is with the platform."""
    await applyment.save(rt, store_id, data)
    return await applyment.page(rt, member, store_id)


@put(BASE + "/pictures/{kind:str}", opt=OWNER, request_max_body_size=MAX_FORM)
async def save_applyment_picture(
    rt: Runtime, member: StaffMember, store_id: UUID, kind: PictureKind, data: PictureBody
) -> Applyment:
    """Keep a picture; it is never shown again."""
    content = await data.file.read(MAX_BYTES + 1)
    if not content:
        raise ShopError("missing", 400, field="file")
    await applyment.save_picture(rt, store_id, kind, content)
    return await applyment.page(rt, member, store_id)


@post(BASE + "/submit", opt=OWNER, status_code=200)
async def submit_applyment(
    rt: Runtime, member: StaffMember, store_id: UUID, data: ApplymentSubmit
) -> Applyment:
    """Send it to the platform; sent already, it stays as it is. 422 `applyment_incomplete` with every field at fault."""
    await applyment.submit(rt, member, store_id, data.account_id)
    return await applyment.page(rt, member, store_id)


@post(BASE + "/check", opt=OWNER, status_code=200)
async def check_applyment(rt: Runtime, member: StaffMember, store_id: UUID) -> Applyment:
    """Have the platform asked at once; the answer is there a moment later."""
    await applyment.ask_now(rt, store_id)
    return await applyment.page(rt, member, store_id)


@delete(BASE, opt=OWNER)
async def give_up_applyment(rt: Runtime, store_id: UUID) -> None:
    """Delete a draft, or what was refused, with everything personal in it. 409 `applyment_sent`."""
    await applyment.give_up(rt, store_id)


@get(BASE + "/{which:str}/qr.svg", opt=OWNER)
async def applyment_qr(rt: Runtime, store_id: UUID, which: str) -> Response[bytes]:
    """The QR code that the legal person scans next: `sign` or `legal`. 404 when there is none."""
    out = BytesIO()
    segno.make(await applyment.link(rt, store_id, which)).save(out, kind="svg", scale=6, border=4)
    headers = {"Content-Security-Policy": "default-src 'none'", "Cache-Control": "no-store"}
    return Response(out.getvalue(), media_type="image/svg+xml", headers=headers)


@get(BASE + "/regions", opt=OWNER)
async def applyment_regions(store_id: UUID, parent: str = "") -> Regions:  # noqa: ARG001  # the store is part of the address
    """The places below one, provinces without one, for choosing where the bank is."""
    return Regions([Region(one.code, one.name) for one in regions().below(parent)])


routes: list[Any] = [
    read_applyment,
    save_applyment,
    save_applyment_picture,
    submit_applyment,
    check_applyment,
    give_up_applyment,
    applyment_qr,
    applyment_regions,
]
