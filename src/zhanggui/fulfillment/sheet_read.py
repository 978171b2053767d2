"""From an uploaded .xlsx or .csv to rows of text by column. CPU only: run it in a thread."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from zhanggui.core.errors import ShopError
from zhanggui.fulfillment.sheet_format import MAX_FILE, MAX_ROWS, NEEDED, SheetRow, heading_key, unsafe

MAX_UNPACKED = 100_000_000
ENCODINGS = ("utf-8-sig", "gb18030")  # Excel of a Chinese Windows writes CSV in GBK


def read_sheet(data: bytes) -> list[SheetRow]:
    """Rows below the headings, empty ones left out.

    Raises 413 `sheet_too_large`, 415 `sheet_format`, 422 `import_broken`, `sheet_columns`, `sheet_too_many_rows`.
    """
    if len(data) > MAX_FILE:
        raise ShopError("sheet_too_large", 413, field="file")
    table = _xlsx(data) if data[:4] == b"PK\x03\x04" else _csv(data)
    places: dict[int, str] = {}
    found: list[SheetRow] = []
    for number, row in enumerate(table, start=1):
        texts = [_text(value) for value in row]
        if not places:
            keys = [heading_key(text) for text in texts]
            if all(key in keys for key in NEEDED):
                places = {at: key for at, key in reversed(list(enumerate(keys))) if key}
            continue
        cells = {key: texts[at] for at, key in places.items() if at < len(texts)}
        if any(cells.values()):
            found.append(SheetRow(number, cells))
        if len(found) > MAX_ROWS:
            raise ShopError("sheet_too_many_rows", 422, field="file", limit=MAX_ROWS)
    if not places:
        raise ShopError("sheet_columns", 422, field="file")
    return found


def _xlsx(data: bytes) -> Iterable[Sequence[Any]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(info.file_size for info in archive.infolist()) > MAX_UNPACKED:
                raise ShopError("sheet_too_large", 413, field="file")
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return list(book.get_sheet_by_index(0).iter_rows())
    except (CalamineError, zipfile.BadZipFile, IndexError) as fault:
        raise ShopError("import_broken", 422, field="file") from fault


def _csv(data: bytes) -> Iterable[Sequence[Any]]:
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        try:
            return list(csv.reader(io.StringIO(text)))
        except csv.Error as fault:
            raise ShopError("import_broken", 422, field="file") from fault
    raise ShopError("sheet_format", 415, field="file")


def _text(value: Any) -> str:
    """A cell as a person reads it: a number of fifteen digits has become a float on the way."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e18 else repr(value)
    return unsafe(str(value).strip())
