"""Pictures after re-encoding."""

from sqlalchemy import Index, Integer, LargeBinary, Table, Text

from zhanggui.core.schema import col, instant, metadata, row_id, store_id

picture = Table(
    "picture",
    metadata,
    store_id(),
    row_id(),
    col("sha256", LargeBinary, "of the uploaded bytes; the same file is stored once per store"),
    col("width", Integer, "of the largest size, px"),
    col("height", Integer, "of the largest size, px"),
    col("tint", Text, "average colour #rrggbb, shown until the picture is there"),
    col("alt", Text, "what it shows", server_default=""),
    instant("created_at", "when it was uploaded"),
    Index("picture_sha256_key", "store_id", "sha256", unique=True),
    comment="Pictures; files lie in the data folder as media/{id}/{s,m,l}.webp",
)
