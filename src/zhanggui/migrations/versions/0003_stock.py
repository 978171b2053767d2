"""Stock, its journal, reservations, flash sales."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "flash_item",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("sale_id", sa.Uuid(), nullable=False, comment="its sale"),
        sa.Column("sku_id", sa.Uuid(), nullable=False, comment="what"),
        sa.Column("position", sa.Integer(), nullable=False, comment="as the merchant listed it"),
        sa.Column("price", sa.BigInteger(), nullable=False, comment="fen a unit during the sale"),
        sa.Column(
            "per_buyer",
            sa.Integer(),
            nullable=False,
            comment="most units for one buyer, held and ordered together",
        ),
        sa.Column("planned", sa.Integer(), nullable=False, comment="units to set aside when it is scheduled"),
        sa.Column(
            "units", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="units set aside"
        ),
        sa.Column(
            "free", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="of them nobody's yet"
        ),
        sa.Column(
            "held",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="of them held by places",
        ),
        sa.Column(
            "ordered",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="of them in orders, paid or not",
        ),
        sa.Column(
            "returned",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="of them given back to ordinary stock",
        ),
        sa.CheckConstraint(
            "free >= 0 AND held >= 0 AND ordered >= 0 AND returned >= 0 AND units = free + held + ordered + returned",
            name=op.f("flash_item_units_check"),
        ),
        sa.CheckConstraint(
            "planned > 0 AND per_buyer > 0 AND price >= 0", name=op.f("flash_item_terms_check")
        ),
        sa.PrimaryKeyConstraint("store_id", "sale_id", "sku_id", name=op.f("flash_item_pkey")),
        comment="What a flash sale offers and where its units are: the one row that a reservation of a SKU changes",
    )
    op.create_table(
        "flash_movement",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column("sale_id", sa.Uuid(), nullable=False, comment="its sale"),
        sa.Column("sku_id", sa.Uuid(), nullable=False, comment="what"),
        sa.Column(
            "kind",
            sa.Text(),
            nullable=False,
            comment="set_aside, take_down, hold, expire, order, give_back or close",
        ),
        sa.Column("places", sa.Integer(), nullable=False, comment="places concerned"),
        sa.Column("units", sa.Integer(), nullable=False, comment="change of units"),
        sa.Column("free", sa.Integer(), nullable=False, comment="change of free"),
        sa.Column("held", sa.Integer(), nullable=False, comment="change of held"),
        sa.Column("ordered", sa.Integer(), nullable=False, comment="change of ordered"),
        sa.Column("returned", sa.Integer(), nullable=False, comment="change of returned"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when (UTC)"),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("flash_movement_pkey")),
        comment="Append-only journal of flash_item: one row for each batch of equal changes",
    )
    op.create_index("flash_movement_sale_idx", "flash_movement", ["store_id", "sale_id", "id"], unique=False)
    op.create_table(
        "flash_place",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("customer_id", sa.Uuid(), nullable=False, comment="buyer, the only one who can redeem it"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="token of the holder"),
        sa.Column("sale_id", sa.Uuid(), nullable=False, comment="its sale"),
        sa.Column("sku_id", sa.Uuid(), nullable=False, comment="what"),
        sa.Column("quantity", sa.Integer(), nullable=False, comment="units"),
        sa.Column("price", sa.BigInteger(), nullable=False, comment="fen a unit, as promised"),
        sa.Column(
            "state",
            sa.Text(),
            nullable=False,
            comment="held, ordered, expired, withdrawn (sale cancelled) or returned (order cancelled)",
        ),
        sa.Column("key", sa.Text(), nullable=False, comment="Idempotency-Key it was asked for under"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="when it was given (UTC)"
        ),
        sa.Column(
            "expires_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="the order must have been placed before (UTC)",
        ),
        sa.Column("order_id", sa.Uuid(), nullable=True, comment="the order that redeemed it"),
        sa.Column(
            "settled_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when it was redeemed, expired or returned (UTC)",
        ),
        sa.CheckConstraint(
            "state IN ('held','ordered','expired','withdrawn','returned')",
            name=op.f("flash_place_state_check"),
        ),
        sa.CheckConstraint("quantity > 0 AND price >= 0", name=op.f("flash_place_quantity_check")),
        sa.PrimaryKeyConstraint("store_id", "customer_id", "id", name=op.f("flash_place_pkey")),
        comment="A buyer's place in a flash sale: units held under a token until an order is placed or time is over",
    )
    op.create_index(
        "flash_place_due_idx",
        "flash_place",
        ["store_id", "sale_id", "expires_at"],
        unique=False,
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_index(
        "flash_place_order_idx",
        "flash_place",
        ["store_id", "order_id"],
        unique=False,
        postgresql_where=sa.text("order_id IS NOT NULL"),
    )
    op.create_table(
        "flash_sale",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column(
            "name",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="as buyers see it, {zh, en}",
        ),
        sa.Column(
            "status",
            sa.Text(),
            nullable=False,
            comment="draft, scheduled (units are set aside), ended or cancelled",
        ),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False, comment="first places (UTC)"),
        sa.Column(
            "ends_at", sa.DateTime(timezone=True), nullable=False, comment="no places from then on (UTC)"
        ),
        sa.Column(
            "reserve_seconds",
            sa.Integer(),
            nullable=False,
            comment="how long a place is held before its order must be placed, seconds",
        ),
        sa.Column(
            "pay_seconds",
            sa.Integer(),
            nullable=False,
            comment="how long an order with a place may stay unpaid, seconds",
        ),
        sa.Column(
            "version",
            sa.Integer(),
            nullable=False,
            comment="raised by every change; a stale editor is refused",
        ),
        sa.Column("created_by", sa.Text(), nullable=False, comment="staff member's name"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="when (UTC)"),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, comment="last change (UTC)"),
        sa.CheckConstraint(
            "status IN ('draft','scheduled','ended','cancelled')", name=op.f("flash_sale_status_check")
        ),
        sa.CheckConstraint(
            "ends_at > starts_at AND reserve_seconds > 0 AND pay_seconds > 0",
            name=op.f("flash_sale_times_check"),
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("flash_sale_pkey")),
        comment="Flash sales (秒杀) of a store",
    )
    op.create_index(
        "flash_sale_live_idx",
        "flash_sale",
        ["store_id", "ends_at"],
        unique=False,
        postgresql_where=sa.text("status = 'scheduled'"),
    )
    op.create_table(
        "reservation",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column(
            "holder_id",
            sa.Uuid(),
            nullable=False,
            comment="token of the holder: an order, a flash-sale place, a cart",
        ),
        sa.Column("sku_id", sa.Uuid(), nullable=False, comment="what"),
        sa.Column("location_id", sa.Uuid(), nullable=False, comment="where"),
        sa.Column(
            "quantity",
            sa.Integer(),
            nullable=False,
            comment="units held; 0 only where a flash sale has given all of them away",
        ),
        sa.Column("state", sa.Text(), nullable=False, comment="held, consumed (deducted) or released"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="when reserved (UTC)"),
        sa.Column(
            "settled_at", sa.DateTime(timezone=True), nullable=True, comment="when consumed or released (UTC)"
        ),
        sa.CheckConstraint("state IN ('held','consumed','released')", name=op.f("reservation_state_check")),
        sa.CheckConstraint("quantity >= 0", name=op.f("reservation_quantity_check")),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("reservation_pkey")),
        comment="Units promised to a holder; releasing moves only what this row holds",
    )
    op.create_index(
        "reservation_holder_key",
        "reservation",
        ["store_id", "holder_id", "sku_id", "location_id"],
        unique=True,
    )
    op.create_table(
        "stock",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("sku_id", sa.Uuid(), nullable=False, comment="what"),
        sa.Column(
            "location_id", sa.Uuid(), nullable=False, comment="where; the store's own id is its main location"
        ),
        sa.Column(
            "on_hand", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="units there"
        ),
        sa.Column(
            "reserved",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="units promised to open orders",
        ),
        sa.Column(
            "safety", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="units never sold"
        ),
        sa.Column(
            "sold_out_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="taken off sale until then (估清) (UTC)",
        ),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, comment="last movement (UTC)"),
        sa.CheckConstraint(
            "on_hand >= 0 AND reserved >= 0 AND reserved <= on_hand AND safety >= 0",
            name=op.f("stock_balance_check"),
        ),
        sa.PrimaryKeyConstraint("store_id", "sku_id", "location_id", name=op.f("stock_pkey")),
        comment="Stock balances; always equal to the sum of stock_movement",
    )
    op.create_table(
        "stock_movement",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column("sku_id", sa.Uuid(), nullable=False, comment="what"),
        sa.Column("location_id", sa.Uuid(), nullable=False, comment="where"),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="receive, adjust, reserve, release, deduct or restock"
        ),
        sa.Column("on_hand_delta", sa.Integer(), nullable=False, comment="change of on_hand"),
        sa.Column("reserved_delta", sa.Integer(), nullable=False, comment="change of reserved"),
        sa.Column("on_hand_after", sa.Integer(), nullable=False, comment="balance after it"),
        sa.Column("reserved_after", sa.Integer(), nullable=False, comment="reserved after it"),
        sa.Column("reason", sa.Text(), server_default="", nullable=False, comment="given by the actor"),
        sa.Column("actor", sa.Text(), nullable=False, comment="who: buyer, system or a staff member's name"),
        sa.Column("ref_id", sa.Uuid(), nullable=True, comment="order it belongs to"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when (UTC)"),
        sa.CheckConstraint(
            "kind IN ('receive','adjust','reserve','release','deduct','restock')",
            name=op.f("stock_movement_kind_check"),
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("stock_movement_pkey")),
        comment="Append-only journal of stock",
    )
    op.create_index(
        "stock_movement_ref_idx",
        "stock_movement",
        ["store_id", "ref_id"],
        unique=False,
        postgresql_where=sa.text("ref_id IS NOT NULL"),
    )
    op.create_index("stock_movement_sku_idx", "stock_movement", ["store_id", "sku_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("stock_movement")
    op.drop_table("stock")
    op.drop_table("reservation")
    op.drop_table("flash_sale")
    op.drop_table("flash_place")
    op.drop_table("flash_movement")
    op.drop_table("flash_item")
