"""Pictures, goods, search."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "category",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column("code", sa.Text(), nullable=False, comment="merchant's own, used by the importer"),
        sa.Column("parent_id", sa.Uuid(), nullable=True, comment="null at the top"),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="name, {zh, en}"),
        sa.Column("icon_id", sa.Uuid(), nullable=True, comment="picture"),
        sa.Column("sort", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="ascending"),
        sa.Column(
            "visible", sa.Boolean(), server_default=sa.text("true"), nullable=False, comment="shown to buyers"
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("category_pkey")),
        comment="Category tree of any depth",
    )
    op.create_index("category_code_key", "category", ["store_id", "code"], unique=True)
    op.create_table(
        "picture",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column(
            "sha256",
            sa.LargeBinary(),
            nullable=False,
            comment="of the uploaded bytes; the same file is stored once per store",
        ),
        sa.Column("width", sa.Integer(), nullable=False, comment="of the largest size, px"),
        sa.Column("height", sa.Integer(), nullable=False, comment="of the largest size, px"),
        sa.Column(
            "tint",
            sa.Text(),
            nullable=False,
            comment="average colour #rrggbb, shown until the picture is there",
        ),
        sa.Column("alt", sa.Text(), server_default="", nullable=False, comment="what it shows"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="when it was uploaded (UTC)"
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("picture_pkey")),
        comment="Pictures; files lie in the data folder as media/{id}/{s,m,l}.webp",
    )
    op.create_index("picture_sha256_key", "picture", ["store_id", "sha256"], unique=True)
    op.create_table(
        "product",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column("code", sa.Text(), nullable=False, comment="merchant's own, used by the importer"),
        sa.Column("category_id", sa.Uuid(), nullable=False, comment="where it is listed"),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="name, {zh, en}"),
        sa.Column(
            "subtitle", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="one line, {zh, en}"
        ),
        sa.Column(
            "description_html",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="sanitised when written, {zh, en}",
        ),
        sa.Column("status", sa.Text(), nullable=False, comment="draft, on or off the shelf"),
        sa.Column(
            "tags",
            sa.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="codes: new, hot, spicy, …",
        ),
        sa.Column(
            "picture_ids",
            sa.ARRAY(sa.Uuid()),
            server_default="{}",
            nullable=False,
            comment="gallery in order",
        ),
        sa.Column(
            "delivery_methods",
            sa.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="how it can be received",
        ),
        sa.Column(
            "specs",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="catalog.rules.Spec list: the axes of the matrix",
        ),
        sa.Column(
            "modifiers",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="catalog.rules.ModifierGroup list: sugar, ice, toppings",
        ),
        sa.Column(
            "price", sa.BigInteger(), nullable=False, comment="lowest SKU price in fen, kept for sorting"
        ),
        sa.Column("price_max", sa.BigInteger(), nullable=False, comment="highest SKU price in fen"),
        sa.Column("list_price", sa.BigInteger(), nullable=True, comment="struck-through price in fen"),
        sa.Column(
            "sold",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="units sold, shown as sales",
        ),
        sa.Column(
            "sort",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="ascending within a category",
        ),
        sa.Column(
            "version",
            sa.Integer(),
            server_default=sa.text("1"),
            nullable=False,
            comment="compare-and-set for editors",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="when added (UTC)"),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, comment="last change (UTC)"),
        sa.CheckConstraint("status IN ('draft','on','off')", name=op.f("product_status_check")),
        sa.CheckConstraint(
            "price >= 0 AND price_max >= price AND (list_price IS NULL OR list_price >= 0)",
            name=op.f("product_price_check"),
        ),
        sa.CheckConstraint("sold >= 0", name=op.f("product_sold_check")),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("product_pkey")),
        comment="Products with their specification axes and modifiers",
    )
    op.create_index("product_code_key", "product", ["store_id", "code"], unique=True)
    op.create_index("product_listing_idx", "product", ["store_id", "category_id", "sort", "id"], unique=False)
    op.create_table(
        "search_history",
        sa.Column(
            "customer_id",
            sa.Uuid(),
            nullable=False,
            comment="owning customer; first part of every key of an identity",
        ),
        sa.Column("store_id", sa.Uuid(), nullable=False, comment="where"),
        sa.Column("term", sa.Text(), nullable=False, comment="as typed"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="last time (UTC)"),
        sa.PrimaryKeyConstraint("customer_id", "store_id", "term", name=op.f("search_history_pkey")),
        comment="A buyer's or guest's own searches, the last 20 of a store",
    )
    op.create_index(
        "search_history_recent_idx", "search_history", ["customer_id", "store_id", "at"], unique=False
    )
    op.create_table(
        "search_settings",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column(
            "synonyms",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="groups of words that mean the same, [[…], …]",
        ),
        sa.Column(
            "pinned",
            sa.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="hot words always shown, in order",
        ),
        sa.Column(
            "blocked",
            sa.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="words never shown as hot",
        ),
        sa.Column(
            "version",
            sa.Integer(),
            server_default=sa.text("1"),
            nullable=False,
            comment="grows with every change",
        ),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, comment="last change (UTC)"),
        sa.PrimaryKeyConstraint("store_id", name=op.f("search_settings_pkey")),
        comment="What a merchant says about searching in the store",
    )
    op.create_table(
        "search_term",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("day", sa.Text(), nullable=False, comment="local date YYYY-MM-DD"),
        sa.Column("term", sa.Text(), nullable=False, comment="as compared: case and width folded"),
        sa.Column(
            "searches",
            sa.Integer(),
            nullable=False,
            comment="how many buyers searched for it that day, each counted once by a process",
        ),
        sa.Column("results", sa.Integer(), nullable=False, comment="products found the last time"),
        sa.CheckConstraint("searches > 0 AND results >= 0", name=op.f("search_term_counts_check")),
        sa.PrimaryKeyConstraint("store_id", "day", "term", name=op.f("search_term_pkey")),
        comment="What buyers searched for, counted per store and day; kept for 90 days",
    )
    op.create_table(
        "sku",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column("product_id", sa.Uuid(), nullable=False, comment="its product"),
        sa.Column("code", sa.Text(), nullable=False, comment="merchant's own, used by the importer"),
        sa.Column(
            "spec_values",
            sa.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="value codes in the order of the product's specs",
        ),
        sa.Column("price", sa.BigInteger(), nullable=False, comment="fen"),
        sa.Column("list_price", sa.BigInteger(), nullable=True, comment="struck-through price in fen"),
        sa.Column(
            "weight_g",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="shipping weight in grams",
        ),
        sa.Column("buy_limit", sa.Integer(), nullable=True, comment="most units in one order"),
        sa.Column("picture_id", sa.Uuid(), nullable=True, comment="picture of this combination"),
        sa.Column("sort", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="ascending"),
        sa.Column(
            "active",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="false once removed from the matrix; orders keep pointing at it",
        ),
        sa.CheckConstraint(
            "price >= 0 AND weight_g >= 0 AND (buy_limit IS NULL OR buy_limit > 0)",
            name=op.f("sku_amounts_check"),
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("sku_pkey")),
        comment="Stock keeping units: one cell of the matrix each",
    )
    op.create_index("sku_code_key", "sku", ["store_id", "code"], unique=True)
    op.create_index("sku_product_id_idx", "sku", ["store_id", "product_id"], unique=False)


def downgrade() -> None:
    op.drop_table("sku")
    op.drop_table("search_term")
    op.drop_table("search_settings")
    op.drop_table("search_history")
    op.drop_table("product")
    op.drop_table("picture")
    op.drop_table("category")
