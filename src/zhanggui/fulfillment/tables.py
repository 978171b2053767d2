"""Parcels, collections and services at the table, and what the platform was told of them."""

from sqlalchemy import CheckConstraint, Index, Integer, Table, Text, Uuid, text

from zhanggui.core.schema import col, instant, metadata, row_id, store_id

fulfillment = Table(
    "fulfillment",
    metadata,
    store_id(),
    row_id(),
    col("order_id", Uuid, "its order"),
    col("kind", Text, "express, delivery, pickup or dine_in"),
    col("status", Text, "fulfillment.rules.MOVES"),
    col("carrier", Text, "carrier code", nullable=True),
    col("waybill", Text, "tracking number", nullable=True),
    instant("created_at", "when it began"),
    instant("shipped_at", "left the store", nullable=True),
    instant("delivered_at", "arrived or was handed over", nullable=True),
    Index("fulfillment_order_idx", "store_id", "order_id"),
    Index("fulfillment_waybill_idx", "store_id", "waybill", postgresql_where=text("waybill IS NOT NULL")),
    comment="How goods reach the buyer; one or more per order",
)

fulfillment_line = Table(
    "fulfillment_line",
    metadata,
    store_id(),
    col("fulfillment_id", Uuid, "its fulfillment", primary_key=True),
    col("order_line_id", Uuid, "what", primary_key=True),
    col("quantity", Integer, "units"),
    CheckConstraint("quantity > 0", name="quantity"),
    comment="What is in a fulfillment",
)

shipping_report = Table(
    "shipping_report",
    metadata,
    store_id(),
    col("order_id", Uuid, "order that was paid through the platform", primary_key=True),
    col("state", Text, "waiting, sent or failed"),
    col("error", Text, "platform's answer", nullable=True),
    col("times", Integer, "reports sent", server_default=text("0")),
    instant("updated_at", "last change"),
    comment="Shipping told to the platform, on which settlement depends",
)
