"""Schema history: Alembic environment and revisions, run by core.migrate."""
