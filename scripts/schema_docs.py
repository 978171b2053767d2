"""docs/schema.md: every table and column with its comment, from the tables themselves. `--check` only compares."""

import sys
from collections.abc import Iterator

from sqlalchemy import CheckConstraint, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex
from steps import ROOT, StepFailed, main, say

from zhanggui.tables import metadata

DOCUMENT = ROOT / "docs" / "schema.md"
DIALECT = postgresql.dialect()


def document() -> str:
    """The whole document."""
    parts = [
        "# The database schema",
        "",
        "Made by `scripts/schema_docs.py` from the tables in `src/zhanggui/*/tables.py`; do not edit.",
        "Money is in the currency's minor unit (fen), time is `timestamptz` in UTC.",
    ]
    for table in sorted(metadata.tables.values(), key=lambda one: one.name):
        parts += ["", *section(table)]
    return "\n".join(parts) + "\n"


def section(table: Table) -> Iterator[str]:
    """One table: what it is for, its columns, its keys and what can never be."""
    yield f"## {table.name}"
    yield ""
    yield f"{table.comment or ''}."
    yield ""
    yield "| column | type | | meaning |"
    yield "| --- | --- | --- | --- |"
    for column in table.columns:
        kind = column.type.compile(dialect=DIALECT).lower()
        marks = [
            mark for mark, there in (("key", column.primary_key), ("may be null", column.nullable)) if there
        ]
        yield f"| {column.name} | {kind} | {', '.join(marks)} | {(column.comment or '').replace('|', '/')} |"
    rules = sorted(str(rule.sqltext) for rule in table.constraints if isinstance(rule, CheckConstraint))
    if rules:
        yield ""
        yield "Always true: " + "; ".join(f"`{rule}`" for rule in rules) + "."
    indexes = sorted(str(CreateIndex(index).compile(dialect=DIALECT)).strip() for index in table.indexes)
    if indexes:
        yield ""
        yield from (f"- `{index}`" for index in indexes)


def write() -> None:
    """Write the document, or compare it."""
    text = document()
    if DOCUMENT.exists() and DOCUMENT.read_text(encoding="utf-8") == text:
        say(f"docs/schema.md is up to date ({len(metadata.tables)} tables)")
        return
    if "--check" in sys.argv[1:]:
        raise StepFailed(
            "docs/schema.md is not what the tables say. Run: .venv/bin/python scripts/schema_docs.py"
        )
    DOCUMENT.write_text(text, encoding="utf-8")
    say("written: docs/schema.md")


if __name__ == "__main__":
    main(write)
