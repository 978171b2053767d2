"""Stores apply to become merchants below a platform."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

STORE = "owning store; first part of every key of the sale"
OVER = "state NOT IN ('finished','canceled','replaced')"


def upgrade() -> None:
    op.create_table(
        "merchant_applyment",
        sa.Column("store_id", sa.Uuid(), nullable=False, comment=STORE),
        sa.Column("id", sa.Uuid(), nullable=False, comment="32 hex of it are the out_request_no"),
        sa.Column("state", sa.Text(), nullable=False, comment="payments.applyment_rules.STATES"),
        sa.Column(
            "account_id",
            sa.Uuid(),
            nullable=True,
            comment="the platform's account it was sent with, of whichever store",
        ),
        sa.Column(
            "entity", sa.Text(), nullable=True, comment="credit code of the legal entity that it was sent for"
        ),
        sa.Column(
            "sealed",
            sa.LargeBinary(),
            nullable=True,
            comment="what was filled in and what the platform says of it, AES-256-GCM; gone at the end",
        ),
        sa.Column("provider_number", sa.Text(), nullable=True, comment="the platform's number of it"),
        sa.Column("sub_mchid", sa.Text(), nullable=True, comment="the merchant number that came of it"),
        sa.Column("submitted_by", sa.Text(), server_default="", nullable=False, comment="who sent it"),
        sa.Column(
            "queries",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="times it was asked about in this state",
        ),
        sa.Column(
            "submitted_at", sa.DateTime(timezone=True), nullable=True, comment="when it was sent (UTC)"
        ),
        sa.Column(
            "asked_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the platform answered last (UTC)",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="when begun (UTC)"),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, comment="last change (UTC)"),
        sa.CheckConstraint(
            "state IN ('draft','submitting','checking','account_need_verify','auditing','rejected','need_sign','frozen',"
            "'finished','canceled','replaced')",
            name=op.f("merchant_applyment_state_check"),
        ),
        sa.CheckConstraint(f"{OVER} OR sealed IS NULL", name=op.f("merchant_applyment_forgotten_check")),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("merchant_applyment_pkey")),
        comment="Applications of stores to become merchants below a platform; a number each, one at a time",
    )
    op.create_index(
        "merchant_applyment_open_key",
        "merchant_applyment",
        ["store_id"],
        unique=True,
        postgresql_where=sa.text(OVER),
    )
    op.create_table(
        "applyment_picture",
        sa.Column("store_id", sa.Uuid(), nullable=False, comment=STORE),
        sa.Column("id", sa.Uuid(), nullable=False, comment="UUIDv7 made by the server"),
        sa.Column("kind", sa.Text(), nullable=False, comment="licence, id_front or id_back"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False, comment="JPEG as base64, AES-256-GCM"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="when uploaded (UTC)"),
        sa.CheckConstraint(
            "kind IN ('licence','id_front','id_back')", name=op.f("applyment_picture_kind_check")
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("applyment_picture_pkey")),
        comment="Pictures of the application under way; never shown again and gone at its end",
    )
    op.create_index("applyment_picture_kind_key", "applyment_picture", ["store_id", "kind"], unique=True)


def downgrade() -> None:
    op.drop_table("applyment_picture")
    op.drop_table("merchant_applyment")
