"""What is cleared away of signing in."""

from zhanggui.core.retention import clear_away

clear_away(
    "sessions",
    """
    WITH old AS MATERIALIZED (
      SELECT customer_id, id FROM customer_session WHERE expires_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED),
    gone AS (
      DELETE FROM customer_session s USING old o WHERE s.customer_id = o.customer_id AND s.id = o.id RETURNING 1)
    SELECT count(*)::int FROM gone
    """,
    days=30,
)
clear_away(
    "codes",
    """
    WITH old AS MATERIALIZED (
      SELECT id FROM one_time_code WHERE created_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED),
    gone AS (DELETE FROM one_time_code c USING old o WHERE c.id = o.id RETURNING 1)
    SELECT count(*)::int FROM gone
    """,
    days=2,
)
