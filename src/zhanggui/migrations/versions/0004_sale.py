"""Carts, orders, payments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "buyer_gate",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("customer_id", sa.Uuid(), nullable=False, comment="buyer"),
        sa.Column(
            "placed_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="last try to place an order (UTC)",
        ),
        sa.PrimaryKeyConstraint("store_id", "customer_id", name=op.f("buyer_gate_pkey")),
        comment="Locked while a buyer places in a store, so that limits per buyer hold whatever comes at once",
    )
    op.create_table(
        "cart_line",
        sa.Column(
            "customer_id",
            sa.Uuid(),
            nullable=False,
            comment="owning customer; first part of every key of an identity",
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column("store_id", sa.Uuid(), nullable=False, comment="store it is bought in"),
        sa.Column("sku_id", sa.Uuid(), nullable=False, comment="what"),
        sa.Column(
            "modifiers",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="chosen modifiers [{group, option}], sorted",
        ),
        sa.Column(
            "modifiers_hash",
            sa.LargeBinary(),
            nullable=False,
            comment="SHA-256 of modifiers: equal choices are one line",
        ),
        sa.Column("quantity", sa.Integer(), nullable=False, comment="units"),
        sa.Column(
            "selected",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="ticked for checkout",
        ),
        sa.Column(
            "added_unit_price",
            sa.BigInteger(),
            nullable=False,
            comment="fen when it was put in, to flag changes",
        ),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False, comment="when (UTC)"),
        sa.CheckConstraint("quantity > 0", name=op.f("cart_line_quantity_check")),
        sa.PrimaryKeyConstraint("customer_id", "id", name=op.f("cart_line_pkey")),
        comment="What a buyer or guest means to buy",
    )
    op.create_index(
        "cart_line_item_key",
        "cart_line",
        ["customer_id", "store_id", "sku_id", "modifiers_hash"],
        unique=True,
    )
    op.create_table(
        "daily_counter",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("name", sa.Text(), nullable=False, comment="what is counted, e.g. pickup"),
        sa.Column("day", sa.Text(), nullable=False, comment="local date YYYY-MM-DD"),
        sa.Column("value", sa.Integer(), nullable=False, comment="last number given"),
        sa.PrimaryKeyConstraint("store_id", "name", "day", name=op.f("daily_counter_pkey")),
        comment="Short numbers that start again every day (never a key)",
    )
    op.create_table(
        "order_event",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column("order_id", sa.Uuid(), nullable=False, comment="its order"),
        sa.Column(
            "kind",
            sa.Text(),
            nullable=False,
            comment="placed, paid, preparing, ready, shipped, …: messages.json code timeline_{kind}",
        ),
        sa.Column("from_status", sa.Text(), nullable=True, comment="order status before"),
        sa.Column("to_status", sa.Text(), nullable=True, comment="order status after"),
        sa.Column("actor", sa.Text(), nullable=False, comment="buyer, merchant, system or platform"),
        sa.Column("actor_id", sa.Uuid(), nullable=True, comment="customer or staff member"),
        sa.Column("actor_name", sa.Text(), server_default="", nullable=False, comment="as shown"),
        sa.Column("reason", sa.Text(), server_default="", nullable=False, comment="why"),
        sa.Column(
            "data",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="carrier, waybill, amount, …",
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when (UTC)"),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("order_event_pkey")),
        comment="Append-only timeline of an order",
    )
    op.create_index("order_event_order_idx", "order_event", ["store_id", "order_id", "id"], unique=False)
    op.create_table(
        "order_line",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column("order_id", sa.Uuid(), nullable=False, comment="its order"),
        sa.Column("position", sa.Integer(), nullable=False, comment="as the buyer saw it"),
        sa.Column("sku_id", sa.Uuid(), nullable=False, comment="what"),
        sa.Column("product_id", sa.Uuid(), nullable=False, comment="its product"),
        sa.Column("sku_code", sa.Text(), nullable=False, comment="merchant's code when it was sold"),
        sa.Column(
            "name",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="product name when it was sold, {zh, en}",
        ),
        sa.Column(
            "spec_text",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="chosen specification, {zh, en}",
        ),
        sa.Column(
            "modifiers_text",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="chosen modifiers, {zh, en}",
        ),
        sa.Column(
            "modifiers", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="[{group, option}]"
        ),
        sa.Column("picture_id", sa.Uuid(), nullable=True, comment="picture"),
        sa.Column("quantity", sa.Integer(), nullable=False, comment="units"),
        sa.Column("unit_price", sa.BigInteger(), nullable=False, comment="fen with modifiers"),
        sa.Column("amount", sa.BigInteger(), nullable=False, comment="fen, unit price × quantity"),
        sa.Column("discount", sa.BigInteger(), nullable=False, comment="fen allocated to this line"),
        sa.Column("payable", sa.BigInteger(), nullable=False, comment="fen, amount - discount"),
        sa.Column(
            "fulfilled",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="units shipped or handed over",
        ),
        sa.Column(
            "refunded", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="units refunded"
        ),
        sa.Column(
            "weight_g", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="grams a unit"
        ),
        sa.CheckConstraint(
            "fulfilled >= 0 AND fulfilled <= quantity AND refunded >= 0 AND refunded <= quantity",
            name=op.f("order_line_units_check"),
        ),
        sa.CheckConstraint(
            "quantity > 0 AND unit_price >= 0 AND amount = unit_price * quantity AND discount >= 0 AND payable = amount - discount AND payable >= 0",
            name=op.f("order_line_amounts_check"),
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("order_line_pkey")),
        comment="What was sold, as it was when it was sold",
    )
    op.create_index("order_line_order_idx", "order_line", ["store_id", "order_id", "position"], unique=False)
    op.create_index("order_line_sku_idx", "order_line", ["store_id", "sku_id"], unique=False)
    op.create_table(
        "payment_account",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column("provider", sa.Text(), nullable=False, comment="wechat_pay"),
        sa.Column("appid", sa.Text(), nullable=False, comment="application the buyer pays in"),
        sa.Column("mchid", sa.Text(), nullable=False, comment="merchant number"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False, comment="secrets as JSON, AES-256-GCM"),
        sa.Column(
            "active",
            sa.Integer(),
            server_default=sa.text("1"),
            nullable=False,
            comment="1 for the account in use",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="when added (UTC)"),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("payment_account_pkey")),
        comment="A store's own account at a payment provider",
    )
    op.create_index("payment_account_id_idx", "payment_account", ["id"], unique=False)
    op.create_index(
        "payment_account_in_use_key",
        "payment_account",
        ["store_id", "provider"],
        unique=True,
        postgresql_where=sa.text("active = 1"),
    )
    op.create_table(
        "payment_attempt",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="32 hex of it are the out_trade_no"),
        sa.Column("order_id", sa.Uuid(), nullable=False, comment="what is paid"),
        sa.Column("customer_id", sa.Uuid(), nullable=False, comment="who pays"),
        sa.Column("account_id", sa.Uuid(), nullable=False, comment="into which account"),
        sa.Column("provider", sa.Text(), nullable=False, comment="wechat_pay"),
        sa.Column("method", sa.Text(), nullable=False, comment="wechat_jsapi, wechat_h5 or wechat_native"),
        sa.Column("status", sa.Text(), nullable=False, comment="payments.rules.MOVES"),
        sa.Column("amount", sa.BigInteger(), nullable=False, comment="fen asked"),
        sa.Column("currency", sa.Text(), nullable=False, comment="ISO 4217"),
        sa.Column("payer", sa.Text(), nullable=True, comment="openid"),
        sa.Column(
            "prepay",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="what the provider answered (prepay_id, h5_url, code_url)",
        ),
        sa.Column(
            "prepared_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the provider answered (UTC)",
        ),
        sa.Column("transaction_id", sa.Text(), nullable=True, comment="provider's number once paid"),
        sa.Column("paid_amount", sa.BigInteger(), nullable=True, comment="fen received"),
        sa.Column(
            "expires_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="the provider refuses payment after (UTC)",
        ),
        sa.Column(
            "queries",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="times the provider was asked",
        ),
        sa.Column(
            "succeeded_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when paid at the provider (UTC)",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="when made (UTC)"),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, comment="last change (UTC)"),
        sa.CheckConstraint(
            "status IN ('created','pending','succeeded','closed','failed')",
            name=op.f("payment_attempt_status_check"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("payment_attempt_amount_check")),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("payment_attempt_pkey")),
        comment="One try to be paid; attempts and orders are many to one here, one open at a time",
    )
    op.create_index(
        "payment_attempt_open_key",
        "payment_attempt",
        ["store_id", "order_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('created','pending')"),
    )
    op.create_index("payment_attempt_order_idx", "payment_attempt", ["store_id", "order_id"], unique=False)
    op.create_table(
        "provider_inbox",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("provider", sa.Text(), nullable=False, comment="wechat_pay"),
        sa.Column("external_id", sa.Text(), nullable=False, comment="the provider's id of the message"),
        sa.Column("kind", sa.Text(), nullable=False, comment="event type"),
        sa.Column("nonce", sa.Text(), nullable=False, comment="of the signature, kept for the replay window"),
        sa.Column(
            "body", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="decrypted message"
        ),
        sa.Column("outcome", sa.Text(), nullable=True, comment="what came of it"),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, comment="when (UTC)"),
        sa.Column(
            "handled_at", sa.DateTime(timezone=True), nullable=True, comment="when it was acted upon (UTC)"
        ),
        sa.PrimaryKeyConstraint("store_id", "provider", "external_id", name=op.f("provider_inbox_pkey")),
        comment="Every verified message from outside, once",
    )
    op.create_table(
        "refund",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="32 hex of it are the out_refund_no"),
        sa.Column("order_id", sa.Uuid(), nullable=False, comment="order it belongs to"),
        sa.Column("attempt_id", sa.Uuid(), nullable=False, comment="payment that is given back"),
        sa.Column("amount", sa.BigInteger(), nullable=False, comment="fen"),
        sa.Column("currency", sa.Text(), nullable=False, comment="ISO 4217"),
        sa.Column("reason", sa.Text(), nullable=False, comment="shown to the buyer"),
        sa.Column("kind", sa.Text(), nullable=False, comment="cancel, late_payment, surplus or after_sale"),
        sa.Column(
            "status",
            sa.Text(),
            nullable=False,
            comment="requested, processing, succeeded, abnormal or closed",
        ),
        sa.Column("provider_refund_id", sa.Text(), nullable=True, comment="provider's number"),
        sa.Column("actor", sa.Text(), nullable=False, comment="buyer, merchant or system"),
        sa.Column("actor_name", sa.Text(), server_default="", nullable=False, comment="as shown"),
        sa.Column(
            "notify",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="the buyer is told when it is done",
        ),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True, comment="when (UTC)"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="when requested (UTC)"),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, comment="last change (UTC)"),
        sa.CheckConstraint(
            "status IN ('requested','processing','succeeded','abnormal','closed')",
            name=op.f("refund_status_check"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("refund_amount_check")),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("refund_pkey")),
        comment="Money given back, a number each",
    )
    op.create_index("refund_attempt_idx", "refund", ["store_id", "attempt_id"], unique=False)
    op.create_index("refund_order_idx", "refund", ["store_id", "order_id"], unique=False)
    op.create_table(
        "sales_order",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column("number", sa.Text(), nullable=False, comment="what people read out"),
        sa.Column("customer_id", sa.Uuid(), nullable=False, comment="buyer"),
        sa.Column("status", sa.Text(), nullable=False, comment="orders.rules.MOVES"),
        sa.Column("refund_status", sa.Text(), nullable=True, comment="null, processing or refunded"),
        sa.Column("channel", sa.Text(), nullable=False, comment="mp or h5"),
        sa.Column(
            "delivery_method", sa.Text(), nullable=False, comment="express, delivery, pickup or dine_in"
        ),
        sa.Column("currency", sa.Text(), nullable=False, comment="ISO 4217"),
        sa.Column("items_total", sa.BigInteger(), nullable=False, comment="fen, before discounts"),
        sa.Column("packing_fee", sa.BigInteger(), nullable=False, comment="fen"),
        sa.Column("shipping_fee", sa.BigInteger(), nullable=False, comment="fen"),
        sa.Column("discount_total", sa.BigInteger(), nullable=False, comment="fen"),
        sa.Column("tax", sa.BigInteger(), nullable=False, comment="fen"),
        sa.Column("total", sa.BigInteger(), nullable=False, comment="fen to pay"),
        sa.Column(
            "paid_amount",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="fen received for it",
        ),
        sa.Column(
            "refunded_amount",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="fen given back or on the way back",
        ),
        sa.Column("quantity", sa.Integer(), nullable=False, comment="units over all lines"),
        sa.Column(
            "trace",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="why this price: [{step, text, amount}]",
        ),
        sa.Column("remark", sa.Text(), server_default="", nullable=False, comment="buyer's words"),
        sa.Column(
            "cutlery", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="sets wanted"
        ),
        sa.Column("table_code", sa.Text(), nullable=True, comment="dine-in table"),
        sa.Column("table_name", sa.Text(), nullable=True, comment="dine-in table's name"),
        sa.Column(
            "contact_sealed",
            sa.LargeBinary(),
            nullable=True,
            comment="recipient, phone, address as JSON, AES-256-GCM",
        ),
        sa.Column(
            "contact_phone_index", sa.LargeBinary(), nullable=True, comment="blind index of the phone number"
        ),
        sa.Column(
            "region_text",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="province city district, unsealed for lists",
        ),
        sa.Column(
            "pickup_number", sa.Text(), nullable=True, comment="called out at the counter, per store and day"
        ),
        sa.Column("pickup_code", sa.Text(), nullable=True, comment="proves the right to collect"),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False, comment="when (UTC)"),
        sa.Column(
            "pay_by", sa.DateTime(timezone=True), nullable=False, comment="closed when unpaid then (UTC)"
        ),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True, comment="when (UTC)"),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True, comment="cancelled when (UTC)"),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True, comment="when (UTC)"),
        sa.Column(
            "hidden",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="1 once the buyer hid it",
        ),
        sa.CheckConstraint(
            "status IN ('pending_payment','closing','cancelled','paid','preparing','fulfilled','completed')",
            name=op.f("sales_order_status_check"),
        ),
        sa.CheckConstraint(
            "items_total >= 0 AND packing_fee >= 0 AND shipping_fee >= 0 AND discount_total >= 0 AND tax >= 0 AND total = items_total + packing_fee + shipping_fee + tax - discount_total AND total >= 0",
            name=op.f("sales_order_total_check"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("sales_order_quantity_check")),
        sa.CheckConstraint(
            "refunded_amount >= 0 AND refunded_amount <= paid_amount", name=op.f("sales_order_refunds_check")
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("sales_order_pkey")),
        comment="Orders; status is derived from payment and fulfillments, stored and indexed",
    )
    op.create_index("sales_order_customer_idx", "sales_order", ["customer_id", "id"], unique=False)
    op.create_index("sales_order_number_key", "sales_order", ["store_id", "number"], unique=True)
    op.create_index(
        "sales_order_pay_by_idx",
        "sales_order",
        ["pay_by"],
        unique=False,
        postgresql_where=sa.text("status IN ('pending_payment','closing')"),
    )
    op.create_index("sales_order_phone_idx", "sales_order", ["store_id", "contact_phone_index"], unique=False)
    op.create_index(
        "sales_order_pickup_code_key",
        "sales_order",
        ["store_id", "pickup_code"],
        unique=True,
        postgresql_where=sa.text("pickup_code IS NOT NULL AND status NOT IN ('cancelled','completed')"),
    )
    op.create_index("sales_order_status_idx", "sales_order", ["store_id", "status", "id"], unique=False)
    op.create_index(
        "sales_order_unpaid_idx",
        "sales_order",
        ["store_id", "customer_id"],
        unique=False,
        postgresql_where=sa.text("status IN ('pending_payment','closing')"),
    )


def downgrade() -> None:
    op.drop_table("sales_order")
    op.drop_table("refund")
    op.drop_table("provider_inbox")
    op.drop_table("payment_attempt")
    op.drop_table("payment_account")
    op.drop_table("order_line")
    op.drop_table("order_event")
    op.drop_table("daily_counter")
    op.drop_table("cart_line")
    op.drop_table("buyer_gate")
