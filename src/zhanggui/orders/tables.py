"""Orders, their lines and their timeline."""

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, LargeBinary, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from zhanggui.core.schema import col, instant, metadata, row_id, store_id, text_json

STATUSES = "'pending_payment','closing','cancelled','paid','preparing','fulfilled','completed'"

sales_order = Table(
    "sales_order",
    metadata,
    store_id(),
    row_id(),
    col("number", Text, "what people read out"),
    col("customer_id", Uuid, "buyer"),
    col("status", Text, "orders.rules.MOVES"),
    col("refund_status", Text, "null, processing or refunded", nullable=True),
    col("channel", Text, "mp or h5"),
    col("delivery_method", Text, "express, delivery, pickup, dine_in or virtual"),
    col("currency", Text, "ISO 4217"),
    col("items_total", BigInteger, "fen, before discounts"),
    col("packing_fee", BigInteger, "fen"),
    col("shipping_fee", BigInteger, "fen"),
    col("discount_total", BigInteger, "fen"),
    col("tax", BigInteger, "fen"),
    col("total", BigInteger, "fen to pay"),
    col("paid_amount", BigInteger, "fen received for it", server_default=text("0")),
    col("refunded_amount", BigInteger, "fen given back or on the way back", server_default=text("0")),
    col("quantity", Integer, "units over all lines"),
    col("trace", JSONB, "why this price: [{step, text, amount}]"),
    col("remark", Text, "buyer's words", server_default=""),
    col("cutlery", Integer, "sets wanted", server_default=text("0")),
    col("table_code", Text, "dine-in table", nullable=True),
    col("table_name", Text, "dine-in table's name", nullable=True),
    col("contact_sealed", LargeBinary, "recipient, phone, address as JSON, AES-256-GCM", nullable=True),
    col("contact_phone_index", LargeBinary, "blind index of the phone number", nullable=True),
    col("region_text", Text, "province city district, unsealed for lists", server_default=""),
    col("pickup_number", Text, "called out at the counter, per store and day", nullable=True),
    col("pickup_code", Text, "proves the right to collect", nullable=True),
    instant("placed_at", "when"),
    instant("pay_by", "closed when unpaid then"),
    instant("paid_at", "when", nullable=True),
    instant("closed_at", "cancelled when", nullable=True),
    instant("completed_at", "when", nullable=True),
    col("hidden", Integer, "1 once the buyer hid it", server_default=text("0")),
    col("points_spent", BigInteger, "points that were spent on it", server_default=text("0")),
    col(
        "points_rate",
        Integer,
        "points promised for each yuan paid for goods, when it is completed",
        server_default=text("0"),
    ),
    CheckConstraint(f"status IN ({STATUSES})", name="status"),
    CheckConstraint(
        "items_total >= 0 AND packing_fee >= 0 AND shipping_fee >= 0 AND discount_total >= 0 AND tax >= 0"
        " AND total = items_total + packing_fee + shipping_fee + tax - discount_total AND total >= 0",
        name="total",
    ),
    CheckConstraint("refunded_amount >= 0 AND refunded_amount <= paid_amount", name="refunds"),
    CheckConstraint("quantity > 0", name="quantity"),
    CheckConstraint("points_spent >= 0 AND points_rate >= 0", name="points"),
    Index("sales_order_number_key", "store_id", "number", unique=True),
    Index("sales_order_customer_idx", "customer_id", "id"),
    Index("sales_order_status_idx", "store_id", "status", "id"),
    Index(
        "sales_order_pay_by_idx", "pay_by", postgresql_where=text("status IN ('pending_payment','closing')")
    ),
    Index(
        "sales_order_pickup_code_key",
        "store_id",
        "pickup_code",
        unique=True,
        postgresql_where=text("pickup_code IS NOT NULL AND status NOT IN ('cancelled','completed')"),
    ),
    Index(
        "sales_order_unpaid_idx",
        "store_id",
        "customer_id",
        postgresql_where=text("status IN ('pending_payment','closing')"),
    ),
    Index("sales_order_phone_idx", "store_id", "contact_phone_index"),
    comment="Orders; status is derived from payment and fulfillments, stored and indexed",
)

order_line = Table(
    "order_line",
    metadata,
    store_id(),
    row_id(),
    col("order_id", Uuid, "its order"),
    col("position", Integer, "as the buyer saw it"),
    col("sku_id", Uuid, "what"),
    col("product_id", Uuid, "its product"),
    col("sku_code", Text, "merchant's code when it was sold"),
    text_json("name", "product name when it was sold"),
    text_json("spec_text", "chosen specification"),
    text_json("modifiers_text", "chosen modifiers"),
    col("modifiers", JSONB, "[{group, option}]"),
    col("picture_id", Uuid, "picture", nullable=True),
    col("quantity", Integer, "units"),
    col("unit_price", BigInteger, "fen with modifiers"),
    col("amount", BigInteger, "fen, unit price × quantity"),
    col("discount", BigInteger, "fen allocated to this line"),
    col("payable", BigInteger, "fen, amount - discount"),
    col("fulfilled", Integer, "units shipped or handed over", server_default=text("0")),
    col("refunded", Integer, "units refunded", server_default=text("0")),
    col("weight_g", Integer, "grams a unit", server_default=text("0")),
    col("cancelled", Integer, "units refunded before they could leave", server_default=text("0")),
    col(
        "return_exception", Text, "why the 7 days did not hold when it was sold: returns.rules", nullable=True
    ),
    col(
        "points",
        BigInteger,
        "points spent on this line, allocated like their discount",
        server_default=text("0"),
    ),
    CheckConstraint(
        "quantity > 0 AND unit_price >= 0 AND amount = unit_price * quantity AND discount >= 0"
        " AND payable = amount - discount AND payable >= 0",
        name="amounts",
    ),
    CheckConstraint(
        "fulfilled >= 0 AND fulfilled <= quantity AND refunded >= 0 AND refunded <= quantity", name="units"
    ),
    CheckConstraint(
        "cancelled >= 0 AND fulfilled + cancelled <= quantity AND cancelled <= refunded", name="taken_out"
    ),
    CheckConstraint("points >= 0", name="points"),
    Index("order_line_order_idx", "store_id", "order_id", "position"),
    Index("order_line_sku_idx", "store_id", "sku_id"),
    comment="What was sold, as it was when it was sold",
)

order_event = Table(
    "order_event",
    metadata,
    store_id(),
    row_id(),
    col("order_id", Uuid, "its order"),
    col("kind", Text, "placed, paid, preparing, ready, shipped, …: messages.json code timeline_{kind}"),
    col("from_status", Text, "order status before", nullable=True),
    col("to_status", Text, "order status after", nullable=True),
    col("actor", Text, "buyer, merchant, system or platform"),
    col("actor_id", Uuid, "customer or staff member", nullable=True),
    col("actor_name", Text, "as shown", server_default=""),
    col("reason", Text, "why", server_default=""),
    col("data", JSONB, "carrier, waybill, amount, …"),
    instant("at", "when"),
    Index("order_event_order_idx", "store_id", "order_id", "id"),
    comment="Append-only timeline of an order",
)

daily_counter = Table(
    "daily_counter",
    metadata,
    store_id(),
    col("name", Text, "what is counted, e.g. pickup", primary_key=True),
    col("day", Text, "local date YYYY-MM-DD", primary_key=True),
    col("value", Integer, "last number given"),
    comment="Short numbers that start again every day (never a key)",
)

buyer_gate = Table(
    "buyer_gate",
    metadata,
    store_id(),
    col("customer_id", Uuid, "buyer", primary_key=True),
    instant("placed_at", "last try to place an order"),
    comment="Locked while a buyer places in a store, so that limits per buyer hold whatever comes at once",
)
