"""A statement as a spreadsheet: a page of figures and a page of orders, amounts in yuan."""

import io
from uuid import UUID

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from zhanggui.core.i18n import Locale, message
from zhanggui.core.runtime import Runtime
from zhanggui.settlement.shapes import StatementFigures
from zhanggui.settlement.statement import Period, all_orders, statement

MOST_ORDERS = 50_000
COLUMNS = (
    "gross",
    "refunds",
    "fees",
    "splits",
    "subsidies",
    "discounts",
    "withdrawals",
    "adjustments",
    "net",
)


async def sheet(rt: Runtime, store_id: UUID, of: Period, locale: Locale) -> bytes:
    """An .xlsx file of the period; orders beyond fifty thousand are left out (a period is then better halved)."""
    whole = await statement(rt, store_id, of, None)
    orders = await all_orders(rt, store_id, of, MOST_ORDERS)

    def word(code: str) -> str:
        return message(f"statement_{code}", locale)

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
    first: Worksheet = book.add_worksheet(word("sheet"))
    first.set_column(0, 0, 26)
    first.set_column(1, 1, 16)
    first.write_row(0, 0, [word("period_label"), f"{of.from_} – {of.to}"], bold)
    figures = {name: getattr(whole.figures, name) for name in COLUMNS}
    rows = {"opening": whole.opening, **figures, "closing": whole.closing, "people": whole.paid_to_people}
    for line, (name, amount) in enumerate(rows.items(), start=2):
        first.write_string(line, 0, word(name))
        first.write_number(line, 1, amount / 100, money)
    second: Worksheet = book.add_worksheet(word("orders"))
    second.set_column(0, 0, 24)
    second.set_column(1, len(COLUMNS), 13, money)
    second.freeze_panes(1, 1)
    second.write_row(0, 0, [word("order"), *(word(name) for name in COLUMNS)], bold)
    for line, order in enumerate(orders, start=1):
        second.write_string(line, 0, order.number or word("no_order"))
        second.write_row(line, 1, _yuan(order.figures))
    book.close()
    return out.getvalue()


def _yuan(figures: StatementFigures) -> list[float]:
    """For display only; nothing is computed from them."""
    return [getattr(figures, name) / 100 for name in COLUMNS]
