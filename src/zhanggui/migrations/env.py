"""Alembic environment: always runs on the connection that core.migrate hands in."""

from alembic import context

from zhanggui.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=False,
    compare_server_default=True,
)
context.run_migrations()
