"""From an uploaded .xlsx or .zip to rows of text by sheet, and the pictures beside them. CPU only: run it in a thread."""

import io
import unicodedata
from pathlib import PurePosixPath
from typing import NamedTuple

from python_calamine import CalamineError, CalamineWorkbook

from zhanggui.catalog.import_format import MAX_FILE, MAX_FILES, MAX_ROWS, MAX_UNPACKED, SHEETS, Sheet
from zhanggui.core.errors import ShopError
from zhanggui.core.sheets import UNREADABLE, SheetRow, TooLarge, fold, rows_below, unpack
from zhanggui.media.decode import MAX_BYTES

PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")


class SheetRows(NamedTuple):
    """A sheet as found: its name and headings as written in the file."""

    name: str
    headings: dict[str, str]
    rows: list[SheetRow]


class ImportFile(NamedTuple):
    """Sheets by key, pictures by lower-case file name; `zipped` tells whether pictures could come along at all."""

    sheets: dict[str, SheetRows]
    pictures: dict[str, bytes]
    zipped: bool


def read_file(data: bytes) -> ImportFile:
    """Unpack and read. Raises 413 `import_too_large`, 415 `import_format`, 422 `import_broken`, `import_no_sheet`."""
    if len(data) > MAX_FILE:
        raise ShopError("import_too_large", 413, field="file")
    members = _unpack(data)
    if "[Content_Types].xml" in members:
        return ImportFile(_sheets(data), {}, zipped=False)
    books = [n for n in members if n.lower().endswith(".xlsx") and not PurePosixPath(n).name.startswith("~$")]
    if len(books) != 1:
        raise ShopError("import_one_sheet", 422, field="file")
    _unpack(members[books[0]])
    pictures = {
        file_key(name): content for name, content in members.items() if name.lower().endswith(PICTURES)
    }
    if any(len(content) > MAX_BYTES for content in pictures.values()):
        raise ShopError("picture_too_large", 413, field="file")
    return ImportFile(_sheets(members[books[0]]), pictures, zipped=True)


def file_key(name: str) -> str:
    """Only the last part of a name counts, whatever folders a zip claims; nothing is ever written under it."""
    return unicodedata.normalize("NFC", PurePosixPath(name.replace("\\", "/")).name).casefold()


def _unpack(data: bytes) -> dict[str, bytes]:
    try:
        return unpack(data, MAX_FILES, MAX_UNPACKED)
    except TooLarge as fault:
        raise ShopError("import_too_large", 413, field="file") from fault
    except UNREADABLE as fault:
        raise ShopError("import_format", 415, field="file") from fault


def _sheets(data: bytes) -> dict[str, SheetRows]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        found: dict[str, SheetRows] = {}
        for name in book.sheet_names:
            sheet = next((s for s in SHEETS if _same(name, s)), None)
            if sheet is not None and sheet.key not in found:
                columns = {fold(h): c.key for c in sheet.columns for h in (c.heading.zh, c.heading.en, c.key)}
                rows = book.get_sheet_by_name(name).iter_rows()
                found[sheet.key] = SheetRows(name, *rows_below(rows, columns, MAX_ROWS))
    except CalamineError as fault:
        raise ShopError("import_broken", 422, field="file") from fault
    if not found:
        raise ShopError("import_no_sheet", 422, field="file")
    if sum(len(s.rows) for s in found.values()) > MAX_ROWS:
        raise ShopError("import_too_many_rows", 422, field="file", limit=MAX_ROWS)
    return found


def _same(name: str, sheet: Sheet) -> bool:
    return fold(name) in {fold(sheet.name.zh), fold(sheet.name.en)}
