"""Returns: their tables, units taken out of an order before they left, exceptions from the 7 days, the operator's role."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

JOURNALS = ("return_event", "return_message")
ROLES = "role IN ('owner','manager','clerk')"
ROLES_AND_OPERATOR = "role IN ('owner','manager','clerk','operator')"
TAKEN_OUT = "cancelled >= 0 AND fulfilled + cancelled <= quantity AND cancelled <= refunded"


def upgrade() -> None:
    op.create_table(
        "return_event",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column("return_id", sa.Uuid(), nullable=False, comment="its return"),
        sa.Column("from_status", sa.Text(), nullable=True, comment="state before"),
        sa.Column("to_status", sa.Text(), nullable=False, comment="state after"),
        sa.Column("actor", sa.Text(), nullable=False, comment="buyer, merchant, system or platform"),
        sa.Column("actor_id", sa.Uuid(), nullable=True, comment="customer or staff member"),
        sa.Column("actor_name", sa.Text(), server_default="", nullable=False, comment="as shown"),
        sa.Column("reason", sa.Text(), server_default="", nullable=False, comment="why"),
        sa.Column(
            "data",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="amount, carrier, waybill, rule, …",
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when (UTC)"),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("return_event_pkey")),
        comment="Append-only moves of a return",
    )
    op.create_index("return_event_return_idx", "return_event", ["store_id", "return_id", "id"], unique=False)
    op.create_table(
        "return_line",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("return_id", sa.Uuid(), nullable=False, comment="its return"),
        sa.Column("order_line_id", sa.Uuid(), nullable=False, comment="line of the order"),
        sa.Column("position", sa.Integer(), nullable=False, comment="as in the order"),
        sa.Column("sku_id", sa.Uuid(), nullable=False, comment="what was bought"),
        sa.Column("exchange_sku_id", sa.Uuid(), nullable=True, comment="what it is exchanged for"),
        sa.Column("quantity", sa.Integer(), nullable=False, comment="units asked for"),
        sa.Column(
            "accepted", sa.Integer(), nullable=True, comment="units accepted, once inspected or paid back"
        ),
        sa.Column(
            "entitled",
            sa.BigInteger(),
            nullable=False,
            comment="fen these units are worth by the order's allocation",
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False, comment="fen they give back"),
        sa.Column(
            "shelved",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="units put back on the shelf",
        ),
        sa.Column(
            "written_off",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="units that came back and cannot be sold",
        ),
        sa.CheckConstraint("entitled >= 0 AND amount >= 0", name=op.f("return_line_amounts_check")),
        sa.CheckConstraint(
            "quantity > 0 AND accepted >= 0 AND accepted <= quantity", name=op.f("return_line_units_check")
        ),
        sa.CheckConstraint(
            "shelved >= 0 AND written_off >= 0 AND shelved + written_off <= quantity",
            name=op.f("return_line_stock_check"),
        ),
        sa.PrimaryKeyConstraint("store_id", "return_id", "order_line_id", name=op.f("return_line_pkey")),
        comment="Units of an order line in a return",
    )
    op.create_index("return_line_order_line_idx", "return_line", ["store_id", "order_line_id"], unique=False)
    op.create_table(
        "return_message",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("return_id", sa.Uuid(), nullable=False, comment="its return"),
        sa.Column(
            "seq", sa.Integer(), nullable=False, comment="order of the conversation, from 1 without gaps"
        ),
        sa.Column("side", sa.Text(), nullable=False, comment="buyer, merchant or platform"),
        sa.Column("author_id", sa.Uuid(), nullable=False, comment="customer or staff member"),
        sa.Column("author", sa.Text(), server_default="", nullable=False, comment="as shown"),
        sa.Column("body", sa.Text(), server_default="", nullable=False, comment="words"),
        sa.Column(
            "picture_ids", sa.ARRAY(sa.Uuid()), server_default="{}", nullable=False, comment="pictures"
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when (UTC)"),
        sa.CheckConstraint("side IN ('buyer','merchant','platform')", name=op.f("return_message_side_check")),
        sa.CheckConstraint("seq > 0", name=op.f("return_message_seq_check")),
        sa.PrimaryKeyConstraint("store_id", "return_id", "seq", name=op.f("return_message_pkey")),
        comment="The conversation about a return, append-only",
    )
    op.create_table(
        "return_policy",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column(
            "policy", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="returns.policy.Policy"
        ),
        sa.Column(
            "version",
            sa.Integer(),
            server_default=sa.text("1"),
            nullable=False,
            comment="compare-and-set for editors",
        ),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, comment="last change (UTC)"),
        sa.PrimaryKeyConstraint("store_id", name=op.f("return_policy_pkey")),
        comment="What a store leaves to rules about returns; defaults where there is no row",
    )
    op.create_table(
        "return_request",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column("number", sa.Text(), nullable=False, comment="what people read out"),
        sa.Column("order_id", sa.Uuid(), nullable=False, comment="order it belongs to"),
        sa.Column("customer_id", sa.Uuid(), nullable=False, comment="buyer"),
        sa.Column("kind", sa.Text(), nullable=False, comment="refund_only, return_refund or exchange"),
        sa.Column("reason", sa.Text(), nullable=False, comment="returns.rules.REASONS"),
        sa.Column("status", sa.Text(), nullable=False, comment="returns.rules.MOVES"),
        sa.Column("description", sa.Text(), server_default="", nullable=False, comment="buyer's words"),
        sa.Column(
            "picture_ids",
            sa.ARRAY(sa.Uuid()),
            server_default="{}",
            nullable=False,
            comment="buyer's pictures",
        ),
        sa.Column("currency", sa.Text(), nullable=False, comment="ISO 4217"),
        sa.Column("amount", sa.BigInteger(), nullable=False, comment="fen it gives back, fees included"),
        sa.Column("fees", sa.BigInteger(), nullable=False, comment="fen of shipping and packing in it"),
        sa.Column(
            "notify",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="the buyer is told when the money is back",
        ),
        sa.Column("decided_by", sa.Text(), nullable=True, comment="rule, merchant, time or operator"),
        sa.Column(
            "outcome", sa.Text(), nullable=True, comment="what the store's rules said: approve, reject or ask"
        ),
        sa.Column("rule", sa.Text(), nullable=True, comment="the rule that said so: returns.policy.Rule"),
        sa.Column(
            "reject_reason",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="why it was refused or lowered",
        ),
        sa.Column("carrier", sa.Text(), nullable=True, comment="carrier of what the buyer sent"),
        sa.Column("waybill", sa.Text(), nullable=True, comment="its number"),
        sa.Column("reship_carrier", sa.Text(), nullable=True, comment="carrier of the new goods"),
        sa.Column("reship_waybill", sa.Text(), nullable=True, comment="its number"),
        sa.Column("appeal", sa.Text(), nullable=True, comment="open, granted or dismissed"),
        sa.Column(
            "appeal_reason",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="buyer's words to the platform",
        ),
        sa.Column(
            "appeal_picture_ids",
            sa.ARRAY(sa.Uuid()),
            server_default="{}",
            nullable=False,
            comment="pictures of the appeal",
        ),
        sa.Column("appeal_note", sa.Text(), server_default="", nullable=False, comment="operator's words"),
        sa.Column(
            "appealed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the platform was called (UTC)",
        ),
        sa.Column(
            "due_at", sa.DateTime(timezone=True), nullable=True, comment="the state ends by itself then (UTC)"
        ),
        sa.Column(
            "messages",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="lines of the conversation so far",
        ),
        sa.Column(
            "version",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="moves so far; a timer holds for one",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="when asked for (UTC)"),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, comment="last change (UTC)"),
        sa.Column(
            "finished_at", sa.DateTime(timezone=True), nullable=True, comment="when it came to an end (UTC)"
        ),
        sa.CheckConstraint(
            "kind IN ('refund_only','return_refund','exchange')", name=op.f("return_request_kind_check")
        ),
        sa.CheckConstraint(
            "status IN ('requested','approved','sent_back','received','refunding','refunded','reshipped','completed','rejected','appealed','withdrawn','closed')",
            name=op.f("return_request_status_check"),
        ),
        sa.CheckConstraint(
            "amount >= 0 AND fees >= 0 AND fees <= amount", name=op.f("return_request_amounts_check")
        ),
        sa.CheckConstraint("messages >= 0 AND version >= 0", name=op.f("return_request_counters_check")),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("return_request_pkey")),
        comment="What a buyer wants back after paying, or exchanged",
    )
    op.create_index("return_request_customer_idx", "return_request", ["customer_id", "id"], unique=False)
    op.create_index(
        "return_request_due_idx",
        "return_request",
        ["store_id", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("status IN ('requested','sent_back','received')"),
    )
    op.create_index("return_request_number_key", "return_request", ["store_id", "number"], unique=True)
    op.create_index("return_request_order_idx", "return_request", ["store_id", "order_id"], unique=False)
    op.create_index("return_request_status_idx", "return_request", ["store_id", "status", "id"], unique=False)
    op.create_index(
        "return_request_waybill_idx",
        "return_request",
        ["store_id", "waybill"],
        unique=False,
        postgresql_where=sa.text("waybill IS NOT NULL"),
    )
    op.add_column(
        "order_line",
        sa.Column(
            "cancelled",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="units refunded before they could leave",
        ),
    )
    op.add_column(
        "order_line",
        sa.Column(
            "return_exception",
            sa.Text(),
            nullable=True,
            comment="why the 7 days did not hold when it was sold: returns.rules",
        ),
    )
    op.add_column(
        "product",
        sa.Column(
            "return_exception",
            sa.Text(),
            nullable=True,
            comment="why the 7 days to return do not hold; null: they do",
        ),
    )
    op.add_column(
        "refund", sa.Column("cause_id", sa.Uuid(), nullable=True, comment="return it is paid back for")
    )
    op.create_index(
        "refund_cause_idx",
        "refund",
        ["store_id", "cause_id"],
        unique=False,
        postgresql_where=sa.text("cause_id IS NOT NULL"),
    )
    op.alter_column(
        "staff_role",
        "role",
        existing_type=sa.TEXT(),
        comment="owner, manager, clerk or operator; permissions in staff.rules",
        existing_comment="owner, manager or clerk; permissions in staff.rules",
        existing_nullable=False,
    )
    op.create_check_constraint("taken_out", "order_line", TAKEN_OUT)
    op.drop_constraint("role", "staff_role", type_="check")
    op.create_check_constraint("role", "staff_role", ROLES_AND_OPERATOR)
    for table in JOURNALS:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()"
        )


def downgrade() -> None:
    for table in JOURNALS:
        op.execute(f"DROP TRIGGER append_only ON {table}")
    op.execute("DELETE FROM staff_role WHERE role = 'operator'")
    op.drop_constraint("role", "staff_role", type_="check")
    op.create_check_constraint("role", "staff_role", ROLES)
    op.drop_constraint("taken_out", "order_line", type_="check")
    op.alter_column(
        "staff_role",
        "role",
        existing_type=sa.TEXT(),
        comment="owner, manager or clerk; permissions in staff.rules",
        existing_comment="owner, manager, clerk or operator; permissions in staff.rules",
        existing_nullable=False,
    )
    op.drop_index("refund_cause_idx", table_name="refund", postgresql_where=sa.text("cause_id IS NOT NULL"))
    op.drop_column("refund", "cause_id")
    op.drop_column("product", "return_exception")
    op.drop_column("order_line", "return_exception")
    op.drop_column("order_line", "cancelled")
    op.drop_index(
        "return_request_waybill_idx",
        table_name="return_request",
        postgresql_where=sa.text("waybill IS NOT NULL"),
    )
    op.drop_index("return_request_status_idx", table_name="return_request")
    op.drop_index("return_request_order_idx", table_name="return_request")
    op.drop_index("return_request_number_key", table_name="return_request")
    op.drop_index(
        "return_request_due_idx",
        table_name="return_request",
        postgresql_where=sa.text("status IN ('requested','sent_back','received')"),
    )
    op.drop_index("return_request_customer_idx", table_name="return_request")
    op.drop_table("return_request")
    op.drop_table("return_policy")
    op.drop_table("return_message")
    op.drop_index("return_line_order_line_idx", table_name="return_line")
    op.drop_table("return_line")
    op.drop_index("return_event_return_idx", table_name="return_event")
    op.drop_table("return_event")
