"""The spreadsheet of orders to ship: its columns, written and read by the same names in both languages; pure."""

from typing import NamedTuple

from zhanggui.core.i18n import Text
from zhanggui.core.sheets import fold

MAX_FILE = 10_000_000
MAX_ROWS = 3_000
MAX_ERRORS = 200
MAX_ORDERS = 1_000


class Column(NamedTuple):
    """A column: key in the program, heading in both languages, width in characters."""

    key: str
    heading: Text
    width: int
    fill_in: bool = False


COLUMNS = (
    Column("number", Text("订单号", "Order"), 20),
    Column("line", Text("行", "Line"), 6),
    Column("name", Text("商品", "Item"), 26),
    Column("spec", Text("规格", "Specification"), 16),
    Column("sku", Text("商品编码", "SKU code"), 18),
    Column("quantity", Text("数量", "Quantity"), 8, fill_in=True),
    Column("carrier", Text("快递公司", "Carrier"), 14, fill_in=True),
    Column("waybill", Text("运单号", "Waybill"), 22, fill_in=True),
    Column("recipient", Text("收件人", "Recipient"), 12),
    Column("phone", Text("电话", "Phone"), 16),
    Column("address", Text("地址", "Address"), 48),
    Column("remark", Text("买家留言", "Buyer's remark"), 24),
    Column("paid", Text("付款时间", "Paid"), 18),
)
NEEDED = ("number", "waybill")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe(text: str) -> str:
    """A text that no spreadsheet program takes for a formula (CSV has no types): OWASP, CSV injection."""
    return f"'{text}" if text.startswith(FORMULA) else text


def unsafe(text: str) -> str:
    """What `safe` was given."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA) else text


BY_HEADING = {fold(name): c.key for c in COLUMNS for name in (c.heading.zh, c.heading.en, c.key)} | {
    fold(name): key
    for name, key in (
        ("快递单号", "waybill"),
        ("物流单号", "waybill"),
        ("单号", "waybill"),
        ("tracking number", "waybill"),
        ("物流公司", "carrier"),
        ("快递", "carrier"),
        ("发货数量", "quantity"),
        ("行号", "line"),
        ("order number", "number"),
    )
}
"""Column keys by folded heading, in either language and in words of other programs."""
