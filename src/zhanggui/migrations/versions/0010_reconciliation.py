"""Reconciliation: runs, the provider's lines, differences; every account's first run is planned."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bill_run",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column("account_id", sa.Uuid(), nullable=False, comment="payment account"),
        sa.Column("bill_date", sa.Date(), nullable=False, comment="day of the bills, Beijing time"),
        sa.Column("status", sa.Text(), nullable=False, comment="running, matched, differences or failed"),
        sa.Column(
            "times", sa.Integer(), server_default=sa.text("1"), nullable=False, comment="how often it was run"
        ),
        sa.Column(
            "payments",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="payments in the trade bill",
        ),
        sa.Column(
            "refunds",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="refunds in the trade bill",
        ),
        sa.Column(
            "paid", sa.BigInteger(), server_default=sa.text("0"), nullable=False, comment="fen of payments"
        ),
        sa.Column(
            "refunded", sa.BigInteger(), server_default=sa.text("0"), nullable=False, comment="fen of refunds"
        ),
        sa.Column(
            "fees",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="fen the provider took, less what it returned",
        ),
        sa.Column(
            "billed",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="fen of these fees that are posted as taken by the provider",
        ),
        sa.Column(
            "closing_balance",
            sa.BigInteger(),
            nullable=True,
            comment="fen on the account after the last line of the fund-flow bill",
        ),
        sa.Column(
            "trade_sha1",
            sa.Text(),
            nullable=True,
            comment="hash of the trade bill; null when the provider had none",
        ),
        sa.Column(
            "flow_sha1",
            sa.Text(),
            nullable=True,
            comment="hash of the fund-flow bill; null when the provider had none",
        ),
        sa.Column(
            "found", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="differences found"
        ),
        sa.Column("book_holds", sa.Boolean(), nullable=True, comment="the whole book was added up and holds"),
        sa.Column("error", sa.Text(), nullable=True, comment="why it failed"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False, comment="last start (UTC)"),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True, comment="last end (UTC)"),
        sa.CheckConstraint(
            "status IN ('running','matched','differences','failed')", name=op.f("bill_run_status_check")
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("bill_run_pkey")),
        comment="Reconciliation of a payment account and day",
    )
    op.create_index("bill_run_date_idx", "bill_run", ["store_id", "bill_date", "id"], unique=False)
    op.create_index("bill_run_day_key", "bill_run", ["store_id", "account_id", "bill_date"], unique=True)
    op.create_table(
        "bill_line",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("account_id", sa.Uuid(), nullable=False, comment="payment account"),
        sa.Column("bill_date", sa.Date(), nullable=False, comment="day of the bill"),
        sa.Column(
            "kind",
            sa.Text(),
            nullable=False,
            comment="payment, refund; flow_payment, flow_fee, flow_refund, flow_fee_returned, flow_other",
        ),
        sa.Column("number", sa.Text(), nullable=False, comment="our number; of a flow_other the provider's"),
        sa.Column("transaction_id", sa.Text(), nullable=False, comment="provider's number"),
        sa.Column(
            "amount", sa.BigInteger(), nullable=False, comment="fen, always positive but for flow_other"
        ),
        sa.Column(
            "fee",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="fen taken, or returned with a refund",
        ),
        sa.Column("state", sa.Text(), server_default="", nullable=False, comment="the provider's word"),
        sa.Column(
            "at", sa.DateTime(timezone=True), nullable=False, comment="when it happened at the provider (UTC)"
        ),
        sa.PrimaryKeyConstraint(
            "store_id", "account_id", "bill_date", "kind", "number", name=op.f("bill_line_pkey")
        ),
        comment="Lines of the provider's bills",
    )
    op.create_index("bill_line_number_idx", "bill_line", ["store_id", "number"], unique=False)
    op.create_table(
        "bill_difference",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column("account_id", sa.Uuid(), nullable=False, comment="payment account"),
        sa.Column("bill_date", sa.Date(), nullable=False, comment="day of the bill"),
        sa.Column(
            "subject",
            sa.Text(),
            nullable=False,
            comment="payment, refund, flow (trade bill against fund-flow bill) or order",
        ),
        sa.Column("number", sa.Text(), nullable=False, comment="our number of it"),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="missing_here, missing_there, amount, state or fee"
        ),
        sa.Column("order_id", sa.Uuid(), nullable=True, comment="order concerned"),
        sa.Column("ref_id", sa.Uuid(), nullable=True, comment="attempt or refund concerned"),
        sa.Column("ours", sa.BigInteger(), nullable=True, comment="fen here"),
        sa.Column("theirs", sa.BigInteger(), nullable=True, comment="fen in the bill"),
        sa.Column("our_fee", sa.BigInteger(), nullable=True, comment="fen of fee here"),
        sa.Column("their_fee", sa.BigInteger(), nullable=True, comment="fen of fee in the bill"),
        sa.Column("our_state", sa.Text(), nullable=True, comment="state here"),
        sa.Column("their_state", sa.Text(), nullable=True, comment="state in the bill"),
        sa.Column("status", sa.Text(), nullable=False, comment="open, finished, adjusted or gone"),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False, comment="when (UTC)"),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True, comment="when (UTC)"),
        sa.Column("resolved_by", sa.Text(), nullable=True, comment="staff member's name"),
        sa.Column("reason", sa.Text(), nullable=True, comment="why it was settled this way"),
        sa.CheckConstraint(
            "(status = 'open') = (resolved_at IS NULL)", name=op.f("bill_difference_resolved_check")
        ),
        sa.CheckConstraint(
            "kind IN ('missing_here','missing_there','amount','state','fee') AND subject IN ('payment','refund','flow','order')",
            name=op.f("bill_difference_kind_check"),
        ),
        sa.CheckConstraint(
            "status IN ('open','finished','adjusted','gone')", name=op.f("bill_difference_status_check")
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("bill_difference_pkey")),
        comment="What the provider's bill and our books say differently, and how it was settled",
    )
    op.create_index(
        "bill_difference_found_key",
        "bill_difference",
        ["store_id", "account_id", "bill_date", "subject", "number", "kind"],
        unique=True,
    )
    op.create_index("bill_difference_open_idx", "bill_difference", ["store_id", "status", "id"], unique=False)
    op.execute(
        """
        INSERT INTO job (store_id, id, kind, key, payload, state, due_at, created_at)
        SELECT store_id, gen_random_uuid(), 'reconciliation.day', id || '/' || day,
          jsonb_build_object('account_id', id, 'date', day), 'waiting', now() + interval '1 day', now()
        FROM payment_account, to_char(now() AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD') AS d (day)
        """
    )


def downgrade() -> None:
    op.execute("DELETE FROM job WHERE kind = 'reconciliation.day'")
    op.drop_table("bill_difference")
    op.drop_table("bill_line")
    op.drop_table("bill_run")
