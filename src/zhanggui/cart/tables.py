"""Cart lines; guests have carts too."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Index, Integer, LargeBinary, Table, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from zhanggui.core.schema import col, customer_id, instant, metadata, row_id

cart_line = Table(
    "cart_line",
    metadata,
    customer_id(),
    row_id(),
    col("store_id", Uuid, "store it is bought in"),
    col("sku_id", Uuid, "what"),
    col("modifiers", JSONB, "chosen modifiers [{group, option}], sorted"),
    col("modifiers_hash", LargeBinary, "SHA-256 of modifiers: equal choices are one line"),
    col("quantity", Integer, "units"),
    col("selected", Boolean, "ticked for checkout", server_default=text("true")),
    col("added_unit_price", BigInteger, "fen when it was put in, to flag changes"),
    instant("added_at", "when"),
    CheckConstraint("quantity > 0", name="quantity"),
    Index("cart_line_item_key", "customer_id", "store_id", "sku_id", "modifiers_hash", unique=True),
    comment="What a buyer or guest means to buy",
)
