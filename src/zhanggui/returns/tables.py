"""Returns, their lines, moves and conversation, and what each store leaves to rules."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from zhanggui.core.schema import col, instant, metadata, row_id, store_id

STATUSES = (
    "'requested','approved','sent_back','received','refunding','refunded','reshipped','completed','rejected',"
    "'appealed','withdrawn','closed'"
)

return_request = Table(
    "return_request",
    metadata,
    store_id(),
    row_id(),
    col("number", Text, "what people read out"),
    col("order_id", Uuid, "order it belongs to"),
    col("customer_id", Uuid, "buyer"),
    col("kind", Text, "refund_only, return_refund or exchange"),
    col("reason", Text, "returns.rules.REASONS"),
    col("status", Text, "returns.rules.MOVES"),
    col("description", Text, "buyer's words", server_default=""),
    col("picture_ids", ARRAY(Uuid), "buyer's pictures", server_default="{}"),
    col("currency", Text, "ISO 4217"),
    col("amount", BigInteger, "fen it gives back, fees included"),
    col("fees", BigInteger, "fen of shipping and packing in it"),
    col("notify", Boolean, "the buyer is told when the money is back", server_default=text("true")),
    col("decided_by", Text, "rule, merchant, time or operator", nullable=True),
    col("outcome", Text, "what the store's rules said: approve, reject or ask", nullable=True),
    col("rule", Text, "the rule that said so: returns.policy.Rule", nullable=True),
    col("reject_reason", Text, "why it was refused or lowered", server_default=""),
    col("carrier", Text, "carrier of what the buyer sent", nullable=True),
    col("waybill", Text, "its number", nullable=True),
    col("reship_carrier", Text, "carrier of the new goods", nullable=True),
    col("reship_waybill", Text, "its number", nullable=True),
    col("appeal", Text, "open, granted or dismissed", nullable=True),
    col("appeal_reason", Text, "buyer's words to the platform", server_default=""),
    col("appeal_picture_ids", ARRAY(Uuid), "pictures of the appeal", server_default="{}"),
    col("appeal_note", Text, "operator's words", server_default=""),
    instant("appealed_at", "when the platform was called", nullable=True),
    instant("due_at", "the state ends by itself then", nullable=True),
    col("messages", Integer, "lines of the conversation so far", server_default=text("0")),
    col("version", Integer, "moves so far; a timer holds for one", server_default=text("0")),
    instant("created_at", "when asked for"),
    instant("updated_at", "last change"),
    instant("finished_at", "when it came to an end", nullable=True),
    CheckConstraint(f"status IN ({STATUSES})", name="status"),
    CheckConstraint("kind IN ('refund_only','return_refund','exchange')", name="kind"),
    CheckConstraint("amount >= 0 AND fees >= 0 AND fees <= amount", name="amounts"),
    CheckConstraint("messages >= 0 AND version >= 0", name="counters"),
    Index("return_request_number_key", "store_id", "number", unique=True),
    Index("return_request_order_idx", "store_id", "order_id"),
    Index("return_request_customer_idx", "customer_id", "id"),
    Index("return_request_status_idx", "store_id", "status", "id"),
    Index(
        "return_request_due_idx",
        "store_id",
        "due_at",
        "id",
        postgresql_where=text("status IN ('requested','sent_back','received')"),
    ),
    Index("return_request_waybill_idx", "store_id", "waybill", postgresql_where=text("waybill IS NOT NULL")),
    comment="What a buyer wants back after paying, or exchanged",
)

return_line = Table(
    "return_line",
    metadata,
    store_id(),
    col("return_id", Uuid, "its return", primary_key=True),
    col("order_line_id", Uuid, "line of the order", primary_key=True),
    col("position", Integer, "as in the order"),
    col("sku_id", Uuid, "what was bought"),
    col("exchange_sku_id", Uuid, "what it is exchanged for", nullable=True),
    col("quantity", Integer, "units asked for"),
    col("accepted", Integer, "units accepted, once inspected or paid back", nullable=True),
    col("entitled", BigInteger, "fen these units are worth by the order's allocation"),
    col("amount", BigInteger, "fen they give back"),
    col("shelved", Integer, "units put back on the shelf", server_default=text("0")),
    col("written_off", Integer, "units that came back and cannot be sold", server_default=text("0")),
    CheckConstraint("quantity > 0 AND accepted >= 0 AND accepted <= quantity", name="units"),
    CheckConstraint("entitled >= 0 AND amount >= 0", name="amounts"),
    CheckConstraint("shelved >= 0 AND written_off >= 0 AND shelved + written_off <= quantity", name="stock"),
    Index("return_line_order_line_idx", "store_id", "order_line_id"),
    comment="Units of an order line in a return",
)

return_event = Table(
    "return_event",
    metadata,
    store_id(),
    row_id(),
    col("return_id", Uuid, "its return"),
    col("from_status", Text, "state before", nullable=True),
    col("to_status", Text, "state after"),
    col("actor", Text, "buyer, merchant, system or platform"),
    col("actor_id", Uuid, "customer or staff member", nullable=True),
    col("actor_name", Text, "as shown", server_default=""),
    col("reason", Text, "why", server_default=""),
    col("data", JSONB, "amount, carrier, waybill, rule, …"),
    instant("at", "when"),
    Index("return_event_return_idx", "store_id", "return_id", "id"),
    comment="Append-only moves of a return",
)

return_message = Table(
    "return_message",
    metadata,
    store_id(),
    col("return_id", Uuid, "its return", primary_key=True),
    col("seq", Integer, "order of the conversation, from 1 without gaps", primary_key=True),
    col("side", Text, "buyer, merchant or platform"),
    col("author_id", Uuid, "customer or staff member"),
    col("author", Text, "as shown", server_default=""),
    col("body", Text, "words", server_default=""),
    col("picture_ids", ARRAY(Uuid), "pictures", server_default="{}"),
    instant("at", "when"),
    CheckConstraint("seq > 0", name="seq"),
    CheckConstraint("side IN ('buyer','merchant','platform')", name="side"),
    comment="The conversation about a return, append-only",
)

return_policy = Table(
    "return_policy",
    metadata,
    store_id(),
    col("policy", JSONB, "returns.policy.Policy"),
    col("version", Integer, "compare-and-set for editors", server_default=text("1")),
    instant("updated_at", "last change"),
    comment="What a store leaves to rules about returns; defaults where there is no row",
)
