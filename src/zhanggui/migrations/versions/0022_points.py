"""Points: what a store gives for money and takes for it."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

STORE = "owning store; first part of every key of the sale"


def upgrade() -> None:
    op.create_table(
        "points_balance",
        sa.Column("store_id", sa.Uuid(), nullable=False, comment=STORE),
        sa.Column("customer_id", sa.Uuid(), nullable=False, comment="buyer"),
        sa.Column(
            "balance",
            sa.BigInteger(),
            nullable=False,
            comment="points; below nothing when earned ones were spent and then taken back",
        ),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, comment="last entry (UTC)"),
        sa.PrimaryKeyConstraint("store_id", "customer_id", name=op.f("points_balance_pkey")),
        comment="Points of a buyer in a store; always equal to the sum of points_entry",
    )
    op.create_index("points_balance_customer_idx", "points_balance", ["customer_id"])
    op.create_table(
        "points_entry",
        sa.Column("store_id", sa.Uuid(), nullable=False, comment=STORE),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column("customer_id", sa.Uuid(), nullable=False, comment="buyer"),
        sa.Column(
            "kind",
            sa.Text(),
            nullable=False,
            comment="earn, spend, give_back (spent ones), take_back (earned ones) or adjust",
        ),
        sa.Column("delta", sa.BigInteger(), nullable=False, comment="change of the balance"),
        sa.Column("balance_after", sa.BigInteger(), nullable=False, comment="balance after it"),
        sa.Column("order_id", sa.Uuid(), nullable=True, comment="order it belongs to"),
        sa.Column("cause_id", sa.Uuid(), nullable=True, comment="return that caused it"),
        sa.Column("reason", sa.Text(), server_default="", nullable=False, comment="given by the actor"),
        sa.Column("actor", sa.Text(), nullable=False, comment="who: buyer, system or a staff member's name"),
        sa.Column("actor_id", sa.Uuid(), nullable=True, comment="staff member"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when (UTC)"),
        sa.CheckConstraint(
            "kind IN ('earn','spend','give_back','take_back','adjust')", name=op.f("points_entry_kind_check")
        ),
        sa.CheckConstraint(
            "CASE WHEN kind IN ('earn','give_back') THEN delta > 0 WHEN kind IN ('spend','take_back') THEN delta < 0"
            " ELSE delta <> 0 END",
            name=op.f("points_entry_direction_check"),
        ),
        sa.CheckConstraint(
            "kind = 'take_back' OR delta > 0 OR balance_after >= 0", name=op.f("points_entry_covered_check")
        ),
        sa.CheckConstraint(
            "kind = 'adjust' OR order_id IS NOT NULL", name=op.f("points_entry_belongs_check")
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("points_entry_pkey")),
        comment="Append-only journal of points",
    )
    op.create_index("points_entry_customer_idx", "points_entry", ["store_id", "customer_id", "id"])
    op.create_index(
        "points_entry_order_idx",
        "points_entry",
        ["store_id", "order_id"],
        postgresql_where=sa.text("order_id IS NOT NULL"),
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON points_entry "
        "FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()"
    )
    op.add_column(
        "sales_order",
        sa.Column(
            "points_spent",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="points that were spent on it",
        ),
    )
    op.add_column(
        "sales_order",
        sa.Column(
            "points_rate",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="points promised for each yuan paid for goods, when it is completed",
        ),
    )
    op.create_check_constraint("points", "sales_order", "points_spent >= 0 AND points_rate >= 0")
    op.add_column(
        "order_line",
        sa.Column(
            "points",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="points spent on this line, allocated like their discount",
        ),
    )
    op.create_check_constraint("points", "order_line", "points >= 0")


def downgrade() -> None:
    op.drop_constraint("points", "order_line", type_="check")
    op.drop_column("order_line", "points")
    op.drop_constraint("points", "sales_order", type_="check")
    op.drop_column("sales_order", "points_rate")
    op.drop_column("sales_order", "points_spent")
    op.drop_table("points_entry")
    op.drop_table("points_balance")
