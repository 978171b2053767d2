"""Stores, buyers, staff, and the floor they stand on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customer",
        sa.Column(
            "customer_id",
            sa.Uuid(),
            nullable=False,
            comment="owning customer; first part of every key of an identity",
        ),
        sa.Column("guest", sa.Boolean(), nullable=False, comment="has not signed in yet"),
        sa.Column("merged_into", sa.Uuid(), nullable=True, comment="the buyer this guest became"),
        sa.Column("nickname", sa.Text(), server_default="", nullable=False, comment="as shown"),
        sa.Column("avatar", sa.Text(), nullable=True, comment="picture path"),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True, comment="phone number, AES-256-GCM"),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True, comment="blind index of the phone number"),
        sa.Column("locale", sa.Text(), server_default="zh", nullable=False, comment="zh or en"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="first visit (UTC)"),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("customer_pkey")),
        comment="A buyer or a guest",
    )
    op.create_index(
        "customer_phone_index_key",
        "customer",
        ["phone_index"],
        unique=True,
        postgresql_where=sa.text("phone_index IS NOT NULL"),
    )
    op.create_table(
        "customer_address",
        sa.Column(
            "customer_id",
            sa.Uuid(),
            nullable=False,
            comment="owning customer; first part of every key of an identity",
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column(
            "sealed",
            sa.LargeBinary(),
            nullable=False,
            comment="recipient, phone and detail as JSON, AES-256-GCM",
        ),
        sa.Column("region_code", sa.Text(), nullable=False, comment="GB/T 2260 code, 6 or 9 digits"),
        sa.Column("province", sa.Text(), nullable=False, comment="name"),
        sa.Column("city", sa.Text(), nullable=False, comment="name"),
        sa.Column("district", sa.Text(), nullable=False, comment="name"),
        sa.Column("street", sa.Text(), server_default="", nullable=False, comment="name, may be empty"),
        sa.Column("lat", sa.Float(), nullable=True, comment="latitude, WGS-84"),
        sa.Column("lng", sa.Float(), nullable=True, comment="longitude, WGS-84"),
        sa.Column("tag", sa.Text(), server_default="", nullable=False, comment="home, work, school or empty"),
        sa.Column("is_default", sa.Boolean(), nullable=False, comment="preset at checkout"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="when it was added (UTC)"
        ),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, comment="last change (UTC)"),
        sa.PrimaryKeyConstraint("customer_id", "id", name=op.f("customer_address_pkey")),
        comment="Address book",
    )
    op.create_table(
        "customer_consent",
        sa.Column(
            "customer_id",
            sa.Uuid(),
            nullable=False,
            comment="owning customer; first part of every key of an identity",
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column("kind", sa.Text(), nullable=False, comment="what was agreed to, e.g. privacy"),
        sa.Column("version", sa.Text(), nullable=False, comment="of the text"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when (UTC)"),
        sa.PrimaryKeyConstraint("customer_id", "id", name=op.f("customer_consent_pkey")),
        comment="Consent records, append-only",
    )
    op.create_table(
        "customer_identity",
        sa.Column(
            "customer_id",
            sa.Uuid(),
            nullable=False,
            comment="owning customer; first part of every key of an identity",
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column("provider", sa.Text(), nullable=False, comment="wechat_mp, wechat_oa"),
        sa.Column("appid", sa.Text(), nullable=False, comment="the provider's application"),
        sa.Column("subject", sa.Text(), nullable=False, comment="openid"),
        sa.Column(
            "unionid",
            sa.Text(),
            nullable=True,
            comment="same person across applications of one platform account",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="first sign-in (UTC)"),
        sa.PrimaryKeyConstraint("customer_id", "id", name=op.f("customer_identity_pkey")),
        comment="How an outside system names a buyer",
    )
    op.create_index(
        "customer_identity_subject_key", "customer_identity", ["provider", "appid", "subject"], unique=True
    )
    op.create_index(
        "customer_identity_unionid_idx",
        "customer_identity",
        ["unionid"],
        unique=False,
        postgresql_where=sa.text("unionid IS NOT NULL"),
    )
    op.create_table(
        "customer_session",
        sa.Column(
            "customer_id",
            sa.Uuid(),
            nullable=False,
            comment="owning customer; first part of every key of an identity",
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="session, named in access tokens"),
        sa.Column(
            "generation",
            sa.Integer(),
            nullable=False,
            comment="of the refresh token in force; the one before is good for 30 s after rotation",
        ),
        sa.Column("rotated_at", sa.DateTime(timezone=True), nullable=False, comment="last refresh (UTC)"),
        sa.Column(
            "expires_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="signed out by itself then (UTC)",
        ),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True, comment="signed out (UTC)"),
        sa.Column("client", sa.Text(), nullable=False, comment="user agent, shortened"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="sign-in (UTC)"),
        sa.PrimaryKeyConstraint("customer_id", "id", name=op.f("customer_session_pkey")),
        comment="Revocable sessions behind short-lived access tokens",
    )
    op.create_table(
        "dining_table",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column("code", sa.Text(), nullable=False, comment="in the table's QR code"),
        sa.Column("name", sa.Text(), nullable=False, comment="what is painted on the table"),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("dining_table_pkey")),
        comment="Tables of a store that serves at them",
    )
    op.create_index("dining_table_code_key", "dining_table", ["store_id", "code"], unique=True)
    op.create_table(
        "event_cursor",
        sa.Column(
            "reader", sa.Text(), nullable=False, comment="name of a reader that must not miss anything"
        ),
        sa.Column("xid", sa.BigInteger(), nullable=False, comment="transaction of the last event read"),
        sa.Column("event_id", sa.Uuid(), nullable=False, comment="last event read"),
        sa.PrimaryKeyConstraint("reader", name=op.f("event_cursor_pkey")),
        comment="How far a lasting reader of the event log has come",
    )
    op.create_table(
        "event_log",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column(
            "xid",
            sa.BigInteger(),
            server_default=sa.text("(pg_current_xact_id()::text::bigint)"),
            nullable=False,
            comment="transaction that wrote it; readers stay below the oldest one still open",
        ),
        sa.Column("topic", sa.Text(), nullable=False, comment="what happened, e.g. order.paid"),
        sa.Column("entity_id", sa.Uuid(), nullable=False, comment="the order, product or SKU it happened to"),
        sa.Column("customer_id", sa.Uuid(), nullable=True, comment="buyer concerned"),
        sa.Column(
            "payload",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="facts a reader needs without another query",
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when it happened (UTC)"),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("event_log_pkey")),
        comment="Append-only log of changes, read by every process with its own cursor",
    )
    op.create_index("event_log_xid_idx", "event_log", ["xid", "id"], unique=False)
    op.create_table(
        "idempotency_key",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("owner_id", sa.Uuid(), nullable=False, comment="customer or staff member who sent the key"),
        sa.Column("key", sa.Text(), nullable=False, comment="Idempotency-Key header"),
        sa.Column(
            "fingerprint",
            sa.LargeBinary(),
            nullable=False,
            comment="SHA-256 of operation and body; another body under the same key is refused",
        ),
        sa.Column(
            "result",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="what was answered the first time",
        ),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="when it was first used (UTC)"
        ),
        sa.PrimaryKeyConstraint("store_id", "owner_id", "key", name=op.f("idempotency_key_pkey")),
        comment="First answers of creating writes, so that a repeated request changes nothing",
    )
    op.create_table(
        "job",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column("kind", sa.Text(), nullable=False, comment="which handler runs it"),
        sa.Column(
            "key", sa.Text(), nullable=False, comment="makes enqueuing idempotent within kind and store"
        ),
        sa.Column(
            "payload",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="arguments of the handler",
        ),
        sa.Column("state", sa.Text(), nullable=False, comment="waiting, done or dead"),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False, comment="not before this (UTC)"),
        sa.Column(
            "attempts", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="tries so far"
        ),
        sa.Column(
            "leased_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="a worker has it until then (UTC)",
        ),
        sa.Column("last_error", sa.Text(), nullable=True, comment="why the last try failed"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="when it was enqueued (UTC)"
        ),
        sa.Column(
            "finished_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when it was done or given up (UTC)",
        ),
        sa.CheckConstraint("state IN ('waiting','done','dead')", name=op.f("job_state_check")),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("job_pkey")),
        comment="Work with one consumer: retried with back-off, dead-lettered, replayable",
    )
    op.create_index(
        "job_due_idx", "job", ["due_at"], unique=False, postgresql_where=sa.text("state = 'waiting'")
    )
    op.create_index("job_key_key", "job", ["store_id", "kind", "key"], unique=True)
    op.create_table(
        "one_time_code",
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False, comment="blind index of the phone number"),
        sa.Column(
            "code_hash",
            sa.LargeBinary(),
            nullable=False,
            comment="keyed hash; the code itself is never stored",
        ),
        sa.Column(
            "tries", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="wrong tries so far"
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False, comment="not good after (UTC)"),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True, comment="when it was accepted (UTC)"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="when it was sent (UTC)"),
        sa.PrimaryKeyConstraint("id", name=op.f("one_time_code_pkey")),
        comment="Sign-in codes sent by SMS",
    )
    op.create_index("one_time_code_phone_idx", "one_time_code", ["phone_index", "created_at"], unique=False)
    op.create_table(
        "rate_limit",
        sa.Column("key", sa.LargeBinary(), nullable=False, comment="SHA-256 of what is limited and for whom"),
        sa.Column("used", sa.Integer(), nullable=False, comment="times within the window"),
        sa.Column(
            "window_ends_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="counts from zero again after this (UTC)",
        ),
        sa.CheckConstraint("used > 0", name=op.f("rate_limit_used_check")),
        sa.PrimaryKeyConstraint("key", name=op.f("rate_limit_pkey")),
        comment="Fixed-window counters shared by all processes",
    )
    op.create_index("rate_limit_window_idx", "rate_limit", ["window_ends_at"], unique=False)
    op.create_table(
        "staff_member",
        sa.Column("staff_id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column("login", sa.Text(), nullable=False, comment="sign-in name, lower case"),
        sa.Column("name", sa.Text(), nullable=False, comment="as shown in timelines"),
        sa.Column("password_hash", sa.Text(), nullable=False, comment="argon2id"),
        sa.Column("must_change_password", sa.Boolean(), nullable=False, comment="still the first one"),
        sa.Column(
            "failures",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="wrong passwords in a row",
        ),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True, comment="no tries before (UTC)"),
        sa.Column(
            "active", sa.Boolean(), server_default=sa.text("true"), nullable=False, comment="may sign in"
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="when added (UTC)"),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("staff_member_pkey")),
        sa.UniqueConstraint("login", name=op.f("staff_member_login_key")),
        comment="People who work in the console",
    )
    op.create_table(
        "staff_role",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("staff_id", sa.Uuid(), nullable=False, comment="who"),
        sa.Column(
            "role", sa.Text(), nullable=False, comment="owner, manager or clerk; permissions in staff.rules"
        ),
        sa.CheckConstraint("role IN ('owner','manager','clerk')", name=op.f("staff_role_role_check")),
        sa.PrimaryKeyConstraint("store_id", "staff_id", name=op.f("staff_role_pkey")),
        comment="What a person may do in which store",
    )
    op.create_index("staff_role_staff_id_idx", "staff_role", ["staff_id"], unique=False)
    op.create_table(
        "staff_session",
        sa.Column("session_id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column("staff_id", sa.Uuid(), nullable=False, comment="who"),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the cookie"),
        sa.Column("csrf", sa.Text(), nullable=False, comment="expected in X-CSRF-Token"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="sign-in (UTC)"),
        sa.Column(
            "seen_at", sa.DateTime(timezone=True), nullable=False, comment="last use, to the minute (UTC)"
        ),
        sa.Column(
            "expires_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="signed out by itself then (UTC)",
        ),
        sa.Column("client", sa.Text(), nullable=False, comment="user agent, shortened"),
        sa.Column("address", sa.Text(), nullable=False, comment="network address"),
        sa.PrimaryKeyConstraint("session_id", name=op.f("staff_session_pkey")),
        sa.UniqueConstraint("token_hash", name=op.f("staff_session_token_hash_key")),
        comment="Server-side sessions of the console",
    )
    op.create_index("staff_session_staff_id_idx", "staff_session", ["staff_id"], unique=False)
    op.create_table(
        "staff_sign_in",
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column("staff_id", sa.Uuid(), nullable=True, comment="who, when the login was somebody's"),
        sa.Column(
            "outcome",
            sa.Text(),
            nullable=False,
            comment="signed_in, refused, locked, password_changed or signed_out",
        ),
        sa.Column("client", sa.Text(), nullable=False, comment="user agent, shortened"),
        sa.Column("address", sa.Text(), nullable=False, comment="network address"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when (UTC)"),
        sa.PrimaryKeyConstraint("id", name=op.f("staff_sign_in_pkey")),
        comment="Who signed in from where, and who was refused",
    )
    op.create_index("staff_sign_in_staff_idx", "staff_sign_in", ["staff_id", "id"], unique=False)
    op.create_table(
        "store",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("slug", sa.Text(), nullable=False, comment="short name in addresses"),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="name, {zh, en}"),
        sa.Column("layout", sa.Text(), nullable=False, comment="menu (food) or grid (goods)"),
        sa.Column(
            "currency",
            sa.Text(),
            server_default="CNY",
            nullable=False,
            comment="ISO 4217 code of all amounts",
        ),
        sa.Column(
            "timezone",
            sa.Text(),
            server_default="Asia/Shanghai",
            nullable=False,
            comment="IANA name; opening hours are local",
        ),
        sa.Column(
            "status", sa.Text(), server_default="on", nullable=False, comment="open to buyers: on or off"
        ),
        sa.Column(
            "settings",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="stores.rules.Settings: contact, hours, delivery, shipping, fees, theme, templates",
        ),
        sa.Column(
            "paused",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="takes no orders for now",
        ),
        sa.Column(
            "pause_reason",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="shown to buyers while paused, {zh, en}",
        ),
        sa.Column(
            "paused_until", sa.DateTime(timezone=True), nullable=True, comment="resumes by itself then (UTC)"
        ),
        sa.Column("lat", sa.Float(), nullable=True, comment="latitude, WGS-84"),
        sa.Column("lng", sa.Float(), nullable=True, comment="longitude, WGS-84"),
        sa.Column(
            "version",
            sa.Integer(),
            server_default=sa.text("1"),
            nullable=False,
            comment="grows with every change of settings",
        ),
        sa.Column(
            "sort", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="order in lists"
        ),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="when it was opened (UTC)"
        ),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, comment="last change (UTC)"),
        sa.PrimaryKeyConstraint("store_id", name=op.f("store_pkey")),
        sa.UniqueConstraint("slug", name=op.f("store_slug_key")),
        comment="A store: settings are one document because they are read whole with every quote",
    )
    op.create_table(
        "wechat_app",
        sa.Column("appid", sa.Text(), nullable=False, comment="the platform's id of the mini-program"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="row the secret is sealed for"),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False, comment="app secret, AES-256-GCM"),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when it was added; the first one is the shop's own (UTC)",
        ),
        sa.PrimaryKeyConstraint("appid", name=op.f("wechat_app_pkey")),
        comment="Mini-programs of this installation; one serves all its stores",
    )


def downgrade() -> None:
    op.drop_table("wechat_app")
    op.drop_table("store")
    op.drop_table("staff_sign_in")
    op.drop_table("staff_session")
    op.drop_table("staff_role")
    op.drop_table("staff_member")
    op.drop_table("rate_limit")
    op.drop_table("one_time_code")
    op.drop_table("job")
    op.drop_table("idempotency_key")
    op.drop_table("event_log")
    op.drop_table("event_cursor")
    op.drop_table("dining_table")
    op.drop_table("customer_session")
    op.drop_table("customer_identity")
    op.drop_table("customer_consent")
    op.drop_table("customer_address")
    op.drop_table("customer")
