"""Differences of what an order had given back, of coupons, and of the balance at a day's end."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

SUBJECTS = "AND subject IN ('payment','refund','flow','order','split','split_return','transfer'"
BEFORE = f"kind IN ('missing_here','missing_there','amount','state','fee') {SUBJECTS})"
NOW = (
    "kind IN ('missing_here','missing_there','amount','refunded','coupon','state','fee','balance')"
    f" {SUBJECTS},'balance')"
)
SUBJECT = "payment, refund, flow (trade bill against fund-flow bill)"


def upgrade() -> None:
    _comment("subject", f"{SUBJECT}, order, split, split_return, transfer or balance")
    _comment("kind", "missing_here, missing_there, amount, refunded, coupon, state, fee or balance")
    op.drop_constraint("kind", "bill_difference", type_="check")
    op.create_check_constraint("kind", "bill_difference", NOW)


def downgrade() -> None:
    op.drop_constraint("kind", "bill_difference", type_="check")
    op.execute(
        "DELETE FROM bill_difference WHERE subject = 'balance' OR kind IN ('refunded','coupon','balance')"
    )
    op.create_check_constraint("kind", "bill_difference", BEFORE)
    _comment("kind", "missing_here, missing_there, amount, state or fee")
    _comment("subject", f"{SUBJECT} or order, split, split_return, transfer")


def _comment(column: str, comment: str) -> None:
    op.alter_column("bill_difference", column, existing_type=sa.Text(), comment=comment)
