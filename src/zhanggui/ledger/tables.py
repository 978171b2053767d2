"""Accounts with their balances, the append-only journal of transfers, and the book that numbers it."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Index,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)

from zhanggui.core.schema import col, instant, metadata, store_id

ledger_book = Table(
    "ledger_book",
    metadata,
    store_id(),
    col("entries", BigInteger, "entries written: the newest has this number, and none is missing"),
    CheckConstraint("entries >= 0", name="entries"),
    comment="A store's book: its row is locked by whoever posts, so entries are numbered without gaps",
)

ledger_account = Table(
    "ledger_account",
    metadata,
    store_id(),
    col("id", Uuid, "made from store, code, owner and currency", primary_key=True),
    col("code", Text, "ledger.chart.CHART"),
    col(
        "owner_id",
        Uuid,
        "buyer, payment account or receiver it is kept for; zeros where the store has one only",
    ),
    col("currency", Text, "ISO 4217"),
    col("normal", Text, "debit or credit: the side that its balance is on"),
    col("strict", Boolean, "its balance may never be on the other side"),
    col(
        "debits_pending",
        BigInteger,
        "minor units announced on the debit side, neither done nor dropped",
        server_default=text("0"),
    ),
    col(
        "credits_pending",
        BigInteger,
        "minor units announced on the credit side",
        server_default=text("0"),
    ),
    col("debits_posted", BigInteger, "minor units on the debit side, all time", server_default=text("0")),
    col("credits_posted", BigInteger, "minor units on the credit side, all time", server_default=text("0")),
    instant("opened_at", "first posting"),
    instant("updated_at", "last posting"),
    CheckConstraint("normal IN ('debit','credit')", name="normal"),
    CheckConstraint(
        "debits_pending >= 0 AND credits_pending >= 0 AND debits_posted >= 0 AND credits_posted >= 0",
        name="sums",
    ),
    CheckConstraint(
        "NOT strict OR CASE normal"
        " WHEN 'credit' THEN debits_posted <= credits_posted"
        " AND debits_posted + debits_pending <= credits_posted + credits_pending"
        " ELSE credits_posted <= debits_posted"
        " AND credits_posted + credits_pending <= debits_posted + debits_pending END",
        name="side",
    ),
    Index("ledger_account_code_key", "store_id", "code", "owner_id", "currency", unique=True),
    comment="Accounts of a store's book with their balances, kept beside the journal",
)

ledger_entry = Table(
    "ledger_entry",
    metadata,
    col("store_id", Uuid, "owning store; first part of every key of the sale"),
    col("seq", BigInteger, "number in the store's book, from 1, without gaps"),
    col("key", Text, "posting it belongs to; a posting is written once"),
    col("position", SmallInteger, "place within its posting"),
    col("kind", Text, "payment, fee, refund, split, adjustment, …"),
    col("phase", Text, "posted; pending, later settled or voided by an entry of its own"),
    col("settles", Text, "key of the pending posting that this one settles or voids", nullable=True),
    col("debit_id", Uuid, "account debited"),
    col("credit_id", Uuid, "account credited with the same amount"),
    col("currency", Text, "ISO 4217"),
    col("amount", BigInteger, "minor units"),
    col("order_id", Uuid, "order concerned", nullable=True),
    col("ref_id", Uuid, "attempt, refund, split or difference that caused it", nullable=True),
    col("actor", Text, "buyer, merchant, system or platform"),
    col("actor_name", Text, "who, for a person", server_default=""),
    col("reason", Text, "why, for what a person posted", server_default=""),
    instant("at", "when it was written"),
    PrimaryKeyConstraint("store_id", "seq"),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("debit_id <> credit_id", name="sides"),
    CheckConstraint("phase IN ('posted','pending','settled','voided')", name="phase"),
    CheckConstraint("(phase IN ('settled','voided')) = (settles IS NOT NULL)", name="settles"),
    Index("ledger_entry_key_key", "store_id", "key", "position", unique=True),
    Index(
        "ledger_entry_settles_key",
        "store_id",
        "settles",
        "position",
        unique=True,
        postgresql_where=text("settles IS NOT NULL"),
    ),
    Index("ledger_entry_debit_idx", "store_id", "debit_id", "seq"),
    Index("ledger_entry_credit_idx", "store_id", "credit_id", "seq"),
    Index(
        "ledger_entry_order_idx", "store_id", "order_id", "seq", postgresql_where=text("order_id IS NOT NULL")
    ),
    comment="Append-only journal: a row is one amount from one account to another, so no row can be unbalanced",
)
