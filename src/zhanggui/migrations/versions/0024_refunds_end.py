"""A return's money has a time to arrive, and what goes back of a payment never passes what was paid on it."""

from alembic import op
from sqlalchemy import text

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

DUE = "return_request_due_idx"
WAITING = "status IN ('requested','sent_back','received'"


def upgrade() -> None:
    _due(f"{WAITING},'refunding')")
    op.execute(
        """
        WITH late AS (
          UPDATE return_request SET due_at = updated_at + interval '3 days' WHERE status = 'refunding' AND due_at IS NULL
          RETURNING store_id, id, version, due_at
        )
        INSERT INTO job (store_id, id, kind, key, payload, state, due_at, created_at)
        SELECT store_id, gen_random_uuid(), 'returns.limit', id || '/' || version,
          jsonb_build_object('return_id', id, 'version', version), 'waiting', due_at, now() FROM late
        ON CONFLICT (store_id, kind, key) DO NOTHING
        """
    )
    op.execute(
        """
        CREATE FUNCTION refund_within_payment() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          paid bigint;
          back bigint;
        BEGIN
          SELECT paid_amount INTO paid FROM payment_attempt
          WHERE store_id = NEW.store_id AND id = NEW.attempt_id FOR NO KEY UPDATE;
          SELECT sum(amount) INTO back FROM refund
          WHERE store_id = NEW.store_id AND attempt_id = NEW.attempt_id AND status <> 'closed';
          IF back > coalesce(paid, 0) THEN
            RAISE EXCEPTION 'refunds of payment % come to %, paid were %', NEW.attempt_id, back, coalesce(paid, 0)
              USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_within_payment', TABLE = 'refund';
          END IF;
          RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER within_payment AFTER INSERT OR UPDATE OF amount, attempt_id, status ON refund FOR EACH ROW "
        "WHEN (NEW.status <> 'closed') EXECUTE FUNCTION refund_within_payment()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER within_payment ON refund")
    op.execute("DROP FUNCTION refund_within_payment")
    op.execute(
        "DELETE FROM job USING return_request r WHERE job.kind = 'returns.limit' AND r.status = 'refunding'"
        " AND job.store_id = r.store_id AND job.key = r.id || '/' || r.version"
    )
    op.execute("UPDATE return_request SET due_at = NULL WHERE status = 'refunding'")
    _due(f"{WAITING})")


def _due(which: str) -> None:
    op.drop_index(DUE, "return_request")
    op.create_index(DUE, "return_request", ["store_id", "due_at", "id"], postgresql_where=text(which))
