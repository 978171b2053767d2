"""What was searched for, the buyers' own history, and the merchant's settings."""

from sqlalchemy import ARRAY, CheckConstraint, Index, Integer, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from zhanggui.core.schema import col, customer_id, instant, metadata, store_id

search_term = Table(
    "search_term",
    metadata,
    store_id(),
    col("day", Text, "local date YYYY-MM-DD", primary_key=True),
    col("term", Text, "as compared: case and width folded", primary_key=True),
    col("searches", Integer, "how many buyers searched for it that day, each counted once by a process"),
    col("results", Integer, "products found the last time"),
    CheckConstraint("searches > 0 AND results >= 0", name="counts"),
    comment="What buyers searched for, counted per store and day; kept for 90 days",
)

search_history = Table(
    "search_history",
    metadata,
    customer_id(),
    col("store_id", Uuid, "where", primary_key=True),
    col("term", Text, "as typed", primary_key=True),
    instant("at", "last time"),
    Index("search_history_recent_idx", "customer_id", "store_id", "at"),
    comment="A buyer's or guest's own searches, the last 20 of a store",
)

search_settings = Table(
    "search_settings",
    metadata,
    store_id(),
    col("synonyms", JSONB, "groups of words that mean the same, [[…], …]", server_default=text("'[]'")),
    col("pinned", ARRAY(Text), "hot words always shown, in order", server_default="{}"),
    col("blocked", ARRAY(Text), "words never shown as hot", server_default="{}"),
    col("version", Integer, "grows with every change", server_default=text("1")),
    instant("updated_at", "last change"),
    comment="What a merchant says about searching in the store",
)
