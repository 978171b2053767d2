"""The migrations and the tables say the same."""

from typing import Any

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import create_async_engine

from zhanggui.core.migrate import sqlalchemy_url
from zhanggui.tables import metadata

CHECKS = "SELECT conrelid::regclass::text || '.' || conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0 ORDER BY 1"
JOURNALS = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only' ORDER BY 1"


def missing(connection: Connection) -> str:
    """What a new migration would have to do, as code; empty when there is nothing."""
    options: dict[str, Any] = {"compare_server_default": True, "target_metadata": metadata}
    context = MigrationContext.configure(connection, opts=options)
    operations = produce_migrations(context, metadata).upgrade_ops
    assert operations is not None
    return "" if operations.is_empty() else render_python_code(operations, migration_context=context)


async def test_migrating_leaves_nothing_to_do(fresh_database_url: str) -> None:
    engine = create_async_engine(sqlalchemy_url(fresh_database_url), poolclass=pool.NullPool)
    async with engine.connect() as conn:
        assert await conn.run_sync(missing) == ""
        checks = (await conn.exec_driver_sql(CHECKS)).scalars().all()
        journals = (await conn.exec_driver_sql(JOURNALS)).scalars().all()
    await engine.dispose()
    declared = {
        f"{table.name}.{constraint.name}"
        for table in metadata.tables.values()
        for constraint in table.constraints
        if type(constraint).__name__ == "CheckConstraint"
    }
    assert {str(name).replace('"', "") for name in checks} == declared
    assert {"stock_movement", "order_event", "event_log", "customer_consent", "ledger_entry"} <= set(journals)
