"""Refunds say why they do not go on; what was given back by hand at the provider is a refund too."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "refund",
        sa.Column(
            "stuck",
            sa.Text(),
            nullable=True,
            comment="why it does not go on: the provider's code of refusal, ABNORMAL or CLOSED; null while all is well",
        ),
    )
    op.add_column(
        "refund",
        sa.Column(
            "foreign_number",
            sa.Text(),
            nullable=True,
            comment="the number that it has at the provider when it was made there by hand",
        ),
    )
    op.alter_column(
        "refund",
        "kind",
        existing_type=sa.Text(),
        comment="cancel, late_payment, surplus, after_sale or foreign",
    )
    op.execute("UPDATE refund SET stuck = 'ABNORMAL' WHERE status = 'abnormal'")
    op.execute(
        """
        UPDATE refund r SET stuck = 'CLOSED' WHERE status = 'closed' AND NOT EXISTS (
          SELECT FROM refund n WHERE n.store_id = r.store_id AND n.attempt_id = r.attempt_id AND n.kind = r.kind
            AND n.cause_id IS NOT DISTINCT FROM r.cause_id AND n.id > r.id)
        """
    )
    op.create_index(
        "refund_stuck_idx",
        "refund",
        ["store_id", "order_id"],
        postgresql_where=sa.text("stuck IS NOT NULL"),
    )
    op.create_index(
        "refund_foreign_key",
        "refund",
        ["store_id", "foreign_number"],
        unique=True,
        postgresql_where=sa.text("foreign_number IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("refund_foreign_key", "refund")
    op.drop_index("refund_stuck_idx", "refund")
    op.alter_column(
        "refund", "kind", existing_type=sa.Text(), comment="cancel, late_payment, surplus or after_sale"
    )
    op.drop_column("refund", "foreign_number")
    op.drop_column("refund", "stuck")
