"""Nonces of verified messages are remembered; an account's keys can be replaced while it is in use."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "provider_nonce",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("nonce", sa.Text(), nullable=False, comment="of a verified signature"),
        sa.Column("external_id", sa.Text(), nullable=False, comment="the message it came with"),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False, comment="when it came first (UTC)"),
        sa.PrimaryKeyConstraint("store_id", "nonce", name=op.f("provider_nonce_pkey")),
        comment="Nonces of messages that verified, kept for longer than a signature is good",
    )
    op.create_index("provider_nonce_seen_idx", "provider_nonce", ["seen_at"], postgresql_using="brin")
    op.add_column(
        "payment_account",
        sa.Column(
            "version",
            sa.Integer(),
            server_default=sa.text("1"),
            nullable=False,
            comment="counts up when its keys are replaced",
        ),
    )


def downgrade() -> None:
    op.drop_column("payment_account", "version")
    op.drop_table("provider_nonce")
