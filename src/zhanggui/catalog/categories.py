"""Add, change and remove categories; a list of them at a time."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from zhanggui.catalog.rules import below_itself
from zhanggui.core.db import Connection, statement
from zhanggui.core.errors import ShopError, not_found
from zhanggui.core.events import Event, append
from zhanggui.core.i18n import Text
from zhanggui.core.ids import new_id

LOCK = statement(
    "catalog.categories.lock",
    "SELECT id, code, parent_id, icon_id FROM category WHERE store_id = $1 ORDER BY id FOR UPDATE",
)
ICONS = statement(
    "catalog.categories.icons", "SELECT id FROM picture WHERE store_id = $1 AND id = ANY($2::uuid[])"
)
UPSERT = statement(
    "catalog.categories.upsert",
    """
    INSERT INTO category (store_id, id, code, parent_id, name, icon_id, sort, visible)
    SELECT $1, c.* FROM jsonb_to_recordset($2::jsonb) AS c (
      id uuid, code text, parent_id uuid, name jsonb, icon_id uuid, sort integer, visible boolean)
    ON CONFLICT (store_id, id) DO UPDATE SET
      parent_id = excluded.parent_id, name = excluded.name, icon_id = excluded.icon_id, sort = excluded.sort,
      visible = excluded.visible
    """,
)
IN_USE = statement(
    "catalog.categories.in_use",
    """
    SELECT EXISTS (SELECT FROM product WHERE store_id = $1 AND category_id = $2)
        OR EXISTS (SELECT FROM category WHERE store_id = $1 AND parent_id = $2)
    """,
)
REMOVE = statement("catalog.categories.remove", "DELETE FROM category WHERE store_id = $1 AND id = $2")


class CategoryDraft(NamedTuple):
    """A category to write: `id` names an existing one, else `code` finds it or makes a new one.

    `parent_code` may name another draft of the same list and goes before `parent_id`; `keep_icon` leaves an existing
    category's picture as it is.
    """

    name: Text
    id: UUID | None = None
    code: str = ""
    parent_id: UUID | None = None
    parent_code: str = ""
    icon_id: UUID | None = None
    sort: int = 0
    visible: bool = True
    keep_icon: bool = False


async def save_categories(conn: Connection, store_id: UUID, drafts: Sequence[CategoryDraft]) -> list[UUID]:
    """Write all drafts and return their ids; run it in a transaction.

    Raises 400 `text_needed`, `category_unknown`, `category_cycle`, `picture_unknown`; 404 for an unknown `id`.
    """
    if not drafts:
        return []
    rows = await conn.fetch(LOCK, store_id)
    codes = {row["code"]: row["id"] for row in rows}
    known = {row["id"]: row for row in rows}
    ids = [d.id or codes.get(d.code) or new_id() for d in drafts]
    codes |= {d.code: i for d, i in zip(drafts, ids, strict=True) if d.code}
    icons = {r["id"] for r in await conn.fetch(ICONS, store_id, [d.icon_id for d in drafts if d.icon_id])}
    parents: dict[UUID, UUID | None] = {i: row["parent_id"] for i, row in known.items()} | {
        i: _parent(d, codes) for d, i in zip(drafts, ids, strict=True)
    }
    written: list[dict[str, object]] = []
    for draft, category_id in zip(drafts, ids, strict=True):
        if draft.id is not None and draft.id not in known:
            raise not_found("category")
        if not (draft.name.zh.strip() or draft.name.en.strip()):
            raise ShopError("text_needed", 400, field="name")
        if draft.icon_id is not None and draft.icon_id not in icons:
            raise ShopError("picture_unknown", 400, field="icon_id")
        if parents[category_id] is not None and parents[category_id] not in parents:
            raise ShopError("category_unknown", 400, field="parent_id")
        if below_itself(category_id, parents):
            raise ShopError("category_cycle", 400, field="parent_id")
        kept = known[category_id]["icon_id"] if draft.keep_icon and category_id in known else None
        written.append(
            {
                "id": category_id,
                "code": draft.code or f"c-{category_id.hex[-12:]}",
                "parent_id": parents[category_id],
                "name": {"zh": draft.name.zh.strip(), "en": draft.name.en.strip()},
                "icon_id": draft.icon_id or kept,
                "sort": draft.sort,
                "visible": draft.visible,
            }
        )
    await conn.execute(UPSERT, store_id, written)
    await append(conn, [_changed(store_id, i) for i in ids])
    return ids


async def remove_category(conn: Connection, store_id: UUID, category_id: UUID) -> None:
    """Remove an empty category; run it in a transaction. Raises 404, or 409 `category_not_empty`."""
    rows = await conn.fetch(LOCK, store_id)
    if category_id not in {row["id"] for row in rows}:
        raise not_found("category")
    if await conn.fetchval(IN_USE, store_id, category_id):
        raise ShopError("category_not_empty", 409)
    await conn.execute(REMOVE, store_id, category_id)
    await append(conn, [_changed(store_id, category_id)])


def _parent(draft: CategoryDraft, codes: dict[str, UUID]) -> UUID | None:
    if not draft.parent_code:
        return draft.parent_id
    if draft.parent_code not in codes:
        raise ShopError("category_unknown", 400, field="parent_id")
    return codes[draft.parent_code]


def _changed(store_id: UUID, category_id: UUID) -> Event:
    return Event(store_id, "catalog.changed", category_id, None, {"entity": "category"})
