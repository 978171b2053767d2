"""Shipping reports in full, pre-sale."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STORE = "owning store; first part of every key of the sale"


def upgrade() -> None:
    op.alter_column(
        "message_sent",
        "event",
        existing_type=sa.Text(),
        comment="paid, ready, refunded, shipped or shipped:<parcel>",
    )
    _reports()
    _presale()


def _reports() -> None:
    at = sa.DateTime(timezone=True)
    for column in (
        sa.Column("code", sa.Text(), nullable=True, comment="platform's error code, or a word of ours"),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="calls made"),
        sa.Column(
            "told",
            postgresql.JSONB(),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="[{carrier, waybill}] the platform knows",
        ),
        sa.Column("mode", sa.Integer(), nullable=True, comment="delivery mode told: 1 unified, 2 split"),
        sa.Column(
            "doubt",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="an answer was lost: ask before telling again",
        ),
        sa.Column(
            "told_at", at, nullable=True, comment="upload_time of the last report, which must increase (UTC)"
        ),
        sa.Column("claimed_until", at, nullable=True, comment="somebody is telling it until then (UTC)"),
        sa.Column("received_at", at, nullable=True, comment="the platform says that the buyer has it (UTC)"),
    ):
        op.add_column("shipping_report", column)
    op.alter_column(
        "shipping_report", "state", existing_type=sa.Text(), comment="fulfillment.report_rules.State"
    )
    op.alter_column(
        "shipping_report",
        "times",
        existing_type=sa.Integer(),
        comment="finished reports sent: the platform takes two",
    )
    op.create_check_constraint(
        op.f("shipping_report_state_check"),
        "shipping_report",
        "state IN ('waiting','partly','sent','failed','unneeded')",
    )
    op.create_check_constraint(
        op.f("shipping_report_counts_check"), "shipping_report", "times >= 0 AND tries >= 0"
    )
    op.create_index("shipping_report_state_idx", "shipping_report", ["store_id", "state", "updated_at"])


def _presale() -> None:
    at = sa.DateTime(timezone=True)
    op.create_table(
        "presale",
        sa.Column("store_id", sa.Uuid(), nullable=False, comment=STORE),
        sa.Column(
            "product_id", sa.Uuid(), nullable=False, comment="product that is sold before it can be sent"
        ),
        sa.Column("ships_within_days", sa.Integer(), nullable=True, comment="days after payment"),
        sa.Column("ships_at", at, nullable=True, comment="a fixed day for everybody (UTC)"),
        sa.Column("updated_at", at, nullable=False, comment="last change (UTC)"),
        sa.CheckConstraint(
            "(ships_within_days IS NULL) <> (ships_at IS NULL)", name=op.f("presale_one_check")
        ),
        sa.CheckConstraint("ships_within_days BETWEEN 1 AND 330", name=op.f("presale_days_check")),
        sa.PrimaryKeyConstraint("store_id", "product_id", name=op.f("presale_pkey")),
        comment="Products sold before they can be sent, and when they will be",
    )
    op.create_table(
        "order_presale",
        sa.Column("store_id", sa.Uuid(), nullable=False, comment=STORE),
        sa.Column("order_id", sa.Uuid(), nullable=False, comment="order with a pre-sale product"),
        sa.Column("ships_by", at, nullable=False, comment="what the buyer was promised (UTC)"),
        sa.Column(
            "state",
            sa.Text(),
            nullable=False,
            comment="waiting, sent, failed or unneeded (the platform wants it only beyond 15 days)",
        ),
        sa.Column("code", sa.Text(), nullable=True, comment="platform's error code"),
        sa.Column("error", sa.Text(), nullable=True, comment="platform's answer"),
        sa.Column("updated_at", at, nullable=False, comment="last change (UTC)"),
        sa.CheckConstraint(
            "state IN ('waiting','sent','failed','unneeded')", name=op.f("order_presale_state_check")
        ),
        sa.PrimaryKeyConstraint("store_id", "order_id", name=op.f("order_presale_pkey")),
        comment="The promise of a pre-sale order, and whether the platform was told of it",
    )


def downgrade() -> None:
    op.drop_table("order_presale")
    op.drop_table("presale")
    op.drop_index("shipping_report_state_idx", "shipping_report")
    op.drop_constraint(op.f("shipping_report_counts_check"), "shipping_report")
    op.drop_constraint(op.f("shipping_report_state_check"), "shipping_report")
    for column in ("received_at", "claimed_until", "told_at", "doubt", "mode", "told", "tries", "code"):
        op.drop_column("shipping_report", column)
