"""What is cleared away of signing in; who signed in from where stays (staff_sign_in)."""

from zhanggui.core.retention import clear_away

clear_away(
    "staff_sessions",
    """
    WITH old AS MATERIALIZED (
      SELECT session_id FROM staff_session WHERE expires_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED),
    gone AS (DELETE FROM staff_session s USING old o WHERE s.session_id = o.session_id RETURNING 1)
    SELECT count(*)::int FROM gone
    """,
    days=30,
)
