"""Stores keep units at places they do not sell from, and what comes back can go there."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BEFORE = "kind IN ('receive','adjust','reserve','release','deduct','restock')"
NOW = "kind IN ('receive','adjust','reserve','release','deduct','restock','move')"


def upgrade() -> None:
    op.create_table(
        "stock_location",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column("name", sa.Text(), nullable=False, comment="as the merchant calls it"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="when opened (UTC)"),
        sa.Column(
            "closed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when closed; its journal stays (UTC)",
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("stock_location_pkey")),
        comment="Places where a store keeps units it does not sell from; its main location has no row",
    )
    op.drop_constraint("kind", "stock_movement", type_="check")
    op.create_check_constraint("kind", "stock_movement", NOW)
    op.alter_column(
        "stock_movement",
        "kind",
        existing_type=sa.Text(),
        comment="receive, adjust, reserve, release, deduct, restock or move",
    )
    op.add_column(
        "return_line",
        sa.Column(
            "location_id",
            sa.Uuid(),
            nullable=True,
            comment="where the shelved ones lie; null: on the store's own shelf",
        ),
    )


def downgrade() -> None:
    op.drop_column("return_line", "location_id")
    op.alter_column(
        "stock_movement",
        "kind",
        existing_type=sa.Text(),
        comment="receive, adjust, reserve, release, deduct or restock",
    )
    op.drop_constraint("kind", "stock_movement", type_="check")
    op.create_check_constraint("kind", "stock_movement", BEFORE)
    op.drop_table("stock_location")
