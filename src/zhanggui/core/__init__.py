"""What every domain stands on; imports nothing of the domains.

clock (UTC now, turned by tests) · ids (UUIDv7) · money (fen, allocation) · errors + i18n (problem details in the
caller's language) · db (asyncpg pool, statements, retried transactions) · batching (group commit) · events (log read by
every process) · jobs (one consumer, retried) · crypto (sealing, blind index) · tokens · auth (who may call) · http
(pagination, idempotency) · runtime (the handles a use case is given) · migrate (Alembic).
"""
