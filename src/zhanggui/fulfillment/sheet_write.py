"""The list of orders to ship as .xlsx or .csv: a row for every line with units that have not left."""

import csv
import io
from collections.abc import Sequence

import xlsxwriter

from zhanggui.core.i18n import Locale
from zhanggui.fulfillment.sheet_format import COLUMNS, safe

Cells = dict[str, str]
NOTE = {
    "zh": "填“快递公司”和“运单号”即可；快递公司可留空，由单号识别。分几个包裹就复制该行，各填数量和单号。",
    "en": "Fill in carrier and waybill; an empty carrier is told from the number. For several parcels copy the row, each with its quantity and number.",
}


def to_xlsx(rows: Sequence[Cells], locale: Locale) -> bytes:
    """A spreadsheet whose cells are text, so that no number loses its digits; what is to be filled in is marked."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    plain, head = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "bottom": 1})
    filled = book.add_format({"bold": True, "bottom": 1, "bg_color": "#FCEBE5"})
    page = book.add_worksheet("发货" if locale == "zh" else "To ship")
    page.freeze_panes(1, 1)
    for place, column in enumerate(COLUMNS):
        page.set_column(place, place, column.width, plain)
        page.write_string(0, place, column.heading.pick(locale), filled if column.fill_in else head)
    page.write_comment(0, [c.key for c in COLUMNS].index("waybill"), NOTE[locale])
    for number, row in enumerate(rows, start=1):
        for place, column in enumerate(COLUMNS):
            if text := row.get(column.key):
                page.write_string(number, place, text, plain)
    book.close()
    return out.getvalue()


def to_csv(rows: Sequence[Cells], locale: Locale) -> bytes:
    """UTF-8 with a mark, as Excel wants it; nothing in it can be taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.heading.pick(locale) for column in COLUMNS])
    writer.writerows([safe(row.get(column.key, "")) for column in COLUMNS] for row in rows)
    return out.getvalue().encode("utf-8-sig")
