"""Merchants' people, their roles by store and their sessions."""

from sqlalchemy import Boolean, CheckConstraint, Index, Integer, LargeBinary, Table, Text, Uuid, text

from zhanggui.core.schema import col, instant, metadata, store_id

staff_member = Table(
    "staff_member",
    metadata,
    col("staff_id", Uuid, "UUIDv7 made by the server", primary_key=True),
    col("login", Text, "sign-in name, lower case", unique=True),
    col("name", Text, "as shown in timelines"),
    col("password_hash", Text, "argon2id"),
    col("must_change_password", Boolean, "still the first one"),
    col("failures", Integer, "wrong passwords in a row", server_default=text("0")),
    instant("locked_until", "no tries before", nullable=True),
    col("active", Boolean, "may sign in", server_default=text("true")),
    instant("created_at", "when added"),
    comment="People who work in the console",
)

staff_role = Table(
    "staff_role",
    metadata,
    store_id(),
    col("staff_id", Uuid, "who", primary_key=True),
    col("role", Text, "owner, manager, clerk or operator; permissions in staff.rules"),
    CheckConstraint("role IN ('owner','manager','clerk','operator')", name="role"),
    Index("staff_role_staff_id_idx", "staff_id"),
    comment="What a person may do in which store",
)

staff_session = Table(
    "staff_session",
    metadata,
    col("session_id", Uuid, "UUIDv7 made by the server", primary_key=True),
    col("staff_id", Uuid, "who"),
    col("token_hash", LargeBinary, "SHA-256 of the cookie", unique=True),
    col("csrf", Text, "expected in X-CSRF-Token"),
    instant("created_at", "sign-in"),
    instant("seen_at", "last use, to the minute"),
    instant("expires_at", "signed out by itself then"),
    col("client", Text, "user agent, shortened"),
    col("address", Text, "network address"),
    Index("staff_session_staff_id_idx", "staff_id"),
    comment="Server-side sessions of the console",
)

staff_sign_in = Table(
    "staff_sign_in",
    metadata,
    col("id", Uuid, "UUIDv7 made by the server", primary_key=True),
    col("staff_id", Uuid, "who, when the login was somebody's", nullable=True),
    col("outcome", Text, "signed_in, refused, locked, password_changed or signed_out"),
    col("client", Text, "user agent, shortened"),
    col("address", Text, "network address"),
    instant("at", "when"),
    Index("staff_sign_in_staff_idx", "staff_id", "id"),
    comment="Who signed in from where, and who was refused",
)
