"""Consents to one message each, and messages sent."""

from sqlalchemy import Index, Integer, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from zhanggui.core.schema import col, customer_id, instant, metadata, row_id, store_id

message_quota = Table(
    "message_quota",
    metadata,
    customer_id(),
    col("template_id", Text, "platform's template", primary_key=True),
    col("remaining", Integer, "consents not used yet: one consent is one message", server_default=text("0")),
    instant("updated_at", "last change"),
    comment="Quota of one-time subscriptions",
)

message_sent = Table(
    "message_sent",
    metadata,
    store_id(),
    row_id(),
    col("customer_id", Uuid, "to whom"),
    col("order_id", Uuid, "about what"),
    col("event", Text, "paid, ready, refunded, shipped or shipped:<parcel>"),
    col("template_id", Text, "platform's template", nullable=True),
    col("data", JSONB, "template arguments"),
    col("status", Text, "sent, no_quota, no_openid or failed"),
    col("error", Text, "platform's answer", nullable=True),
    instant("at", "when"),
    Index("message_sent_order_key", "store_id", "order_id", "event", unique=True),
    comment="Subscription messages, one per order and event",
)
