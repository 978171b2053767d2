"""Splits, what was given back of them, transfers and withdrawals of the fund flow are compared too."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KINDS = "kind IN ('missing_here','missing_there','amount','state','fee') AND subject IN ("
BEFORE = KINDS + "'payment','refund','flow','order')"
NOW = KINDS + "'payment','refund','flow','order','split','split_return','transfer')"
SUBJECT = "payment, refund, flow (trade bill against fund-flow bill) or order"
LINE = "payment, refund; flow_payment, flow_fee, flow_refund, flow_fee_returned, flow_other"
NUMBER = "our number; of a flow_other the provider's"
AMOUNT = "fen, always positive but for flow_other"


def upgrade() -> None:
    _comment("bill_difference", "subject", f"{SUBJECT}, split, split_return, transfer")
    _comment("bill_line", "kind", f"{LINE}, flow_split, flow_split_return, flow_transfer, flow_drawn")
    _comment("bill_line", "number", "our number; of a flow_other and a flow_drawn the provider's")
    _comment("bill_line", "amount", "fen, positive on the usual side; signed for flow_other and flow_drawn")
    op.drop_constraint("kind", "bill_difference", type_="check")
    op.create_check_constraint("kind", "bill_difference", NOW)
    op.add_column(
        "bill_run",
        sa.Column(
            "drawn",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="fen drawn to the bank that are posted",
        ),
    )
    op.add_column(
        "split_return",
        sa.Column(
            "finished_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the provider says that it was had back (UTC)",
        ),
    )
    op.execute("UPDATE split_return SET finished_at = updated_at WHERE state = 'succeeded'")
    op.create_index(
        "split_share_paid_idx",
        "split_share",
        ["store_id", "paid_at"],
        postgresql_where=sa.text("out_order_no IS NOT NULL"),
    )
    op.create_index(
        "split_return_finished_idx",
        "split_return",
        ["store_id", "finished_at"],
        postgresql_where=sa.text("finished_at IS NOT NULL"),
    )
    op.create_index(
        "receiver_withdrawal_paid_idx",
        "receiver_withdrawal",
        ["store_id", "ended_at"],
        postgresql_where=sa.text("state = 'paid'"),
    )


def downgrade() -> None:
    op.drop_index("receiver_withdrawal_paid_idx", "receiver_withdrawal")
    op.drop_index("split_return_finished_idx", "split_return")
    op.drop_index("split_share_paid_idx", "split_share")
    op.drop_column("split_return", "finished_at")
    op.drop_column("bill_run", "drawn")
    op.drop_constraint("kind", "bill_difference", type_="check")
    op.execute("DELETE FROM bill_difference WHERE subject IN ('split','split_return','transfer')")
    op.create_check_constraint("kind", "bill_difference", BEFORE)
    _comment("bill_line", "amount", AMOUNT)
    _comment("bill_line", "number", NUMBER)
    _comment("bill_line", "kind", LINE)
    _comment("bill_difference", "subject", SUBJECT)


def _comment(table: str, column: str, comment: str) -> None:
    kind = sa.BigInteger() if column == "amount" else sa.Text()
    op.alter_column(table, column, existing_type=kind, comment=comment)
