"""Tables of the floor itself: idempotency keys, event log, jobs, rate limits, refusals, changes of settings."""

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, LargeBinary, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from zhanggui.core.schema import col, instant, metadata, row_id, store_id

idempotency_key = Table(
    "idempotency_key",
    metadata,
    store_id(),
    col("owner_id", Uuid, "customer or staff member who sent the key", primary_key=True),
    col("key", Text, "Idempotency-Key header", primary_key=True),
    col(
        "fingerprint",
        LargeBinary,
        "SHA-256 of operation and body; another body under the same key is refused",
    ),
    col("result", JSONB, "what was answered the first time"),
    instant("created_at", "when it was first used"),
    Index("idempotency_key_created_idx", "created_at", postgresql_using="brin"),
    comment="First answers of creating writes, so that a repeated request changes nothing",
)

event_log = Table(
    "event_log",
    metadata,
    store_id(),
    row_id(),
    col(
        "xid",
        BigInteger,
        "transaction that wrote it; readers stay below the oldest one still open",
        server_default=text("(pg_current_xact_id()::text::bigint)"),
    ),
    col("topic", Text, "what happened, e.g. order.paid"),
    col("entity_id", Uuid, "the order, product or SKU it happened to"),
    col("customer_id", Uuid, "buyer concerned", nullable=True),
    col("payload", JSONB, "facts a reader needs without another query"),
    instant("at", "when it happened"),
    Index("event_log_xid_idx", "xid", "id"),
    comment="Append-only log of changes, read by every process with its own cursor",
)

event_cursor = Table(
    "event_cursor",
    metadata,
    col("reader", Text, "name of a reader that must not miss anything", primary_key=True),
    col("xid", BigInteger, "transaction of the last event read"),
    col("event_id", Uuid, "last event read"),
    comment="How far a lasting reader of the event log has come",
)

job = Table(
    "job",
    metadata,
    store_id(),
    row_id(),
    col("kind", Text, "which handler runs it"),
    col("key", Text, "makes enqueuing idempotent within kind and store"),
    col("payload", JSONB, "arguments of the handler"),
    col("state", Text, "waiting, done or dead"),
    instant("due_at", "not before this"),
    col("attempts", Integer, "tries so far", server_default=text("0")),
    instant("leased_until", "a worker has it until then", nullable=True),
    col("last_error", Text, "why the last try failed", nullable=True),
    instant("created_at", "when it was enqueued"),
    instant("finished_at", "when it was done or given up", nullable=True),
    CheckConstraint("state IN ('waiting','done','dead')", name="state"),
    Index("job_key_key", "store_id", "kind", "key", unique=True),
    Index("job_due_idx", "due_at", postgresql_where=text("state = 'waiting'")),
    Index("job_created_idx", "created_at", postgresql_using="brin"),
    comment="Work with one consumer: retried with back-off, dead-lettered, replayable",
)

rate_limit = Table(
    "rate_limit",
    metadata,
    col("key", LargeBinary, "SHA-256 of what is limited and for whom", primary_key=True),
    col("used", Integer, "times within the window"),
    instant("window_ends_at", "counts from zero again after this"),
    CheckConstraint("used > 0", name="used"),
    Index("rate_limit_window_idx", "window_ends_at"),
    comment="Fixed-window counters shared by all processes",
)

refusal = Table(
    "refusal",
    metadata,
    store_id(),
    row_id(),
    col("side", Text, "shop or console"),
    col("owner_id", Uuid, "customer or staff member who was refused"),
    col("who", Text, "the staff member's name at that time", server_default=""),
    col("operation", Text, "the endpoint"),
    col("subject", Text, "the path that was called, with its ids"),
    col("code", Text, "why"),
    col("field", Text, "what was at fault", nullable=True),
    col("beyond", Integer, "refusals of the same person before it that got no row", server_default=text("0")),
    instant("at", "when"),
    CheckConstraint("side IN ('shop','console')", name="side"),
    Index("refusal_at_idx", "at", postgresql_using="brin"),
    comment="Append-only trace of writes that were refused for what they said; never the values",
)

setting_change = Table(
    "setting_change",
    metadata,
    store_id(),
    row_id(),
    col("staff_id", Uuid, "who; null for the command line", nullable=True),
    col("who", Text, "name at that time"),
    col("what", Text, "which setting"),
    col("subject", Text, "whose, e.g. an appid or merchant number"),
    col("detail", JSONB, "what may be shown of it; never a secret"),
    instant("at", "when"),
    Index("setting_change_what_idx", "store_id", "what", "id"),
    comment="Append-only journal of changes that people must be able to look up",
)
