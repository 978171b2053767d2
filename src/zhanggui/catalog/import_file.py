"""From an uploaded .xlsx or .zip to rows of text by sheet, and the pictures beside them. CPU only: run it in a thread."""

import io
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from pathlib import PurePosixPath
from typing import NamedTuple

from python_calamine import CalamineError, CalamineWorkbook

from zhanggui.catalog.import_format import MAX_FILE, MAX_FILES, MAX_ROWS, MAX_UNPACKED, SHEETS, Sheet
from zhanggui.core.errors import ShopError
from zhanggui.media.decode import MAX_BYTES

Value = int | float | str | bool | time | date | datetime | timedelta
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
)
PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")


class SheetRow(NamedTuple):
    """A row that holds something: its number as the spreadsheet counts and its cells as text by column key."""

    number: int
    cells: dict[str, str]


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
    return ImportFile(_sheets(members[books[0]]), pictures, zipped=True)


def file_key(name: str) -> str:
    """Only the last part of a name counts, whatever folders a zip claims; nothing is ever written under it."""
    return unicodedata.normalize("NFC", PurePosixPath(name.replace("\\", "/")).name).casefold()


def _unpack(data: bytes) -> dict[str, bytes]:
    """Every file of a zip in memory. Sizes are counted while reading and checksums checked, so neither a bomb nor a
    header that lies gets through."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = [
                i for i in archive.infolist() if not i.is_dir() and not i.filename.startswith("__MACOSX/")
            ]
            if len(infos) > MAX_FILES or sum(i.file_size for i in infos) > MAX_UNPACKED:
                raise ShopError("import_too_large", 413, field="file")
            if any(i.filename.lower().endswith(PICTURES) and i.file_size > MAX_BYTES for i in infos):
                raise ShopError("picture_too_large", 413, field="file")
            return {_name(i): archive.read(i) for i in infos}
    except UNREADABLE as fault:
        raise ShopError("import_format", 415, field="file") from fault


def _name(info: zipfile.ZipInfo) -> str:
    """Windows writes Chinese names as GBK without saying so; zipfile then read them as cp437."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gbk")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return info.filename


def _sheets(data: bytes) -> dict[str, SheetRows]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        found: dict[str, SheetRows] = {}
        for name in book.sheet_names:
            sheet = next((s for s in SHEETS if _same(name, s)), None)
            if sheet is not None and sheet.key not in found:
                found[sheet.key] = _rows(name, sheet, book.get_sheet_by_name(name).iter_rows())
    except CalamineError as fault:
        raise ShopError("import_broken", 422, field="file") from fault
    if not found:
        raise ShopError("import_no_sheet", 422, field="file")
    if sum(len(s.rows) for s in found.values()) > MAX_ROWS:
        raise ShopError("import_too_many_rows", 422, field="file", limit=MAX_ROWS)
    return found


def _rows(name: str, sheet: Sheet, rows: Iterable[list[Value]]) -> SheetRows:
    columns = {_fold(h): c.key for c in sheet.columns for h in (c.heading.zh, c.heading.en, c.key)}
    headings: dict[str, str] = {}
    places: dict[int, str] = {}
    found: list[SheetRow] = []
    for number, row in enumerate(rows, start=1):
        texts = [_text(value) for value in row]
        if not places:
            for place, heading in enumerate(texts):
                key = columns.get(_fold(heading))
                if key is not None and key not in headings:
                    headings[key], places[place] = heading, key
            continue
        cells = {key: texts[place] for place, key in places.items() if place < len(texts)}
        if any(cells.values()):
            found.append(SheetRow(number, cells))
        if len(found) > MAX_ROWS:
            break
    return SheetRows(name, headings, found)


def _text(value: Value) -> str:
    """A cell as a person reads it: Excel keeps 12 as 12.0."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value).strip()


def _same(name: str, sheet: Sheet) -> bool:
    return _fold(name) in {_fold(sheet.name.zh), _fold(sheet.name.en)}


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()).rstrip("*")
