"""From rows of text to drafts of categories and products; every cell at fault is named. Pure."""

import re
import zlib
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Literal, NamedTuple, TypeVar

from pypinyin import lazy_pinyin

from zhanggui.catalog.import_file import ImportFile, SheetRows, file_key
from zhanggui.catalog.import_format import EXCEPTIONS, METHODS, NO, STATUSES, YES
from zhanggui.catalog.rules import (
    DeliveryMethod,
    ModifierGroup,
    ModifierOption,
    ReturnException,
    Spec,
    SpecValue,
    Status,
)
from zhanggui.core.i18n import Text, catalogue
from zhanggui.core.money import MAX_AMOUNT
from zhanggui.core.sheets import SheetRow

CODE = re.compile(r"[0-9A-Za-z_\-]{1,64}")
Made = TypeVar("Made")
NO_ROWS = SheetRows("", {}, [])


class CellError(NamedTuple):
    """A cell at fault; `params` fill the message of `code`."""

    sheet: str
    row: int
    column: str
    code: str
    params: dict[str, object]


class Place(NamedTuple):
    """A cell: sheet and heading as in the file, row as the spreadsheet counts."""

    sheet: str
    row: int
    column: str


class CategoryRow(NamedTuple):
    """A category as the sheet has it."""

    row: int
    code: str
    parent: str
    name: Text
    icon: str
    sort: int
    visible: bool


class SkuRow(NamedTuple):
    """A SKU as the sheet has it; amounts in fen, weight in grams."""

    row: int
    code: str
    values: list[SpecValue]
    price: int
    list_price: int | None
    stock: int
    weight_g: int
    limit: int | None
    picture: str


class ProductRow(NamedTuple):
    """A product with its SKUs; `list_price` in fen, pictures by file name."""

    row: int
    code: str
    category: str
    name: Text
    subtitle: Text
    description: Text
    pictures: list[str]
    tags: list[str]
    status: Status
    methods: list[DeliveryMethod]
    list_price: int | None
    specs: list[Spec]
    modifiers: list[ModifierGroup]
    sort: int
    skus: list[SkuRow]
    return_exception: ReturnException | Literal["none", "keep"] = "keep"
    brand: str = ""


class Parsed(NamedTuple):
    """Everything a file says, what is wrong with it, and by which cell each picture was named first."""

    categories: list[CategoryRow]
    products: list[ProductRow]
    errors: list[CellError]
    pictures: dict[str, Place]


class _Cells:
    """Reads one row cell by cell and notes what does not fit."""

    def __init__(self, sheet: SheetRows, row: SheetRow, file: ImportFile, parsed: Parsed) -> None:
        self._sheet, self._row, self._file, self._parsed = sheet, row, file, parsed

    def place(self, key: str) -> Place:
        return Place(self._sheet.name, self._row.number, self._sheet.headings.get(key, key))

    def fault(self, key: str, code: str, **params: object) -> None:
        self._parsed.errors.append(CellError(*self.place(key), code, params))

    def text(self, key: str, limit: int = 200) -> str:
        value = self._row.cells.get(key, "")
        if len(value) > limit:
            self.fault(key, "cell_too_long", limit=limit)
        return value[:limit]

    def code(self, key: str) -> str:
        value = self.text(key)
        if not value:
            self.fault(key, "missing")
        elif not CODE.fullmatch(value):
            self.fault(key, "cell_code")
        return value

    def name(self, zh: str, en: str) -> Text:
        text = Text(self.text(zh), self.text(en))
        if not (text.zh or text.en):
            self.fault(zh, "text_needed")
        return text

    def number(self, key: str, low: int, high: int, default: int | None = 0) -> int | None:
        value = self.text(key)
        if not value:
            return default
        try:
            number = int(value)
        except ValueError:
            self.fault(key, "cell_number")
            return default
        if not low <= number <= high:
            self.fault(key, "cell_range", low=low, high=high)
            return default
        return number

    def fen(self, key: str, *, required: bool = False) -> int | None:
        """Yuan with at most two decimals → fen."""
        value = self.text(key).lstrip("¥￥").replace(",", "")
        if not value:
            if required:
                self.fault(key, "missing")
            return None
        try:
            cents = Decimal(value).scaleb(2)
        except InvalidOperation:
            cents = Decimal("NaN")
        if not cents.is_finite() or cents != cents.to_integral_value() or not 0 <= cents <= MAX_AMOUNT:
            self.fault(key, "cell_price")
            return None
        return int(cents)

    def yes(self, key: str, *, default: bool) -> bool:
        value = self.text(key).casefold()
        if not value:
            return default
        if value not in YES | NO:
            self.fault(key, "cell_yes_no")
        return value in YES

    def parts(self, key: str, limit: int = 2_000) -> list[str]:
        return [p for p in (p.strip() for p in re.split(r"[;；、\n]", self.text(key, limit))) if p]

    def files(self, key: str) -> list[str]:
        names = [file_key(n) for n in self.parts(key)]
        if names and not self._file.zipped:
            self.fault(key, "picture_needs_zip")
            return []
        for name in names:
            if name not in self._file.pictures:
                self.fault(key, "picture_not_in_zip", name=name)
            self._parsed.pictures.setdefault(name, self.place(key))
        return [n for n in names if n in self._file.pictures]

    def at_most(self, key: str, count: int, limit: int) -> None:
        if count > limit:
            self.fault(key, "cell_too_many", limit=limit)

    def choice(self, key: str, known: dict[str, Made]) -> Made:
        value = self.text(key).casefold()
        if value not in known:
            self.fault(key, "cell_choice", known=" / ".join(k for k in known if k))
            return next(iter(known.values()))
        return known[value]


def parse(file: ImportFile, known_categories: set[str]) -> Parsed:
    """Read all sheets. `known_categories` are the codes that the store has already."""
    parsed = Parsed([], [], [], {})

    def rows(key: str, unique: str | None = None) -> list[tuple[int, _Cells]]:
        sheet = file.sheets.get(key, NO_ROWS)
        found = [(r.number, _Cells(sheet, r, file, parsed)) for r in sheet.rows]
        if unique:
            _refuse_repeated(sheet, unique, found)
        return found

    categories = [_category(n, c) for n, c in rows("categories", "code")]
    modifiers = _modifiers(rows("modifiers"))
    known = known_categories | {c.code for c in categories}
    for category, (_, cells) in zip(categories, rows("categories"), strict=True):
        if category.parent and category.parent not in known:
            cells.fault("parent", "category_unknown")
    heads = rows("products", "code")
    codes = {cells.text("code") for _, cells in heads}
    skus: dict[str, list[tuple[int, _Cells]]] = {}
    for number, cells in rows("skus", "code"):
        skus.setdefault(cells.code("product"), []).append((number, cells))
        if cells.text("product") not in codes:
            cells.fault("product", "product_not_in_sheet")
    parsed.categories.extend(categories)
    parsed.products.extend(_product(n, c, skus.get(c.text("code"), []), modifiers, known) for n, c in heads)
    return parsed


def _refuse_repeated(sheet: SheetRows, key: str, found: list[tuple[int, _Cells]]) -> None:
    first: dict[str, int] = {}
    for (number, cells), row in zip(found, sheet.rows, strict=True):
        value = row.cells.get(key, "")
        if value and first.setdefault(value, number) != number:
            cells.fault(key, "cell_repeated", row=first[value])


def _category(number: int, cells: _Cells) -> CategoryRow:
    return CategoryRow(
        number,
        cells.code("code"),
        cells.text("parent"),
        cells.name("name_zh", "name_en"),
        next(iter(cells.files("icon")), ""),
        cells.number("sort", -1_000_000, 1_000_000) or 0,
        cells.yes("visible", default=True),
    )


def _modifiers(rows: list[tuple[int, _Cells]]) -> dict[str, ModifierGroup]:
    groups: dict[str, ModifierGroup] = {}
    for _, cells in rows:
        code = cells.code("group")
        if code not in groups:
            least, most = cells.number("min", 0, 20), cells.number("max", 1, 20, 1)
            groups[code] = ModifierGroup(code, cells.name("group_zh", "group_en"), least or 0, most or 1, [])
        groups[code].options.append(
            ModifierOption(
                cells.code("code"),
                cells.name("name_zh", "name_en"),
                cells.fen("price") or 0,
                cells.yes("default", default=False),
            )
        )
    return groups


def _product(
    number: int,
    cells: _Cells,
    sku_rows: list[tuple[int, _Cells]],
    modifiers: dict[str, ModifierGroup],
    categories: set[str],
) -> ProductRow:
    names = [(key, cells.text(key)) for key in ("spec1", "spec2", "spec3") if cells.text(key)]
    skus = [_sku(n, c, len(names)) for n, c in sku_rows]
    if not skus:
        cells.fault("code", "sku_needed")
    if cells.text("category") not in categories:
        cells.fault("category", "category_unknown" if cells.text("category") else "missing")
    groups = cells.parts("modifiers")
    for code in groups:
        if code not in modifiers:
            cells.fault("modifiers", "modifier_unknown", group=code)
    methods = cells.parts("methods")
    for method in methods:
        if method.casefold() not in METHODS:
            cells.fault(
                "methods",
                "cell_choice",
                known="快递 express / 配送 delivery / 自提 pickup / 堂食 dine_in / 虚拟 virtual",
            )
    specs = [_spec(text, place, skus) for place, (_, text) in enumerate(names)]
    for (key, _), spec in zip(names, specs, strict=True):
        cells.at_most(key, len(spec.values), 50)
    cells.at_most("modifiers", len(groups), 20)
    pictures = cells.files("pictures")
    cells.at_most("pictures", len(pictures), 20)
    return ProductRow(
        row=number,
        code=cells.code("code"),
        category=cells.text("category"),
        name=cells.name("name_zh", "name_en"),
        subtitle=Text(cells.text("subtitle_zh"), cells.text("subtitle_en")),
        description=Text(cells.text("description_zh", 32_767), cells.text("description_en", 32_767)),
        pictures=pictures,
        tags=_tags(cells),
        status=cells.choice("status", STATUSES),
        methods=[METHODS[m.casefold()] for m in methods if m.casefold() in METHODS],
        list_price=cells.fen("list_price"),
        specs=specs,
        modifiers=[modifiers[g] for g in groups if g in modifiers],
        sort=cells.number("sort", -1_000_000, 1_000_000) or 0,
        skus=skus,
        return_exception=cells.choice("return_exception", EXCEPTIONS),
        brand=cells.text("brand", 40),
    )


def _sku(number: int, cells: _Cells, specs: int) -> SkuRow:
    keys = ("value1", "value2", "value3")
    for place, key in enumerate(keys):
        if place < specs and not cells.text(key):
            cells.fault(key, "missing")
        if place >= specs and cells.text(key):
            cells.fault(key, "value_without_spec")
    return SkuRow(
        row=number,
        code=cells.code("code"),
        values=[_named(cells.text(key), SpecValue) for key in keys[:specs]],
        price=cells.fen("price", required=True) or 0,
        list_price=cells.fen("list_price"),
        stock=cells.number("stock", 0, 1_000_000_000) or 0,
        weight_g=cells.number("weight", 0, 1_000_000) or 0,
        limit=cells.number("limit", 1, 9_999, None),
        picture=next(iter(cells.files("picture")), ""),
    )


def _spec(text: str, place: int, skus: list[SkuRow]) -> Spec:
    """The axis with its values in the order in which the SKUs name them first."""
    values: dict[str, SpecValue] = {}
    for sku in skus:
        value = sku.values[place]
        values.setdefault(value.code, value)
    return _named(text, lambda code, name: Spec(code, name, list(values.values())))


def _named(text: str, make: Callable[[str, Text], Made]) -> Made:
    """`中文|English|code`; without a code it comes from the English name, or from the pinyin of the Chinese one."""
    zh, en, code = ([p.strip() for p in text.split("|")] + ["", ""])[:3]
    source = code or en or " ".join(lazy_pinyin(zh))
    slug = re.sub(r"[^0-9a-z_]+", "-", source.casefold()).strip("-")[:64]
    return make(slug or f"v{zlib.crc32(text.encode()):08x}", Text(zh, en))


def _tags(cells: _Cells) -> list[str]:
    """Known tags by either name or code; any other one must look like a code."""
    by_name = {
        name.casefold(): code.removeprefix("tag_")
        for code, names in catalogue().items()
        if code.startswith("tag_")
        for name in (*names.values(), code.removeprefix("tag_"))
    }
    found: list[str] = []
    for part in cells.parts("tags"):
        code = by_name.get(part.casefold(), part)
        if CODE.fullmatch(code):
            found.append(code)
        else:
            cells.fault("tags", "tag_unknown", tag=part)
    return found[:8]
