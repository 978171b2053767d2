"""First tables, and journals that cannot be rewritten."""

from alembic import op

from zhanggui.tables import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JOURNALS = (
    "stock_movement",
    "flash_movement",
    "order_event",
    "event_log",
    "customer_consent",
    "staff_sign_in",
)


def upgrade() -> None:
    metadata.create_all(op.get_bind())
    op.execute(
        """
        CREATE FUNCTION refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
        """
    )
    for table in JOURNALS:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_rewrite()"
        )


def downgrade() -> None:
    metadata.drop_all(op.get_bind())
    op.execute("DROP FUNCTION refuse_rewrite()")
