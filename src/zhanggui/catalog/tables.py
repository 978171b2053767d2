"""Category tree, products, SKUs."""

from sqlalchemy import ARRAY, BigInteger, Boolean, CheckConstraint, Index, Integer, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from zhanggui.core.schema import col, instant, metadata, row_id, store_id, text_json

category = Table(
    "category",
    metadata,
    store_id(),
    row_id(),
    col("code", Text, "merchant's own, used by the importer"),
    col("parent_id", Uuid, "null at the top", nullable=True),
    text_json("name", "name"),
    col("icon_id", Uuid, "picture", nullable=True),
    col("sort", Integer, "ascending", server_default=text("0")),
    col("visible", Boolean, "shown to buyers", server_default=text("true")),
    Index("category_code_key", "store_id", "code", unique=True),
    comment="Category tree of any depth",
)

product = Table(
    "product",
    metadata,
    store_id(),
    row_id(),
    col("code", Text, "merchant's own, used by the importer"),
    col("category_id", Uuid, "where it is listed"),
    text_json("name", "name"),
    text_json("subtitle", "one line"),
    col("brand", Text, "as it is written on it, the same in both languages", server_default=""),
    text_json("description_html", "sanitised when written"),
    col("status", Text, "draft, on or off the shelf"),
    col("tags", ARRAY(Text), "codes: new, hot, spicy, …", server_default="{}"),
    col("picture_ids", ARRAY(Uuid), "gallery in order", server_default="{}"),
    col("delivery_methods", ARRAY(Text), "how it can be received", server_default="{}"),
    col("specs", JSONB, "catalog.rules.Spec list: the axes of the matrix"),
    col("modifiers", JSONB, "catalog.rules.ModifierGroup list: sugar, ice, toppings"),
    col("price", BigInteger, "lowest SKU price in fen, kept for sorting"),
    col("price_max", BigInteger, "highest SKU price in fen"),
    col("list_price", BigInteger, "struck-through price in fen", nullable=True),
    col("sold", Integer, "units sold, shown as sales", server_default=text("0")),
    col("sort", Integer, "ascending within a category", server_default=text("0")),
    col("return_exception", Text, "why the 7 days to return do not hold; null: they do", nullable=True),
    col("version", Integer, "compare-and-set for editors", server_default=text("1")),
    instant("created_at", "when added"),
    instant("updated_at", "last change"),
    CheckConstraint("status IN ('draft','on','off')", name="status"),
    CheckConstraint(
        "price >= 0 AND price_max >= price AND (list_price IS NULL OR list_price >= 0)", name="price"
    ),
    CheckConstraint("sold >= 0", name="sold"),
    Index("product_code_key", "store_id", "code", unique=True),
    Index("product_listing_idx", "store_id", "category_id", "sort", "id"),
    comment="Products with their specification axes and modifiers",
)

sku = Table(
    "sku",
    metadata,
    store_id(),
    row_id(),
    col("product_id", Uuid, "its product"),
    col("code", Text, "merchant's own, used by the importer"),
    col("spec_values", ARRAY(Text), "value codes in the order of the product's specs", server_default="{}"),
    col("price", BigInteger, "fen"),
    col("list_price", BigInteger, "struck-through price in fen", nullable=True),
    col("weight_g", Integer, "shipping weight in grams", server_default=text("0")),
    col("buy_limit", Integer, "most units in one order", nullable=True),
    col("picture_id", Uuid, "picture of this combination", nullable=True),
    col("sort", Integer, "ascending", server_default=text("0")),
    col(
        "active",
        Boolean,
        "false once removed from the matrix; orders keep pointing at it",
        server_default=text("true"),
    ),
    CheckConstraint("price >= 0 AND weight_g >= 0 AND (buy_limit IS NULL OR buy_limit > 0)", name="amounts"),
    Index("sku_code_key", "store_id", "code", unique=True),
    Index("sku_product_id_idx", "store_id", "product_id"),
    comment="Stock keeping units: one cell of the matrix each",
)

product_sold = Table(
    "product_sold",
    metadata,
    store_id(),
    col("product_id", Uuid, "product", primary_key=True),
    col("units", Integer, "units"),
    CheckConstraint("units > 0", name="units"),
    comment="Units sold that product.sold does not show yet; taken over every few minutes",
)
