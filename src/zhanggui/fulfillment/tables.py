"""Parcels, collections and services at the table, and what the platform was told of them."""

from sqlalchemy import Boolean, CheckConstraint, Index, Integer, LargeBinary, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from zhanggui.core.schema import col, instant, metadata, row_id, store_id

fulfillment = Table(
    "fulfillment",
    metadata,
    store_id(),
    row_id(),
    col("order_id", Uuid, "its order"),
    col("kind", Text, "express, delivery, pickup, dine_in or virtual"),
    col("status", Text, "fulfillment.rules.MOVES"),
    col("carrier", Text, "carrier code", nullable=True),
    col("waybill", Text, "tracking number", nullable=True),
    instant("created_at", "when it began"),
    instant("shipped_at", "left the store", nullable=True),
    instant("delivered_at", "arrived or was handed over", nullable=True),
    col(
        "text_sealed", LargeBinary, "sealed: what a virtual order handed out, a code or a link", nullable=True
    ),
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
    col("state", Text, "fulfillment.report_rules.State"),
    col("code", Text, "platform's error code, or a word of ours", nullable=True),
    col("error", Text, "platform's answer", nullable=True),
    col("times", Integer, "finished reports sent: the platform takes two", server_default=text("0")),
    col("tries", Integer, "calls made", server_default=text("0")),
    col("told", JSONB, "[{carrier, waybill}] the platform knows", server_default=text("'[]'")),
    col("mode", Integer, "delivery mode told: 1 unified, 2 split", nullable=True),
    col("doubt", Boolean, "an answer was lost: ask before telling again", server_default=text("false")),
    instant("told_at", "upload_time of the last report, which must increase", nullable=True),
    instant("claimed_until", "somebody is telling it until then", nullable=True),
    instant("received_at", "the platform says that the buyer has it", nullable=True),
    instant("updated_at", "last change"),
    CheckConstraint("state IN ('waiting','partly','sent','failed','unneeded')", name="state"),
    CheckConstraint("times >= 0 AND tries >= 0", name="counts"),
    Index("shipping_report_state_idx", "store_id", "state", "updated_at"),
    comment="Shipping told to the platform, on which settlement depends",
)

presale = Table(
    "presale",
    metadata,
    store_id(),
    col("product_id", Uuid, "product that is sold before it can be sent", primary_key=True),
    col("ships_within_days", Integer, "days after payment", nullable=True),
    instant("ships_at", "a fixed day for everybody", nullable=True),
    instant("updated_at", "last change"),
    CheckConstraint("(ships_within_days IS NULL) <> (ships_at IS NULL)", name="one"),
    CheckConstraint("ships_within_days BETWEEN 1 AND 330", name="days"),
    comment="Products sold before they can be sent, and when they will be",
)

order_presale = Table(
    "order_presale",
    metadata,
    store_id(),
    col("order_id", Uuid, "order with a pre-sale product", primary_key=True),
    instant("ships_by", "what the buyer was promised"),
    col("state", Text, "waiting, sent, failed or unneeded (the platform wants it only beyond 15 days)"),
    col("code", Text, "platform's error code", nullable=True),
    col("error", Text, "platform's answer", nullable=True),
    instant("updated_at", "last change"),
    CheckConstraint("state IN ('waiting','sent','failed','unneeded')", name="state"),
    comment="The promise of a pre-sale order, and whether the platform was told of it",
)

virtual_product = Table(
    "virtual_product",
    metadata,
    store_id(),
    col("product_id", Uuid, "product without a body: a code, a link, a course", primary_key=True),
    col("at_payment", Boolean, "handed out by itself as soon as it is paid"),
    col("text_sealed", LargeBinary, "sealed: what every buyer of it is given", nullable=True),
    instant("updated_at", "last change"),
    comment="How virtual products are handed out",
)
