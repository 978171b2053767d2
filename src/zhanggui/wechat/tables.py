"""The mini-programs and official accounts of this installation."""

from sqlalchemy import LargeBinary, Table, Text, Uuid

from zhanggui.core.schema import col, instant, metadata

wechat_app = Table(
    "wechat_app",
    metadata,
    col("appid", Text, "the platform's id of the mini-program", primary_key=True),
    col("kind", Text, "mini_program or official_account", server_default="mini_program"),
    col("id", Uuid, "row the secret is sealed for"),
    col("secret_sealed", LargeBinary, "app secret, AES-256-GCM"),
    instant("created_at", "when it was added; the first one is the shop's own"),
    comment="Mini-programs and official accounts of this installation; they serve all its stores",
)
