"""One MetaData for all domains' tables; they feed Alembic, the console's selects and docs/schema.md."""

from typing import Any

from sqlalchemy import Column, DateTime, MetaData, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    }
)

Instant = DateTime(timezone=True)


def col(
    name: str, kind: TypeEngine[Any] | type[TypeEngine[Any]], comment: str, *rest: Any, **options: Any
) -> Column[Any]:
    """A column that must be commented and is NOT NULL unless told otherwise."""
    return Column(name, kind, *rest, comment=comment, nullable=options.pop("nullable", False), **options)


def store_id() -> Column[Any]:
    return col("store_id", Uuid, "owning store; first part of every key of the sale", primary_key=True)


def customer_id() -> Column[Any]:
    return col(
        "customer_id", Uuid, "owning customer; first part of every key of an identity", primary_key=True
    )


def row_id(comment: str = "UUIDv7 made by the server") -> Column[Any]:
    return col("id", Uuid, comment, primary_key=True)


def text_json(name: str, comment: str, **options: Any) -> Column[Any]:
    """A text in both languages as JSONB {zh, en}."""
    return col(name, JSONB, f"{comment}, {{zh, en}}", **options)


def instant(name: str, comment: str, **options: Any) -> Column[Any]:
    """timestamptz, UTC."""
    return col(name, Instant, f"{comment} (UTC)", **options)
