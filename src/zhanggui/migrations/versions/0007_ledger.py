"""The ledger: a book for each store, its accounts and its journal."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ledger_book",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column(
            "entries",
            sa.BigInteger(),
            nullable=False,
            comment="entries written: the newest has this number, and none is missing",
        ),
        sa.CheckConstraint("entries >= 0", name=op.f("ledger_book_entries_check")),
        sa.PrimaryKeyConstraint("store_id", name=op.f("ledger_book_pkey")),
        comment="A store's book: its row is locked by whoever posts, so entries are numbered without gaps",
    )
    op.create_table(
        "ledger_account",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="made from store, code, owner and currency"),
        sa.Column("code", sa.Text(), nullable=False, comment="ledger.chart.CHART"),
        sa.Column(
            "owner_id",
            sa.Uuid(),
            nullable=False,
            comment="buyer, payment account or receiver it is kept for; zeros where the store has one only",
        ),
        sa.Column("currency", sa.Text(), nullable=False, comment="ISO 4217"),
        sa.Column(
            "normal", sa.Text(), nullable=False, comment="debit or credit: the side that its balance is on"
        ),
        sa.Column(
            "strict", sa.Boolean(), nullable=False, comment="its balance may never be on the other side"
        ),
        sa.Column(
            "debits_pending",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="minor units announced on the debit side, neither done nor dropped",
        ),
        sa.Column(
            "credits_pending",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="minor units announced on the credit side",
        ),
        sa.Column(
            "debits_posted",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="minor units on the debit side, all time",
        ),
        sa.Column(
            "credits_posted",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="minor units on the credit side, all time",
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False, comment="first posting (UTC)"),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, comment="last posting (UTC)"),
        sa.CheckConstraint(
            "NOT strict OR CASE normal WHEN 'credit' THEN debits_posted <= credits_posted AND debits_posted + debits_pending <= credits_posted + credits_pending ELSE credits_posted <= debits_posted AND credits_posted + credits_pending <= debits_posted + debits_pending END",
            name=op.f("ledger_account_side_check"),
        ),
        sa.CheckConstraint("normal IN ('debit','credit')", name=op.f("ledger_account_normal_check")),
        sa.CheckConstraint(
            "debits_pending >= 0 AND credits_pending >= 0 AND debits_posted >= 0 AND credits_posted >= 0",
            name=op.f("ledger_account_sums_check"),
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("ledger_account_pkey")),
        comment="Accounts of a store's book with their balances, kept beside the journal",
    )
    op.create_index(
        "ledger_account_code_key", "ledger_account", ["store_id", "code", "owner_id", "currency"], unique=True
    )
    op.create_table(
        "ledger_entry",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column(
            "seq", sa.BigInteger(), nullable=False, comment="number in the store's book, from 1, without gaps"
        ),
        sa.Column(
            "key", sa.Text(), nullable=False, comment="posting it belongs to; a posting is written once"
        ),
        sa.Column("position", sa.SmallInteger(), nullable=False, comment="place within its posting"),
        sa.Column("kind", sa.Text(), nullable=False, comment="payment, fee, refund, split, adjustment, …"),
        sa.Column(
            "phase",
            sa.Text(),
            nullable=False,
            comment="posted; pending, later settled or voided by an entry of its own",
        ),
        sa.Column(
            "settles",
            sa.Text(),
            nullable=True,
            comment="key of the pending posting that this one settles or voids",
        ),
        sa.Column("debit_id", sa.Uuid(), nullable=False, comment="account debited"),
        sa.Column("credit_id", sa.Uuid(), nullable=False, comment="account credited with the same amount"),
        sa.Column("currency", sa.Text(), nullable=False, comment="ISO 4217"),
        sa.Column("amount", sa.BigInteger(), nullable=False, comment="minor units"),
        sa.Column("order_id", sa.Uuid(), nullable=True, comment="order concerned"),
        sa.Column(
            "ref_id", sa.Uuid(), nullable=True, comment="attempt, refund, split or difference that caused it"
        ),
        sa.Column("actor", sa.Text(), nullable=False, comment="buyer, merchant, system or platform"),
        sa.Column("actor_name", sa.Text(), server_default="", nullable=False, comment="who, for a person"),
        sa.Column(
            "reason", sa.Text(), server_default="", nullable=False, comment="why, for what a person posted"
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when it was written (UTC)"),
        sa.CheckConstraint(
            "(phase IN ('settled','voided')) = (settles IS NOT NULL)", name=op.f("ledger_entry_settles_check")
        ),
        sa.CheckConstraint(
            "phase IN ('posted','pending','settled','voided')", name=op.f("ledger_entry_phase_check")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ledger_entry_amount_check")),
        sa.CheckConstraint("debit_id <> credit_id", name=op.f("ledger_entry_sides_check")),
        sa.PrimaryKeyConstraint("store_id", "seq", name=op.f("ledger_entry_pkey")),
        comment="Append-only journal: a row is one amount from one account to another, so no row can be unbalanced",
    )
    op.create_index("ledger_entry_credit_idx", "ledger_entry", ["store_id", "credit_id", "seq"], unique=False)
    op.create_index("ledger_entry_debit_idx", "ledger_entry", ["store_id", "debit_id", "seq"], unique=False)
    op.create_index("ledger_entry_key_key", "ledger_entry", ["store_id", "key", "position"], unique=True)
    op.create_index(
        "ledger_entry_order_idx",
        "ledger_entry",
        ["store_id", "order_id", "seq"],
        unique=False,
        postgresql_where=sa.text("order_id IS NOT NULL"),
    )
    op.create_index(
        "ledger_entry_settles_key",
        "ledger_entry",
        ["store_id", "settles", "position"],
        unique=True,
        postgresql_where=sa.text("settles IS NOT NULL"),
    )
    op.add_column(
        "payment_account",
        sa.Column(
            "fee_rate",
            sa.Integer(),
            server_default=sa.text("60"),
            nullable=False,
            comment="provider's fee in hundredths of a percent of what is paid",
        ),
    )
    op.create_check_constraint(
        op.f("payment_account_fee_rate_check"), "payment_account", "fee_rate BETWEEN 0 AND 10000"
    )
    op.execute(
        """
        CREATE FUNCTION ledger_settles() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM FROM ledger_entry p
          WHERE p.store_id = NEW.store_id AND p.key = NEW.settles AND p.position = NEW.position AND p.phase = 'pending'
            AND p.debit_id = NEW.debit_id AND p.credit_id = NEW.credit_id AND p.currency = NEW.currency
            AND p.amount = NEW.amount;
          IF NOT FOUND THEN
            RAISE EXCEPTION 'posting % is not pending with this content', NEW.settles USING ERRCODE = 'check_violation';
          END IF;
          RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER settles BEFORE INSERT ON ledger_entry FOR EACH ROW WHEN (NEW.settles IS NOT NULL) "
        "EXECUTE FUNCTION ledger_settles()"
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_entry "
        "FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()"
    )
    op.execute(
        "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON ledger_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("payment_account_fee_rate_check"), "payment_account")
    op.drop_column("payment_account", "fee_rate")
    op.drop_table("ledger_entry")
    op.execute("DROP FUNCTION ledger_settles()")
    op.drop_table("ledger_account")
    op.drop_table("ledger_book")
