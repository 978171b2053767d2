"""Combined payments; the inbox holds calls of ours too; official accounts. Only additions: the code before runs on it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payment_combination",
        sa.Column(
            "customer_id",
            sa.Uuid(),
            nullable=False,
            comment="owning customer; first part of every key of an identity",
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="32 hex of it are the combine_out_trade_no"),
        sa.Column("store_id", sa.Uuid(), nullable=False, comment="store of the account that asks"),
        sa.Column(
            "account_id", sa.Uuid(), nullable=False, comment="account that asks, signs and is notified"
        ),
        sa.Column("appid", sa.Text(), nullable=False, comment="application the buyer pays in"),
        sa.Column("method", sa.Text(), nullable=False, comment="wechat_jsapi, wechat_h5 or wechat_native"),
        sa.Column("amount", sa.BigInteger(), nullable=False, comment="fen asked for all orders together"),
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
        sa.Column(
            "expires_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="the provider refuses payment after (UTC)",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="when made (UTC)"),
        sa.CheckConstraint("amount > 0", name=op.f("payment_combination_amount_check")),
        sa.PrimaryKeyConstraint("customer_id", "id", name=op.f("payment_combination_pkey")),
        comment="One payment for orders of several stores; its state is that of its attempts, one per order",
    )
    op.add_column(
        "payment_account",
        sa.Column(
            "sub_mchid",
            sa.Text(),
            nullable=True,
            comment="the store's number below a platform's merchant number",
        ),
    )
    op.add_column(
        "payment_attempt",
        sa.Column(
            "combined_id", sa.Uuid(), nullable=True, comment="the combined payment that this is a part of"
        ),
    )
    op.add_column(
        "payment_attempt",
        sa.Column(
            "appid",
            sa.Text(),
            nullable=True,
            comment="application the buyer pays in; the account's own when empty",
        ),
    )
    op.create_index(
        "payment_attempt_combined_idx",
        "payment_attempt",
        ["combined_id"],
        unique=False,
        postgresql_where=sa.text("combined_id IS NOT NULL"),
    )
    op.create_table_comment(
        "payment_attempt",
        "One try to have one order paid, alone or as part of a combined payment; one open at a time",
        existing_comment="One try to be paid; attempts and orders are many to one here, one open at a time",
        schema=None,
    )
    op.add_column(
        "provider_inbox",
        sa.Column(
            "direction",
            sa.Text(),
            server_default="in",
            nullable=False,
            comment="in: a message to us, out: a call of ours",
        ),
    )
    op.add_column(
        "provider_inbox",
        sa.Column(
            "state",
            sa.Text(),
            server_default="handled",
            nullable=False,
            comment="handled, refused, waiting or dead",
        ),
    )
    op.add_column(
        "provider_inbox",
        sa.Column("account_id", sa.Uuid(), nullable=True, comment="account it came to or went from"),
    )
    op.add_column(
        "provider_inbox",
        sa.Column("subject_id", sa.Uuid(), nullable=True, comment="attempt or refund it is about"),
    )
    op.add_column(
        "provider_inbox", sa.Column("error", sa.Text(), nullable=True, comment="what went wrong, last")
    )
    op.add_column(
        "provider_inbox",
        sa.Column(
            "tries",
            sa.Integer(),
            server_default=sa.text("1"),
            nullable=False,
            comment="times it came or was worked on",
        ),
    )
    op.add_column(
        "provider_inbox",
        sa.Column("took_ms", sa.Integer(), nullable=True, comment="how long a call of ours took"),
    )
    op.alter_column(
        "provider_inbox",
        "kind",
        existing_type=sa.TEXT(),
        comment="event type, or the call",
        existing_comment="event type",
        existing_nullable=False,
    )
    op.create_index(
        "provider_inbox_subject_idx",
        "provider_inbox",
        ["store_id", "subject_id", "received_at"],
        unique=False,
        postgresql_where=sa.text("subject_id IS NOT NULL"),
    )
    op.create_index(
        "provider_inbox_time_idx", "provider_inbox", ["store_id", "received_at", "external_id"], unique=False
    )
    op.create_table_comment(
        "provider_inbox",
        "Every message from outside, once, and every call of ours to a provider",
        existing_comment="Every verified message from outside, once",
        schema=None,
    )
    op.add_column(
        "wechat_app",
        sa.Column(
            "kind",
            sa.Text(),
            server_default="mini_program",
            nullable=False,
            comment="mini_program or official_account",
        ),
    )
    op.create_table_comment(
        "wechat_app",
        "Mini-programs and official accounts of this installation; they serve all its stores",
        existing_comment="Mini-programs of this installation; one serves all its stores",
        schema=None,
    )
    op.create_check_constraint(
        op.f("provider_inbox_direction_check"), "provider_inbox", "direction IN ('in','out')"
    )
    op.create_check_constraint(
        op.f("provider_inbox_state_check"),
        "provider_inbox",
        "state IN ('handled','refused','waiting','dead')",
    )


def downgrade() -> None:
    op.drop_column("wechat_app", "kind")
    op.drop_index("provider_inbox_time_idx", "provider_inbox")
    op.drop_index("provider_inbox_subject_idx", "provider_inbox")
    for column in ("took_ms", "tries", "error", "subject_id", "account_id", "state", "direction"):
        op.drop_column("provider_inbox", column)
    op.drop_column("payment_attempt", "appid")
    op.drop_column("payment_attempt", "combined_id")
    op.drop_column("payment_account", "sub_mchid")
    op.drop_table("payment_combination")
