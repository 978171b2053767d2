"""What was refused leaves a trace."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "refusal",
        sa.Column(
            "store_id", sa.Uuid(), nullable=False, comment="owning store; first part of every key of the sale"
        ),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column("side", sa.Text(), nullable=False, comment="shop or console"),
        sa.Column("owner_id", sa.Uuid(), nullable=False, comment="customer or staff member who was refused"),
        sa.Column(
            "who",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="the staff member's name at that time",
        ),
        sa.Column("operation", sa.Text(), nullable=False, comment="the endpoint"),
        sa.Column("subject", sa.Text(), nullable=False, comment="the path that was called, with its ids"),
        sa.Column("code", sa.Text(), nullable=False, comment="why"),
        sa.Column("field", sa.Text(), nullable=True, comment="what was at fault"),
        sa.Column(
            "beyond",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="refusals of the same person before it that got no row",
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when (UTC)"),
        sa.CheckConstraint("side IN ('shop','console')", name=op.f("refusal_side_check")),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("refusal_pkey")),
        comment="Append-only trace of writes that were refused for what they said; never the values",
    )
    op.create_index("refusal_at_idx", "refusal", ["at"], postgresql_using="brin")


def downgrade() -> None:
    op.drop_table("refusal")
