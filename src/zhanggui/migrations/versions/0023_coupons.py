"""What coupons of the provider paid of payments, took of refunds, and what its bills say of them."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

PARTS = "payer_amount {least} AND payer_amount <= settled_amount AND settled_amount <= {whole}"


def upgrade() -> None:
    op.alter_column(
        "payment_attempt",
        "paid_amount",
        existing_type=sa.BigInteger(),
        comment="fen received, coupons of the provider counted",
    )
    _add("payment_attempt", "payer_amount", "fen of it that the buyer paid himself")
    _add(
        "payment_attempt",
        "settled_amount",
        "fen of it that the provider settles, before its fee: without the store's own coupons",
    )
    op.create_check_constraint("parts", "payment_attempt", PARTS.format(least="> 0", whole="paid_amount"))
    _add("refund", "payer_amount", "fen of it that reach the buyer, as the provider says")
    _add("refund", "settled_amount", "fen of it that the provider takes from the store, before its fee")
    op.create_check_constraint("parts", "refund", PARTS.format(least=">= 0", whole="amount"))
    _add(
        "bill_line", "settled", "fen of a payment or refund that reached or left the account, before the fee"
    )
    op.add_column(
        "bill_line",
        sa.Column(
            "coupon",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="fen of it that prefunded coupons paid",
        ),
    )


def downgrade() -> None:
    op.drop_column("bill_line", "coupon")
    op.drop_column("bill_line", "settled")
    for table in ("refund", "payment_attempt"):
        op.drop_constraint("parts", table, type_="check")
        op.drop_column(table, "settled_amount")
        op.drop_column(table, "payer_amount")
    op.alter_column("payment_attempt", "paid_amount", existing_type=sa.BigInteger(), comment="fen received")


def _add(table: str, column: str, comment: str) -> None:
    op.add_column(table, sa.Column(column, sa.BigInteger(), nullable=True, comment=comment))
