"""A balance is a leader's or a referrer's only; what the provider says may be shared; calls of a split are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        UPDATE split_rule r SET enabled = false, updated_at = now() FROM split_receiver c
        WHERE c.store_id = r.store_id AND c.id = r.receiver_id
          AND c.payout = 'balance' AND c.kind NOT IN ('leader','referrer')
        """
    )
    op.execute(
        """
        UPDATE split_receiver SET state = 'removed', updated_at = now()
        WHERE payout = 'balance' AND kind NOT IN ('leader','referrer')
        """
    )
    op.create_check_constraint(
        "balance_kind",
        "split_receiver",
        "payout = 'sharing' OR kind IN ('leader','referrer') OR state = 'removed'",
    )
    op.add_column(
        "settlement_policy",
        sa.Column(
            "agreed_ratio",
            sa.Integer(),
            nullable=True,
            comment="ten-thousandths that the provider says may be shared; null until it was asked",
        ),
    )
    op.add_column(
        "settlement_policy",
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True, comment="when it said so (UTC)"),
    )
    op.add_column(
        "order_split",
        sa.Column(
            "calls",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="numbers used for calls that split it",
        ),
    )


def downgrade() -> None:
    op.drop_column("order_split", "calls")
    op.drop_column("settlement_policy", "agreed_at")
    op.drop_column("settlement_policy", "agreed_ratio")
    op.drop_constraint("balance_kind", "split_receiver", type_="check")
