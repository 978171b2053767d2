"""Bring a database to the newest schema with Alembic (expand/contract, lock_timeout)."""

import asyncio
from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine


def sqlalchemy_url(dsn: str) -> str:
    """`postgresql://…` as asyncpg takes it → the URL SQLAlchemy's asyncpg dialect takes."""
    return dsn.replace("postgresql://", "postgresql+asyncpg://", 1).replace(
        "postgres://", "postgresql+asyncpg://", 1
    )


def upgrade(dsn: str, revision: str = "head") -> None:
    """Run all missing migrations. Concurrent callers wait for one another on an advisory lock."""
    asyncio.run(upgrade_async(dsn, revision))


async def upgrade_async(dsn: str, revision: str = "head") -> None:
    """`upgrade` for callers that are inside an event loop."""
    engine = create_async_engine(sqlalchemy_url(dsn), poolclass=pool.NullPool)
    try:
        async with engine.begin() as conn:
            await conn.execute(text("SET LOCAL lock_timeout = '10s'"))
            await conn.execute(text("SELECT pg_advisory_xact_lock(7266353)"))
            await conn.run_sync(_upgrade, revision)
    finally:
        await engine.dispose()


def revisions(dsn: str) -> tuple[str | None, str]:
    """The revision a database is at (None: no schema yet) and the newest one there is."""
    return asyncio.run(_revisions(dsn))


async def _revisions(dsn: str) -> tuple[str | None, str]:
    engine = create_async_engine(sqlalchemy_url(dsn), poolclass=pool.NullPool)
    try:
        async with engine.connect() as conn:
            applied = await conn.run_sync(
                lambda sync: MigrationContext.configure(sync).get_current_revision()
            )
    finally:
        await engine.dispose()
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    return applied, newest or ""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("zhanggui") / "migrations"))
    return config


def _upgrade(connection: Connection, revision: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
