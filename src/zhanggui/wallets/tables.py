"""What buyers have in points, and the journal it sums from."""

from sqlalchemy import BigInteger, CheckConstraint, Index, Table, Text, Uuid, text

from zhanggui.core.schema import col, instant, metadata, row_id, store_id

points_balance = Table(
    "points_balance",
    metadata,
    store_id(),
    col("customer_id", Uuid, "buyer", primary_key=True),
    col("balance", BigInteger, "points; below nothing when earned ones were spent and then taken back"),
    instant("updated_at", "last entry"),
    Index("points_balance_customer_idx", "customer_id"),
    comment="Points of a buyer in a store; always equal to the sum of points_entry",
)

points_entry = Table(
    "points_entry",
    metadata,
    store_id(),
    row_id(),
    col("customer_id", Uuid, "buyer"),
    col("kind", Text, "earn, spend, give_back (spent ones), take_back (earned ones) or adjust"),
    col("delta", BigInteger, "change of the balance"),
    col("balance_after", BigInteger, "balance after it"),
    col("order_id", Uuid, "order it belongs to", nullable=True),
    col("cause_id", Uuid, "return that caused it", nullable=True),
    col("reason", Text, "given by the actor", server_default=""),
    col("actor", Text, "who: buyer, system or a staff member's name"),
    col("actor_id", Uuid, "staff member", nullable=True),
    instant("at", "when"),
    CheckConstraint("kind IN ('earn','spend','give_back','take_back','adjust')", name="kind"),
    CheckConstraint(
        "CASE WHEN kind IN ('earn','give_back') THEN delta > 0 WHEN kind IN ('spend','take_back') THEN delta < 0"
        " ELSE delta <> 0 END",
        name="direction",
    ),
    CheckConstraint(
        "kind = 'take_back' OR delta > 0 OR balance_after >= 0",
        name="covered",
    ),
    CheckConstraint("kind = 'adjust' OR order_id IS NOT NULL", name="belongs"),
    Index("points_entry_customer_idx", "store_id", "customer_id", "id"),
    Index("points_entry_order_idx", "store_id", "order_id", postgresql_where=text("order_id IS NOT NULL")),
    comment="Append-only journal of points",
)
