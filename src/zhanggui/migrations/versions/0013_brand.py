"""Products have a brand."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "product",
        sa.Column(
            "brand",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="as it is written on it, the same in both languages",
        ),
    )


def downgrade() -> None:
    op.drop_column("product", "brand")
