"""The empty spreadsheet with example rows and a help page, in both languages."""

import io

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from zhanggui.catalog.import_format import CATEGORIES, MODIFIERS, PRODUCTS, SHEETS, SKUS, Sheet
from zhanggui.core.i18n import Locale

EXAMPLES: dict[str, list[dict[str, object]]] = {
    CATEGORIES.key: [
        {"code": "tea", "name_zh": "茶饮", "name_en": "Tea drinks", "sort": 1, "visible": "是"},
        {"code": "bags", "name_zh": "包袋", "name_en": "Bags", "sort": 2, "visible": "是"},
    ],
    PRODUCTS.key: [
        {"code": "jasmine-tea", "category": "tea", "name_zh": "茉莉绿茶", "name_en": "Jasmine green tea",
         "subtitle_zh": "七窨茉莉，清甜不涩", "subtitle_en": "Seven times scented, never bitter", "tags": "招牌;热卖", "status": "上架",
         "methods": "堂食;自提", "spec1": "杯型|Size", "modifiers": "sugar", "description_zh": "<p>每日现泡。</p>",
         "description_en": "<p>Brewed fresh every day.</p>", "sort": 1},
        {"code": "tote", "category": "bags", "name_zh": "帆布包", "name_en": "Canvas tote", "list_price": 99, "status": "上架",
         "methods": "快递", "spec1": "颜色|Colour", "spec2": "尺码|Size", "sort": 1},
    ],
    SKUS.key: [
        {"product": "jasmine-tea", "code": "jasmine-tea-m", "value1": "中杯|Medium", "price": 12, "stock": 100},
        {"product": "jasmine-tea", "code": "jasmine-tea-l", "value1": "大杯|Large", "price": 14.5, "stock": 100},
        {"product": "tote", "code": "tote-green-m", "value1": "绿色|Green", "value2": "M", "price": 69, "stock": 20, "weight": 300},
        {"product": "tote", "code": "tote-green-l", "value1": "绿色|Green", "value2": "L", "price": 79, "stock": 15, "weight": 350,
         "limit": 2},
    ],
    MODIFIERS.key: [
        {"group": "sugar", "group_zh": "甜度", "group_en": "Sweetness", "min": 1, "max": 1, "code": "full", "name_zh": "正常糖",
         "name_en": "Regular", "price": 0, "default": "是"},
        {"group": "sugar", "code": "half", "name_zh": "半糖", "name_en": "Half", "price": 0, "default": "否"},
    ],
}  # fmt: skip


def template(locale: Locale) -> bytes:
    """The template as .xlsx; headings in `locale`, the help page in both languages."""
    return build(EXAMPLES, locale)


def build(rows: dict[str, list[dict[str, object]]], locale: Locale) -> bytes:
    """A spreadsheet in the importer's format: rows by sheet key, cells by column key."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    head = book.add_format({"bold": True, "bg_color": "#FCEBE5", "bottom": 1, "text_wrap": True})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    for sheet in SHEETS:
        page = book.add_worksheet(sheet.name.pick(locale))
        page.freeze_panes(1, 0)
        for place, column in enumerate(sheet.columns):
            page.set_column(place, place, column.width)
            page.write_string(0, place, column.heading.pick(locale), head)
        for number, row in enumerate(rows.get(sheet.key, []), start=1):
            for place, column in enumerate(sheet.columns):
                value = row.get(column.key)
                if isinstance(value, (int, float)):
                    page.write_number(number, place, value)
                elif value:
                    page.write_string(number, place, str(value))
    help_page = book.add_worksheet("说明 Help")
    help_page.set_column(0, 1, 22)
    help_page.set_column(2, 3, 60)
    line = 0
    for sheet in SHEETS:
        line = _explain(help_page, sheet, line, head, wrap)
    book.close()
    return out.getvalue()


def _explain(page: Worksheet, sheet: Sheet, line: int, head: Format, wrap: Format) -> int:
    page.write_row(line, 0, [sheet.name.zh, sheet.name.en, "说明", "Explanation"], head)
    for column in sheet.columns:
        line += 1
        page.write_row(line, 0, [column.heading.zh, column.heading.en, column.help.zh, column.help.en], wrap)
    return line + 2
