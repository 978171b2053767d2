"""Buyers, guests, how they are recognised, their addresses and consents."""

from sqlalchemy import Boolean, Float, Index, Integer, LargeBinary, Table, Text, Uuid, text

from zhanggui.core.schema import col, customer_id, instant, metadata, row_id

customer = Table(
    "customer",
    metadata,
    customer_id(),
    col("guest", Boolean, "has not signed in yet"),
    col("merged_into", Uuid, "the buyer this guest became", nullable=True),
    col("nickname", Text, "as shown", server_default=""),
    col("avatar", Text, "picture path", nullable=True),
    col("phone_sealed", LargeBinary, "phone number, AES-256-GCM", nullable=True),
    col("phone_index", LargeBinary, "blind index of the phone number", nullable=True),
    col("locale", Text, "zh or en", server_default="zh"),
    instant("created_at", "first visit"),
    Index(
        "customer_phone_index_key",
        "phone_index",
        unique=True,
        postgresql_where=text("phone_index IS NOT NULL"),
    ),
    comment="A buyer or a guest",
)

customer_identity = Table(
    "customer_identity",
    metadata,
    customer_id(),
    row_id(),
    col("provider", Text, "wechat_mp, wechat_oa"),
    col("appid", Text, "the provider's application"),
    col("subject", Text, "openid"),
    col("unionid", Text, "same person across applications of one platform account", nullable=True),
    instant("created_at", "first sign-in"),
    Index("customer_identity_subject_key", "provider", "appid", "subject", unique=True),
    Index("customer_identity_unionid_idx", "unionid", postgresql_where=text("unionid IS NOT NULL")),
    comment="How an outside system names a buyer",
)

customer_session = Table(
    "customer_session",
    metadata,
    customer_id(),
    row_id("session, named in access tokens"),
    col(
        "generation", Integer, "of the refresh token in force; the one before is good for 30 s after rotation"
    ),
    instant("rotated_at", "last refresh"),
    instant("expires_at", "signed out by itself then"),
    instant("revoked_at", "signed out", nullable=True),
    col("client", Text, "user agent, shortened"),
    instant("created_at", "sign-in"),
    Index("customer_session_expires_idx", "expires_at", postgresql_using="brin"),
    comment="Revocable sessions behind short-lived access tokens",
)

one_time_code = Table(
    "one_time_code",
    metadata,
    row_id(),
    col("phone_index", LargeBinary, "blind index of the phone number"),
    col("code_hash", LargeBinary, "keyed hash; the code itself is never stored"),
    col("tries", Integer, "wrong tries so far", server_default=text("0")),
    instant("expires_at", "not good after"),
    instant("used_at", "when it was accepted", nullable=True),
    instant("created_at", "when it was sent"),
    Index("one_time_code_phone_idx", "phone_index", "created_at"),
    Index("one_time_code_created_idx", "created_at", postgresql_using="brin"),
    comment="Sign-in codes sent by SMS",
)

customer_address = Table(
    "customer_address",
    metadata,
    customer_id(),
    row_id(),
    col("sealed", LargeBinary, "recipient, phone and detail as JSON, AES-256-GCM"),
    col("region_code", Text, "GB/T 2260 code, 6 or 9 digits"),
    col("province", Text, "name"),
    col("city", Text, "name"),
    col("district", Text, "name"),
    col("street", Text, "name, may be empty", server_default=""),
    col("lat", Float, "latitude, WGS-84", nullable=True),
    col("lng", Float, "longitude, WGS-84", nullable=True),
    col("tag", Text, "home, work, school or empty", server_default=""),
    col("is_default", Boolean, "preset at checkout"),
    instant("created_at", "when it was added"),
    instant("updated_at", "last change"),
    comment="Address book",
)

customer_consent = Table(
    "customer_consent",
    metadata,
    customer_id(),
    row_id(),
    col("kind", Text, "what was agreed to, e.g. privacy"),
    col("version", Text, "of the text"),
    instant("at", "when"),
    comment="Consent records, append-only",
)
