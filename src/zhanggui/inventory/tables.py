"""Balances, the journal they sum from, and reservations."""

from sqlalchemy import CheckConstraint, Index, Integer, Table, Text, Uuid, text

from zhanggui.core.schema import col, instant, metadata, row_id, store_id

stock = Table(
    "stock",
    metadata,
    store_id(),
    col("sku_id", Uuid, "what", primary_key=True),
    col("location_id", Uuid, "where; the store's own id is its main location", primary_key=True),
    col("on_hand", Integer, "units there", server_default=text("0")),
    col("reserved", Integer, "units promised to open orders", server_default=text("0")),
    col("safety", Integer, "units never sold", server_default=text("0")),
    instant("sold_out_until", "taken off sale until then (估清)", nullable=True),
    instant("updated_at", "last movement"),
    CheckConstraint("on_hand >= 0 AND reserved >= 0 AND reserved <= on_hand AND safety >= 0", name="balance"),
    comment="Stock balances; always equal to the sum of stock_movement",
)

stock_location = Table(
    "stock_location",
    metadata,
    store_id(),
    row_id(),
    col("name", Text, "as the merchant calls it"),
    instant("created_at", "when opened"),
    instant("closed_at", "when closed; its journal stays", nullable=True),
    comment="Places where a store keeps units it does not sell from; its main location has no row",
)

stock_movement = Table(
    "stock_movement",
    metadata,
    store_id(),
    row_id(),
    col("sku_id", Uuid, "what"),
    col("location_id", Uuid, "where"),
    col("kind", Text, "receive, adjust, reserve, release, deduct, restock or move"),
    col("on_hand_delta", Integer, "change of on_hand"),
    col("reserved_delta", Integer, "change of reserved"),
    col("on_hand_after", Integer, "balance after it"),
    col("reserved_after", Integer, "reserved after it"),
    col("reason", Text, "given by the actor", server_default=""),
    col("actor", Text, "who: buyer, system or a staff member's name"),
    col("ref_id", Uuid, "order it belongs to", nullable=True),
    instant("at", "when"),
    CheckConstraint(
        "kind IN ('receive','adjust','reserve','release','deduct','restock','move')", name="kind"
    ),
    Index("stock_movement_sku_idx", "store_id", "sku_id", "id"),
    Index("stock_movement_ref_idx", "store_id", "ref_id", postgresql_where=text("ref_id IS NOT NULL")),
    comment="Append-only journal of stock",
)

reservation = Table(
    "reservation",
    metadata,
    store_id(),
    row_id(),
    col("holder_id", Uuid, "token of the holder: an order, a flash-sale place, a cart"),
    col("sku_id", Uuid, "what"),
    col("location_id", Uuid, "where"),
    col("quantity", Integer, "units held; 0 only where a flash sale has given all of them away"),
    col("state", Text, "held, consumed (deducted) or released"),
    instant("created_at", "when reserved"),
    instant("settled_at", "when consumed or released", nullable=True),
    CheckConstraint("quantity >= 0", name="quantity"),
    CheckConstraint("state IN ('held','consumed','released')", name="state"),
    Index("reservation_holder_key", "store_id", "holder_id", "sku_id", "location_id", unique=True),
    comment="Units promised to a holder; releasing moves only what this row holds",
)
