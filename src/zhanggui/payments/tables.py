"""Accounts at providers, attempts, the inbox of what providers said, refunds."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from zhanggui.core.schema import col, instant, metadata, row_id, store_id

payment_account = Table(
    "payment_account",
    metadata,
    store_id(),
    row_id(),
    col("provider", Text, "wechat_pay"),
    col("appid", Text, "application the buyer pays in"),
    col("mchid", Text, "merchant number"),
    col("sealed", LargeBinary, "secrets as JSON, AES-256-GCM"),
    col("active", Integer, "1 for the account in use", server_default=text("1")),
    instant("created_at", "when added"),
    Index(
        "payment_account_in_use_key", "store_id", "provider", unique=True, postgresql_where=text("active = 1")
    ),
    Index("payment_account_id_idx", "id"),
    comment="A store's own account at a payment provider",
)

payment_attempt = Table(
    "payment_attempt",
    metadata,
    store_id(),
    row_id("32 hex of it are the out_trade_no"),
    col("order_id", Uuid, "what is paid"),
    col("customer_id", Uuid, "who pays"),
    col("account_id", Uuid, "into which account"),
    col("provider", Text, "wechat_pay"),
    col("method", Text, "wechat_jsapi, wechat_h5 or wechat_native"),
    col("status", Text, "payments.rules.MOVES"),
    col("amount", BigInteger, "fen asked"),
    col("currency", Text, "ISO 4217"),
    col("payer", Text, "openid", nullable=True),
    col("prepay", JSONB, "what the provider answered (prepay_id, h5_url, code_url)", nullable=True),
    instant("prepared_at", "when the provider answered", nullable=True),
    col("transaction_id", Text, "provider's number once paid", nullable=True),
    col("paid_amount", BigInteger, "fen received", nullable=True),
    instant("expires_at", "the provider refuses payment after"),
    col("queries", Integer, "times the provider was asked", server_default=text("0")),
    instant("succeeded_at", "when paid at the provider", nullable=True),
    instant("created_at", "when made"),
    instant("updated_at", "last change"),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("status IN ('created','pending','succeeded','closed','failed')", name="status"),
    Index("payment_attempt_order_idx", "store_id", "order_id"),
    Index(
        "payment_attempt_open_key",
        "store_id",
        "order_id",
        unique=True,
        postgresql_where=text("status IN ('created','pending')"),
    ),
    comment="One try to be paid; attempts and orders are many to one here, one open at a time",
)

provider_inbox = Table(
    "provider_inbox",
    metadata,
    store_id(),
    col("provider", Text, "wechat_pay", primary_key=True),
    col("external_id", Text, "the provider's id of the message", primary_key=True),
    col("kind", Text, "event type"),
    col("nonce", Text, "of the signature, kept for the replay window"),
    col("body", JSONB, "decrypted message"),
    col("outcome", Text, "what came of it", nullable=True),
    instant("received_at", "when"),
    instant("handled_at", "when it was acted upon", nullable=True),
    comment="Every verified message from outside, once",
)

refund = Table(
    "refund",
    metadata,
    store_id(),
    row_id("32 hex of it are the out_refund_no"),
    col("order_id", Uuid, "order it belongs to"),
    col("attempt_id", Uuid, "payment that is given back"),
    col("amount", BigInteger, "fen"),
    col("currency", Text, "ISO 4217"),
    col("reason", Text, "shown to the buyer"),
    col("kind", Text, "cancel, late_payment, surplus or after_sale"),
    col("status", Text, "requested, processing, succeeded, abnormal or closed"),
    col("provider_refund_id", Text, "provider's number", nullable=True),
    col("actor", Text, "buyer, merchant or system"),
    col("actor_name", Text, "as shown", server_default=""),
    col("notify", Boolean, "the buyer is told when it is done", server_default=text("true")),
    instant("succeeded_at", "when", nullable=True),
    instant("created_at", "when requested"),
    instant("updated_at", "last change"),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("status IN ('requested','processing','succeeded','abnormal','closed')", name="status"),
    Index("refund_order_idx", "store_id", "order_id"),
    Index("refund_attempt_idx", "store_id", "attempt_id"),
    comment="Money given back, a number each",
)
