"""Flash sales, where their units are, the places of buyers, and the journal."""

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, Table, Text, Uuid, text

from zhanggui.core.schema import col, instant, metadata, row_id, store_id, text_json

flash_sale = Table(
    "flash_sale",
    metadata,
    store_id(),
    row_id(),
    text_json("name", "as buyers see it"),
    col("status", Text, "draft, scheduled (units are set aside), ended or cancelled"),
    instant("starts_at", "first places"),
    instant("ends_at", "no places from then on"),
    col("reserve_seconds", Integer, "how long a place is held before its order must be placed, seconds"),
    col("pay_seconds", Integer, "how long an order with a place may stay unpaid, seconds"),
    col("version", Integer, "raised by every change; a stale editor is refused"),
    col("created_by", Text, "staff member's name"),
    instant("created_at", "when"),
    instant("updated_at", "last change"),
    CheckConstraint("status IN ('draft','scheduled','ended','cancelled')", name="status"),
    CheckConstraint("ends_at > starts_at AND reserve_seconds > 0 AND pay_seconds > 0", name="times"),
    Index("flash_sale_live_idx", "store_id", "ends_at", postgresql_where=text("status = 'scheduled'")),
    comment="Flash sales (秒杀) of a store",
)

flash_item = Table(
    "flash_item",
    metadata,
    store_id(),
    col("sale_id", Uuid, "its sale", primary_key=True),
    col("sku_id", Uuid, "what", primary_key=True),
    col("position", Integer, "as the merchant listed it"),
    col("price", BigInteger, "fen a unit during the sale"),
    col("per_buyer", Integer, "most units for one buyer, held and ordered together"),
    col("planned", Integer, "units to set aside when it is scheduled"),
    col("units", Integer, "units set aside", server_default=text("0")),
    col("free", Integer, "of them nobody's yet", server_default=text("0")),
    col("held", Integer, "of them held by places", server_default=text("0")),
    col("ordered", Integer, "of them in orders, paid or not", server_default=text("0")),
    col("returned", Integer, "of them given back to ordinary stock", server_default=text("0")),
    CheckConstraint("planned > 0 AND per_buyer > 0 AND price >= 0", name="terms"),
    CheckConstraint(
        "free >= 0 AND held >= 0 AND ordered >= 0 AND returned >= 0"
        " AND units = free + held + ordered + returned",
        name="units",
    ),
    comment="What a flash sale offers and where its units are: the one row that a reservation of a SKU changes",
)

flash_place = Table(
    "flash_place",
    metadata,
    store_id(),
    col("customer_id", Uuid, "buyer, the only one who can redeem it", primary_key=True),
    row_id("token of the holder"),
    col("sale_id", Uuid, "its sale"),
    col("sku_id", Uuid, "what"),
    col("quantity", Integer, "units"),
    col("price", BigInteger, "fen a unit, as promised"),
    col("state", Text, "held, ordered, expired, withdrawn (sale cancelled) or returned (order cancelled)"),
    col("key", Text, "Idempotency-Key it was asked for under"),
    instant("created_at", "when it was given"),
    instant("expires_at", "the order must have been placed before"),
    col("order_id", Uuid, "the order that redeemed it", nullable=True),
    instant("settled_at", "when it was redeemed, expired or returned", nullable=True),
    CheckConstraint("quantity > 0 AND price >= 0", name="quantity"),
    CheckConstraint("state IN ('held','ordered','expired','withdrawn','returned')", name="state"),
    Index(
        "flash_place_due_idx",
        "store_id",
        "sale_id",
        "expires_at",
        postgresql_where=text("state = 'held'"),
    ),
    Index("flash_place_order_idx", "store_id", "order_id", postgresql_where=text("order_id IS NOT NULL")),
    comment="A buyer's place in a flash sale: units held under a token until an order is placed or time is over",
)

flash_movement = Table(
    "flash_movement",
    metadata,
    store_id(),
    row_id(),
    col("sale_id", Uuid, "its sale"),
    col("sku_id", Uuid, "what"),
    col("kind", Text, "set_aside, take_down, hold, expire, order, give_back or close"),
    col("places", Integer, "places concerned"),
    col("units", Integer, "change of units"),
    col("free", Integer, "change of free"),
    col("held", Integer, "change of held"),
    col("ordered", Integer, "change of ordered"),
    col("returned", Integer, "change of returned"),
    instant("at", "when"),
    Index("flash_movement_sale_idx", "store_id", "sale_id", "id"),
    comment="Append-only journal of flash_item: one row for each batch of equal changes",
)
