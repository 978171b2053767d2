"""Every domain's tables, imported for their side effect on core.schema.metadata (Alembic, docs, statement tests)."""

from importlib import import_module

from zhanggui.core.schema import metadata

DOMAINS = ("core", "wechat", "stores", "customers", "staff", "media", "catalog", "search", "inventory", "ledger", "wallets", "promotions", "cart", "orders", "payments", "settlement",
           "reconciliation", "fulfillment", "returns", "messaging")  # fmt: skip

for _domain in DOMAINS:
    import_module(f"zhanggui.{_domain}.tables")

__all__ = ["metadata"]
