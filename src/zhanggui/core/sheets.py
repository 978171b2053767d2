"""Spreadsheets that people upload: unpacked within bounds, rows by what their headings mean. CPU only: run it in a thread."""

import io
import unicodedata
import zipfile
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
)
"""What reading a file raises that is no zip, or a broken one."""


class SheetRow(NamedTuple):
    """A row that holds something: its number as the spreadsheet counts and its cells as text by column key."""

    number: int
    cells: dict[str, str]

    def get(self, key: str) -> str:
        return self.cells.get(key, "")


class Found(NamedTuple):
    """The headings as written, by column key (none: there is no row of headings), and the rows below them."""

    headings: dict[str, str]
    rows: list[SheetRow]


class TooLarge(Exception):
    """More is packed into the file than may be unpacked."""


def unpack(data: bytes, most_files: int, most_bytes: int) -> dict[str, bytes]:
    """Every file of a zip in memory, the .xlsx itself being one. Sizes are counted and checksums checked while reading, so
    neither a bomb nor a header that lies gets through. Raises TooLarge and UNREADABLE."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = [i for i in archive.infolist() if not i.is_dir() and not i.filename.startswith("__MACOSX/")]
        if len(infos) > most_files or sum(i.file_size for i in infos) > most_bytes:
            raise TooLarge
        return {_name(i): archive.read(i) for i in infos}


def fold(heading: str) -> str:
    """Headings are the same whatever their case, width and blanks; a star marks one that must be filled in."""
    return "".join(unicodedata.normalize("NFKC", heading).casefold().split()).rstrip("*")


def cell_text(value: Any) -> str:
    """A cell as a person reads it: a spreadsheet keeps 12 as 12.0, and of a number it keeps fifteen digits."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value).strip()


def rows_below(
    table: Iterable[Sequence[Any]], columns: Mapping[str, str], most: int, *, needed: Collection[str] = ()
) -> Found:
    """The rows below the first one that has headings in `columns` (folded heading: column key; all of `needed`, or any),
    empty ones left out.

    Of two columns of one meaning the first counts. Reading stops one row after `most`: the caller refuses what is longer.
    """
    places: dict[int, str] = {}
    found = Found({}, [])
    for number, row in enumerate(table, start=1):
        texts = [cell_text(value) for value in row]
        if not places:
            keys = [columns.get(fold(text)) for text in texts]
            if all(key in keys for key in needed):
                places = {keys.index(key): key for key in keys if key}
                found.headings.update((key, texts[at]) for at, key in places.items())
            continue
        cells = {key: texts[at] for at, key in places.items() if at < len(texts)}
        if any(cells.values()):
            found.rows.append(SheetRow(number, cells))
        if len(found.rows) > most:
            break
    return found


def _name(info: zipfile.ZipInfo) -> str:
    """Windows writes Chinese names as GBK without saying so; zipfile then read them as cp437."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gbk")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return info.filename
