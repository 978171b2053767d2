"""Spreadsheet import: the template, a dry run, the import."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body

from zhanggui.catalog.import_format import MAX_FILE
from zhanggui.catalog.import_sheet import import_sheet
from zhanggui.catalog.import_template import template
from zhanggui.catalog.shapes import ImportReport, RowError
from zhanggui.core.auth import StaffMember, staff
from zhanggui.core.errors import ShopError
from zhanggui.core.i18n import Locale, message
from zhanggui.core.runtime import Runtime

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SheetForm(msgspec.Struct):
    """A multipart form with one file."""

    file: UploadFile


@get(
    "/stores/{store_id:uuid}/products/import/template",
    opt={**staff("products.read"), "uncompressed": True},
    operation_id="import_template",
    media_type=XLSX,
)
async def import_template(locale: Locale) -> Response[bytes]:
    """The spreadsheet to fill in, with example rows and a help page, headings in the caller's language."""
    headers = {"Content-Disposition": 'attachment; filename="products.xlsx"', "Cache-Control": "no-store"}
    return Response(template(locale), media_type=XLSX, headers=headers)


@post(
    "/stores/{store_id:uuid}/products/import",
    opt=staff("products.write"),
    operation_id="import_products",
    request_max_body_size=MAX_FILE + 100_000,
    status_code=200,
)
async def import_products(
    rt: Runtime,
    store_id: UUID,
    member: StaffMember,
    locale: Locale,
    data: Annotated[SheetForm, Body(media_type=RequestEncodingType.MULTI_PART)],
    dry_run: bool = False,
) -> ImportReport:
    """Import an .xlsx, or a .zip of one and pictures; with `dry_run` only say what would happen. All or nothing."""
    content = await data.file.read(MAX_FILE + 1)
    if not content:
        raise ShopError("missing", 400, field="file")
    done = await import_sheet(rt, store_id, content, member.name, dry_run=dry_run)
    return ImportReport(
        dry_run=dry_run,
        products=done.products,
        skus=done.skus,
        created=done.created,
        updated=done.updated,
        errors=[
            RowError(e.sheet, e.row, e.column, e.code, message(e.code, locale, **e.params))
            for e in done.errors
        ],
    )


routes: list[Any] = [import_template, import_products]
