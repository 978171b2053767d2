"""Batch shipping in the console: the list of orders to ship, and the same list filled in."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, QueryParameter
from litestar.status_codes import HTTP_200_OK

from zhanggui.core.auth import StaffMember, staff
from zhanggui.core.errors import ShopError
from zhanggui.core.i18n import Locale
from zhanggui.core.runtime import Runtime
from zhanggui.fulfillment.shapes import SheetReport
from zhanggui.fulfillment.sheet_apply import list_to_ship, ship_sheet
from zhanggui.fulfillment.sheet_format import MAX_FILE
from zhanggui.fulfillment.sheet_write import to_csv, to_xlsx
from zhanggui.orders.rules import Actor
from zhanggui.stores.queries import load as load_store

SHEET = "/stores/{store_id:uuid}/shipping-sheet"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Day = Annotated[date | None, QueryParameter()]


class ShippingSheetForm(msgspec.Struct):
    """A multipart form with one file."""

    file: UploadFile


@get(SHEET, opt={**staff("orders.work"), "uncompressed": True}, media_type=XLSX)
async def download_sheet(
    rt: Runtime,
    member: StaffMember,
    locale: Locale,
    store_id: UUID,
    form: Annotated[Literal["xlsx", "csv"], QueryParameter(name="format")] = "xlsx",
    since: Annotated[date | None, QueryParameter(name="from")] = None,
    to: Day = None,
    q: Annotated[str, QueryParameter(max_length=64)] = "",
    contacts: bool = False,
) -> Response[bytes]:
    """Parcel orders with units that have not left, a row for each line. `from` and `to` are the store's dates, `q` how
    the number begins. With `contacts` recipients are open (needs `orders.contact`; every order's timeline says so)."""
    if contacts and "orders.contact" not in member.stores[store_id]:
        raise ShopError("forbidden", 403)
    zone = ZoneInfo((await load_store(rt, store_id)).timezone)
    first = _midnight(since, zone)
    last = _midnight(to + timedelta(days=1), zone) if to else None
    viewer = Actor("merchant", member.id, member.name) if contacts else None
    rows = await list_to_ship(rt, store_id, first, last, q.strip(), locale, viewer)
    content, kind = (to_xlsx(rows, locale), XLSX) if form == "xlsx" else (to_csv(rows, locale), "text/csv")
    headers = {
        "Content-Disposition": f'attachment; filename="to-ship.{form}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type=kind, headers=headers)


@post(
    SHEET,
    opt=staff("orders.work"),
    request_max_body_size=MAX_FILE + 100_000,
    status_code=HTTP_200_OK,
)
async def upload_sheet(
    rt: Runtime,
    member: StaffMember,
    store_id: UUID,
    data: Annotated[ShippingSheetForm, Body(media_type=RequestEncodingType.MULTI_PART)],
    dry_run: bool = False,
) -> SheetReport:
    """Ship what the filled-in .xlsx or .csv says; with `dry_run` only say what would happen. The same file again ships
    nothing twice."""
    content = await data.file.read(MAX_FILE + 1)
    if not content:
        raise ShopError("missing", 400, field="file")
    actor = Actor("merchant", member.id, member.name)
    return await ship_sheet(rt, store_id, content, actor, dry_run=dry_run)


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    """When a date of the store begins, UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC) if day else None


routes: list[Any] = [download_sheet, upload_sheet]
