"""Changes of settings have a journal."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "setting_change",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column("staff_id", sa.Uuid(), nullable=True, comment="who; null for the command line"),
        sa.Column("who", sa.Text(), nullable=False, comment="name at that time"),
        sa.Column("what", sa.Text(), nullable=False, comment="which setting"),
        sa.Column("subject", sa.Text(), nullable=False, comment="whose, e.g. an appid or merchant number"),
        sa.Column(
            "detail",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="what may be shown of it; never a secret",
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when (UTC)"),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("setting_change_pkey")),
        comment="Append-only journal of changes that people must be able to look up",
    )
    op.create_index("setting_change_what_idx", "setting_change", ["store_id", "what", "id"])


def downgrade() -> None:
    op.drop_table("setting_change")
