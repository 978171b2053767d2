"""Fulfillment and messages; journals that cannot be rewritten."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

JOURNALS = (
    "stock_movement",
    "flash_movement",
    "order_event",
    "event_log",
    "customer_consent",
    "staff_sign_in",
)


def upgrade() -> None:
    op.create_table(
        "fulfillment",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column("order_id", sa.Uuid(), nullable=False, comment="its order"),
        sa.Column("kind", sa.Text(), nullable=False, comment="express, delivery, pickup or dine_in"),
        sa.Column("status", sa.Text(), nullable=False, comment="fulfillment.rules.MOVES"),
        sa.Column("carrier", sa.Text(), nullable=True, comment="carrier code"),
        sa.Column("waybill", sa.Text(), nullable=True, comment="tracking number"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="when it began (UTC)"),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True, comment="left the store (UTC)"),
        sa.Column(
            "delivered_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="arrived or was handed over (UTC)",
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("fulfillment_pkey")),
        comment="How goods reach the buyer; one or more per order",
    )
    op.create_index("fulfillment_order_idx", "fulfillment", ["store_id", "order_id"], unique=False)
    op.create_index(
        "fulfillment_waybill_idx",
        "fulfillment",
        ["store_id", "waybill"],
        unique=False,
        postgresql_where=sa.text("waybill IS NOT NULL"),
    )
    op.create_table(
        "fulfillment_line",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("fulfillment_id", sa.Uuid(), nullable=False, comment="its fulfillment"),
        sa.Column("order_line_id", sa.Uuid(), nullable=False, comment="what"),
        sa.Column("quantity", sa.Integer(), nullable=False, comment="units"),
        sa.CheckConstraint("quantity > 0", name=op.f("fulfillment_line_quantity_check")),
        sa.PrimaryKeyConstraint(
            "store_id", "fulfillment_id", "order_line_id", name=op.f("fulfillment_line_pkey")
        ),
        comment="What is in a fulfillment",
    )
    op.create_table(
        "message_quota",
        sa.Column(
            "customer_id",
            sa.Uuid(),
            nullable=False,
            comment="owning customer; first part of every key of an identity",
        ),
        sa.Column("template_id", sa.Text(), nullable=False, comment="platform's template"),
        sa.Column(
            "remaining",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="consents not used yet: one consent is one message",
        ),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, comment="last change (UTC)"),
        sa.PrimaryKeyConstraint("customer_id", "template_id", name=op.f("message_quota_pkey")),
        comment="Quota of one-time subscriptions",
    )
    op.create_table(
        "message_sent",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column("customer_id", sa.Uuid(), nullable=False, comment="to whom"),
        sa.Column("order_id", sa.Uuid(), nullable=False, comment="about what"),
        sa.Column("event", sa.Text(), nullable=False, comment="paid, ready, shipped or refunded"),
        sa.Column("template_id", sa.Text(), nullable=True, comment="platform's template"),
        sa.Column(
            "data", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="template arguments"
        ),
        sa.Column("status", sa.Text(), nullable=False, comment="sent, no_quota, no_openid or failed"),
        sa.Column("error", sa.Text(), nullable=True, comment="platform's answer"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when (UTC)"),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("message_sent_pkey")),
        comment="Subscription messages, one per order and event",
    )
    op.create_index("message_sent_order_key", "message_sent", ["store_id", "order_id", "event"], unique=True)
    op.create_table(
        "shipping_report",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("order_id", sa.Uuid(), nullable=False, comment="order that was paid through the platform"),
        sa.Column("state", sa.Text(), nullable=False, comment="waiting, sent or failed"),
        sa.Column("error", sa.Text(), nullable=True, comment="platform's answer"),
        sa.Column("times", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="reports sent"),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, comment="last change (UTC)"),
        sa.PrimaryKeyConstraint("store_id", "order_id", name=op.f("shipping_report_pkey")),
        comment="Shipping told to the platform, on which settlement depends",
    )
    op.execute(
        """
        CREATE FUNCTION refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
        """
    )
    for table in JOURNALS:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()"
        )


def downgrade() -> None:
    for table in JOURNALS:
        op.execute(f"DROP TRIGGER append_only ON {table}")
    op.execute("DROP FUNCTION refuse_rewrite()")
    op.drop_table("shipping_report")
    op.drop_table("message_sent")
    op.drop_table("message_quota")
    op.drop_table("fulfillment_line")
    op.drop_table("fulfillment")
