"""From an uploaded .xlsx or .csv to rows of text by column. CPU only: run it in a thread."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from zhanggui.core.errors import ShopError
from zhanggui.core.sheets import UNREADABLE, SheetRow, TooLarge, rows_below, unpack
from zhanggui.fulfillment.sheet_format import BY_HEADING, MAX_FILE, MAX_ROWS, NEEDED, unsafe

MAX_FILES = 200
MAX_UNPACKED = 100_000_000
ENCODINGS = ("utf-8-sig", "gb18030")  # Excel of a Chinese Windows writes CSV in GBK


def read_sheet(data: bytes) -> list[SheetRow]:
    """Rows below the headings, empty ones left out.

    Raises 413 `sheet_too_large`, 415 `sheet_format`, 422 `import_broken`, `sheet_columns`, `sheet_too_many_rows`.
    """
    if len(data) > MAX_FILE:
        raise ShopError("sheet_too_large", 413, field="file")
    table = _xlsx(data) if data[:4] == b"PK\x03\x04" else _csv(data)
    found = rows_below(table, BY_HEADING, MAX_ROWS, needed=NEEDED)
    if not found.headings:
        raise ShopError("sheet_columns", 422, field="file")
    if len(found.rows) > MAX_ROWS:
        raise ShopError("sheet_too_many_rows", 422, field="file", limit=MAX_ROWS)
    return [SheetRow(number, {k: unsafe(text) for k, text in cells.items()}) for number, cells in found.rows]


def _xlsx(data: bytes) -> Iterable[Sequence[Any]]:
    try:
        unpack(data, MAX_FILES, MAX_UNPACKED)
        return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).iter_rows()
    except TooLarge as fault:
        raise ShopError("sheet_too_large", 413, field="file") from fault
    except (CalamineError, IndexError, *UNREADABLE) as fault:
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
