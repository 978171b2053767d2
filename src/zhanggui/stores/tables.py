"""Stores, their dining tables and the staff-independent switches of a counter."""

from sqlalchemy import Boolean, Float, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from zhanggui.core.schema import col, instant, metadata, row_id, store_id, text_json

store = Table(
    "store",
    metadata,
    store_id(),
    col("slug", Text, "short name in addresses", unique=True),
    text_json("name", "name"),
    col("layout", Text, "menu (food) or grid (goods)"),
    col("currency", Text, "ISO 4217 code of all amounts", server_default="CNY"),
    col("timezone", Text, "IANA name; opening hours are local", server_default="Asia/Shanghai"),
    col("status", Text, "open to buyers: on or off", server_default="on"),
    col(
        "settings", JSONB, "stores.rules.Settings: contact, hours, delivery, shipping, fees, theme, templates"
    ),
    col("paused", Boolean, "takes no orders for now", server_default=text("false")),
    col("pause_reason", JSONB, "shown to buyers while paused, {zh, en}", nullable=True),
    instant("paused_until", "resumes by itself then", nullable=True),
    col("lat", Float, "latitude, WGS-84", nullable=True),
    col("lng", Float, "longitude, WGS-84", nullable=True),
    col("version", Integer, "grows with every change of settings", server_default=text("1")),
    col("sort", Integer, "order in lists", server_default=text("0")),
    instant("created_at", "when it was opened"),
    instant("updated_at", "last change"),
    comment="A store: settings are one document because they are read whole with every quote",
)

dining_table = Table(
    "dining_table",
    metadata,
    store_id(),
    row_id(),
    col("code", Text, "in the table's QR code"),
    col("name", Text, "what is painted on the table"),
    Index("dining_table_code_key", "store_id", "code", unique=True),
    comment="Tables of a store that serves at them",
)
