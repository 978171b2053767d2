"""Sales figures shown every few minutes; rows that have served are cleared away by age."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# Block ranges: the tables grow by time, and an insert pays nothing for it.
BY_AGE = (
    ("idempotency_key_created_idx", "idempotency_key", "created_at"),
    ("job_created_idx", "job", "created_at"),
    ("customer_session_expires_idx", "customer_session", "expires_at"),
    ("one_time_code_created_idx", "one_time_code", "created_at"),
)


def upgrade() -> None:
    op.create_table(
        "product_sold",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("product_id", sa.Uuid(), nullable=False, comment="product"),
        sa.Column("units", sa.Integer(), nullable=False, comment="units"),
        sa.CheckConstraint("units > 0", name=op.f("product_sold_units_check")),
        sa.PrimaryKeyConstraint("store_id", "product_id", name=op.f("product_sold_pkey")),
        comment="Units sold that product.sold does not show yet; taken over every few minutes",
    )
    for name, table, column in BY_AGE:
        op.create_index(name, table, [column], postgresql_using="brin")
    # What every reader has read may go; what was written is still never changed.
    op.execute("DROP TRIGGER append_only ON event_log")
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE ON event_log FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER append_only ON event_log")
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON event_log "
        "FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()"
    )
    for name, table, _ in BY_AGE:
        op.drop_index(name, table_name=table)
    op.drop_table("product_sold")
