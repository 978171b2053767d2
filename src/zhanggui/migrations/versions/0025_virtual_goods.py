"""Goods without a body: how they are handed out, and what an order was given."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

BEFORE = "express, delivery, pickup or dine_in"
NOW = "express, delivery, pickup, dine_in or virtual"
NAMED = (("sales_order", "delivery_method"), ("fulfillment", "kind"))


def upgrade() -> None:
    op.create_table(
        "virtual_product",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column(
            "product_id",
            sa.Uuid(),
            nullable=False,
            comment="product without a body: a code, a link, a course",
        ),
        sa.Column(
            "at_payment",
            sa.Boolean(),
            nullable=False,
            comment="handed out by itself as soon as it is paid",
        ),
        sa.Column(
            "text_sealed",
            sa.LargeBinary(),
            nullable=True,
            comment="sealed: what every buyer of it is given",
        ),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, comment="last change (UTC)"),
        sa.PrimaryKeyConstraint("store_id", "product_id", name=op.f("virtual_product_pkey")),
        comment="How virtual products are handed out",
    )
    op.add_column(
        "fulfillment",
        sa.Column(
            "text_sealed",
            sa.LargeBinary(),
            nullable=True,
            comment="sealed: what a virtual order handed out, a code or a link",
        ),
    )
    for table, column in NAMED:
        op.alter_column(table, column, existing_type=sa.Text(), comment=NOW)


def downgrade() -> None:
    for table, column in NAMED:
        op.alter_column(table, column, existing_type=sa.Text(), comment=BEFORE)
    op.drop_column("fulfillment", "text_sealed")
    op.drop_table("virtual_product")
