"""Import a spreadsheet: all of it or nothing, set-based, by code. A dry run is the same transaction rolled back."""

import asyncio
import os
import re
from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from zhanggui.catalog.categories import save_categories
from zhanggui.catalog.import_drafts import category_draft, product_draft
from zhanggui.catalog.import_file import ImportFile, SheetRows, read_file
from zhanggui.catalog.import_format import MAX_ERRORS
from zhanggui.catalog.import_rows import CellError, Parsed, parse
from zhanggui.catalog.load import load_categories, load_products
from zhanggui.catalog.save_product import Refused, Saved, save_products
from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.errors import ShopError
from zhanggui.core.runtime import Runtime
from zhanggui.media import decode
from zhanggui.media.upload import Upload, UploadRefused, store_pictures

BY_CODE = statement(
    "catalog.import.by_code", "SELECT id FROM product WHERE store_id = $1 AND code = ANY($2::text[])"
)
NO_SHEET = SheetRows("", {}, [])


class Imported(NamedTuple):
    """What an import did, or would do; with errors nothing was written."""

    products: int
    skus: int
    created: int
    updated: int
    errors: list[CellError]


class _Undo(Exception):
    """Carries the result out of a transaction that must not be kept."""

    def __init__(self, saved: Saved) -> None:
        super().__init__("rolled back")
        self.saved = saved


async def import_sheet(
    rt: Runtime, store_id: UUID, data: bytes, actor: str, *, dry_run: bool = False
) -> Imported:
    """Import an .xlsx, or a .zip of one .xlsx and pictures.

    Products, SKUs and categories are found by code and updated, or added. Empty picture cells keep the pictures there
    are; SKUs that the sheet no longer names for a product leave its matrix. A dozen statements whatever the number of
    rows. Raises what `read_file` raises, and 409 when an editor took a code in the same moment.
    """
    file = await asyncio.to_thread(read_file, data)
    known = {c.code for c in (await load_categories(rt.db, store_id)).values()}
    parsed = await asyncio.to_thread(parse, file, known)
    errors = parsed.errors + (await _refused_pictures(file, parsed) if dry_run else [])
    products, skus = len(parsed.products), sum(len(p.skus) for p in parsed.products)
    if errors:
        return Imported(products, skus, 0, 0, errors[:MAX_ERRORS])
    try:
        stored = {} if dry_run else await _store(rt, store_id, file, parsed)
    except UploadRefused as refusal:
        name = list(parsed.pictures)[refusal.position]
        refused = CellError(*parsed.pictures[name], refusal.code, {"name": name})
        return Imported(products, skus, 0, 0, [refused])

    async def work(conn: Connection) -> Saved:
        saved = await _write(conn, store_id, parsed, stored, actor)
        if saved.refused or dry_run:
            raise _Undo(saved)
        return saved

    try:
        saved = await in_transaction(rt.db, work)
    except _Undo as undo:
        saved = undo.saved
    errors = [_cell(file, parsed, r) for r in saved.refused]
    return Imported(products, skus, saved.created, saved.updated, errors[:MAX_ERRORS])


async def _refused_pictures(file: ImportFile, parsed: Parsed) -> list[CellError]:
    """Every picture that storing would refuse (a dry run stores none)."""
    slots = asyncio.Semaphore(os.cpu_count() or 1)

    async def check(name: str) -> CellError | None:
        async with slots:
            try:
                await asyncio.to_thread(decode.check, file.pictures[name])
            except ShopError as refusal:
                return CellError(*parsed.pictures[name], refusal.code, {"name": name})
        return None

    named = [name for name in parsed.pictures if name in file.pictures]
    return [e for e in await asyncio.gather(*map(check, named)) if e]


async def _store(rt: Runtime, store_id: UUID, file: ImportFile, parsed: Parsed) -> dict[str, UUID]:
    """Pictures by file name. They may outlive a failed import: equal bytes are found again next time."""
    alts = {name: p.name.pick("zh") for p in parsed.products for name in p.pictures}
    names = list(parsed.pictures)
    uploads = [Upload(file.pictures[n], alts.get(n, "")) for n in names]
    kept = await store_pictures(rt, store_id, uploads) if uploads else []
    return {name: p.id for name, p in zip(names, kept, strict=True)}


async def _write(
    conn: Connection, store_id: UUID, parsed: Parsed, stored: Mapping[str, UUID], actor: str
) -> Saved:
    try:
        await save_categories(conn, store_id, [category_draft(c, stored) for c in parsed.categories])
    except ShopError as refusal:
        return Saved([], 0, 0, [Refused(-1, refusal.field or "", refusal.code, {})])
    rows = await conn.fetch(BY_CODE, store_id, [p.code for p in parsed.products])
    found = await load_products(conn, store_id, [r["id"] for r in rows])
    before = {p.code: p for p in found.values()}
    categories = {c.code: c.id for c in (await load_categories(conn, store_id)).values()}
    drafts = [product_draft(p, categories[p.category], stored, before.get(p.code)) for p in parsed.products]
    return await save_products(conn, store_id, drafts, actor)


def _cell(file: ImportFile, parsed: Parsed, refused: Refused) -> CellError:
    """The cell behind a field of ProductInput; position -1 stands for the sheet of categories."""
    if refused.position < 0:
        categories = file.sheets.get("categories", NO_SHEET)
        column = categories.headings.get("parent", "parent")
        return CellError(categories.name, categories.rows[0].number, column, refused.code, refused.params)
    product = parsed.products[refused.position]
    products = file.sheets.get("products", NO_SHEET)
    skus = file.sheets.get("skus", NO_SHEET)
    of_sku = re.match(r"skus\[(\d+)\]\.(\w+)(?:\[(\d+)\])?", refused.field)
    if of_sku:
        row = product.skus[int(of_sku[1])].row
        key = f"value{int(of_sku[3] or 0) + 1}" if of_sku[2] == "values" else "code"
        return CellError(skus.name, row, skus.headings.get(key, key), refused.code, refused.params)
    of_spec = re.match(r"specs\[(\d+)\]", refused.field)
    key = f"spec{int(of_spec[1]) + 1}" if of_spec else "modifiers" if "modifiers" in refused.field else "code"
    return CellError(
        products.name, product.row, products.headings.get(key, key), refused.code, refused.params
    )
