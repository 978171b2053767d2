"""Create and change products with their SKUs: the one way in, a list at a time.

Six statements for a batch, whatever its size: lock and read what is there, check categories and pictures, upsert products,
upsert SKUs, retire SKUs that left the matrix; then events and the initial stock of new SKUs.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from zhanggui.catalog.rules import Cell, clean_html, matrix_errors, modifier_errors
from zhanggui.catalog.shapes import ProductInput, SkuInput
from zhanggui.core import clock
from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.errors import FieldError, ShopError
from zhanggui.core.events import Event, append
from zhanggui.core.idempotency import Asked, made_once
from zhanggui.core.ids import new_id
from zhanggui.core.runtime import Runtime

InitialStock = Callable[[Connection, UUID, list[tuple[UUID, int]], str], Awaitable[None]]
ON_INITIAL_STOCK: list[InitialStock] = []
"""Called in the same transaction with (conn, store_id, [(sku_id, units)], actor) for new SKUs; inventory registers."""

EVENTS_ONE_BY_ONE = 200
STATUS_OF = {"not_found": 404, "product_conflict": 409, "product_code_taken": 409, "sku_code_taken": 409}

LOCK_PRODUCTS = statement(
    "catalog.save.lock",
    """
    SELECT id, code, version FROM product
    WHERE store_id = $1 AND (id = ANY($2::uuid[]) OR code = ANY($3::text[])) ORDER BY id FOR UPDATE
    """,
)
KNOWN_SKUS = statement(
    "catalog.save.known_skus",
    """
    SELECT id, product_id, code FROM sku
    WHERE store_id = $1 AND (product_id = ANY($2::uuid[]) OR code = ANY($3::text[]))
    """,
)
KNOWN_REFERENCES = statement(
    "catalog.save.references",
    """
    SELECT ARRAY(SELECT id FROM category WHERE store_id = $1 AND id = ANY($2::uuid[])) AS categories,
           ARRAY(SELECT id FROM picture WHERE store_id = $1 AND id = ANY($3::uuid[])) AS pictures
    """,
)
UPSERT_PRODUCTS = statement(
    "catalog.save.products",
    """
    INSERT INTO product (store_id, id, code, category_id, name, subtitle, description_html, status, tags, picture_ids,
                         delivery_methods, specs, modifiers, price, price_max, list_price, sort,
                         return_exception, brand, created_at, updated_at)
    SELECT $1, p.*, $3, $3
    FROM jsonb_to_recordset($2::jsonb) AS p (
      id uuid, code text, category_id uuid, name jsonb, subtitle jsonb, description_html jsonb, status text, tags text[],
      picture_ids uuid[], delivery_methods text[], specs jsonb, modifiers jsonb, price bigint, price_max bigint,
      list_price bigint, sort integer, return_exception text, brand text)
    ON CONFLICT (store_id, id) DO UPDATE SET
      code = excluded.code, category_id = excluded.category_id, name = excluded.name, subtitle = excluded.subtitle,
      description_html = excluded.description_html, status = excluded.status, tags = excluded.tags,
      picture_ids = excluded.picture_ids, delivery_methods = excluded.delivery_methods, specs = excluded.specs,
      modifiers = excluded.modifiers, price = excluded.price, price_max = excluded.price_max,
      list_price = excluded.list_price, sort = excluded.sort, return_exception = excluded.return_exception,
      brand = excluded.brand,
      updated_at = excluded.updated_at,
      version = product.version + 1
    """,
)
UPSERT_SKUS = statement(
    "catalog.save.skus",
    """
    INSERT INTO sku (store_id, id, product_id, code, spec_values, price, list_price, weight_g, buy_limit, picture_id, sort)
    SELECT $1, s.*
    FROM jsonb_to_recordset($2::jsonb) AS s (
      id uuid, product_id uuid, code text, spec_values text[], price bigint, list_price bigint, weight_g integer,
      buy_limit integer, picture_id uuid, sort integer)
    ON CONFLICT (store_id, id) DO UPDATE SET
      code = excluded.code, spec_values = excluded.spec_values, price = excluded.price, list_price = excluded.list_price,
      weight_g = excluded.weight_g, buy_limit = excluded.buy_limit, picture_id = excluded.picture_id,
      sort = excluded.sort, active = true
    """,
)
RETIRE_SKUS = statement(
    "catalog.save.retire",
    "UPDATE sku SET active = false WHERE store_id = $1 AND product_id = ANY($2::uuid[]) AND NOT id = ANY($3::uuid[])",
)


class Draft(NamedTuple):
    """A product to write. `product_id` None: a new one, or with `by_code` whichever has the code (import)."""

    body: ProductInput
    product_id: UUID | None = None
    by_code: bool = False


class Refused(NamedTuple):
    """Why the draft at `position` cannot be written; `params` fill the message."""

    position: int
    field: str
    code: str
    params: dict[str, Any]


class Saved(NamedTuple):
    """Ids in the order of the drafts, or what stands against writing any of them."""

    ids: list[UUID]
    created: int
    updated: int
    refused: list[Refused]


class _Known(NamedTuple):
    by_id: dict[UUID, Any]
    by_code: dict[str, Any]
    skus: dict[UUID, Any]
    sku_codes: dict[str, Any]
    categories: set[UUID]
    pictures: set[UUID]


async def save_products(conn: Connection, store_id: UUID, drafts: Sequence[Draft], actor: str) -> Saved:
    """Write all drafts in the caller's transaction, or none of them and say why in `refused`.

    A stale `version` is refused as `product_conflict`. Initial stock goes to ON_INITIAL_STOCK, in units, for SKUs that
    did not exist. Raises 409 `code_taken` when another transaction took a code in the same moment.
    """
    known = await _read(conn, store_id, drafts)
    refused = [r for i, draft in enumerate(drafts) for r in _refusals(i, draft, known)]
    if refused:
        return Saved([], 0, 0, refused)
    ids = [_existing_id(draft, known) or new_id() for draft in drafts]
    pairs = list(zip(ids, drafts, strict=True))
    named = {sku.id for d in drafts for sku in d.body.skus if sku.id}
    skus = [(_sku_id(p, sku, known, named), p, n, sku) for p, d in pairs for n, sku in enumerate(d.body.skus)]
    try:
        await conn.execute(
            UPSERT_PRODUCTS, store_id, [_product_row(p, d.body) for p, d in pairs], clock.now()
        )
        await conn.execute(RETIRE_SKUS, store_id, ids, [s[0] for s in skus])
        await conn.execute(UPSERT_SKUS, store_id, [_sku_row(*s) for s in skus])
    except asyncpg.UniqueViolationError as fault:
        raise ShopError("code_taken", 409, field="code") from fault
    await append(conn, _events(store_id, ids))
    stocked = [(i, sku.stock or 0) for i, _, _, sku in skus if i not in known.skus]
    for hook in ON_INITIAL_STOCK:
        await hook(conn, store_id, stocked, actor)
    updated = sum(1 for i in ids if i in known.by_id)
    return Saved(ids, len(ids) - updated, updated, [])


async def save_one(rt: Runtime, store_id: UUID, draft: Draft, actor: str, asked: Asked | None = None) -> UUID:
    """Write one product in a transaction of its own and return its id; a new one once for each key.

    Raises 404 for an unknown id, 409 for `product_conflict` and codes that are taken, 400 with every field at fault
    for anything else.
    """

    async def work(conn: Connection) -> UUID:
        async def save() -> UUID:
            saved = await save_products(conn, store_id, [draft], actor)
            if saved.refused:
                raise _refusal(saved.refused)
            return saved.ids[0]

        return await made_once(conn, asked, save)

    return await in_transaction(rt.db, work)


def _refusal(refused: Sequence[Refused]) -> ShopError:
    first = min(refused, key=lambda r: STATUS_OF.get(r.code, 400) == 400)
    status = STATUS_OF.get(first.code, 400)
    if status != 400:
        return ShopError(first.code, status, field=first.field, **first.params)
    return ShopError("invalid", 400, errors=[FieldError(r.field, r.code) for r in refused])


async def _read(conn: Connection, store_id: UUID, drafts: Sequence[Draft]) -> _Known:
    bodies = [d.body for d in drafts]
    products = await conn.fetch(
        LOCK_PRODUCTS, store_id, [d.product_id for d in drafts if d.product_id], [b.code for b in bodies]
    )
    skus = await conn.fetch(
        KNOWN_SKUS, store_id, [p["id"] for p in products], [s.code for b in bodies for s in b.skus]
    )
    found = await conn.fetchrow(
        KNOWN_REFERENCES,
        store_id,
        list({b.category_id for b in bodies}),
        list({i for b in bodies for _, i in picture_fields(b)}),
    )
    if found is None:
        raise LookupError("a SELECT without FROM answers one row")
    return _Known(
        {p["id"]: p for p in products},
        {p["code"]: p for p in products},
        {s["id"]: s for s in skus},
        {s["code"]: s for s in skus},
        set(found["categories"]),
        set(found["pictures"]),
    )


def picture_fields(body: ProductInput) -> list[tuple[str, UUID]]:
    """Every picture a product names, with the field that names it."""
    named = [(f"picture_ids[{i}]", p) for i, p in enumerate(body.picture_ids)]
    named += [
        (f"specs[{i}].values[{j}].picture_id", v.picture_id)
        for i, spec in enumerate(body.specs)
        for j, v in enumerate(spec.values)
        if v.picture_id
    ]
    return named + [(f"skus[{i}].picture_id", s.picture_id) for i, s in enumerate(body.skus) if s.picture_id]


def input_errors(body: ProductInput) -> list[FieldError]:
    """What is wrong with a product in itself, whatever is in the database."""
    errors = matrix_errors(body.specs, [Cell(s.code, s.values) for s in body.skus])
    errors += modifier_errors(body.modifiers)
    if not (body.name.zh.strip() or body.name.en.strip()):
        errors.append(FieldError("name", "text_needed"))
    if "virtual" in body.delivery_methods and len(set(body.delivery_methods)) > 1:
        errors.append(FieldError("delivery_methods", "virtual_alone"))
    return errors


def _existing_id(draft: Draft, known: _Known) -> UUID | None:
    if draft.product_id is None and draft.by_code and draft.body.code in known.by_code:
        return known.by_code[draft.body.code]["id"]
    return draft.product_id


def _refusals(position: int, draft: Draft, known: _Known) -> list[Refused]:
    body, existing = draft.body, _existing_id(draft, known)
    found = [Refused(position, e.field, e.code, {}) for e in input_errors(body)]

    def refuse(field: str, code: str, **params: object) -> None:
        found.append(Refused(position, field, code, params))

    if existing is not None and not draft.by_code:
        if existing not in known.by_id:
            refuse("id", "not_found", what="product")
        elif body.version != known.by_id[existing]["version"]:
            refuse("version", "version_needed" if body.version is None else "product_conflict")
    holder = known.by_code.get(body.code)
    if holder is not None and holder["id"] != existing:
        refuse("code", "product_code_taken")
    if body.category_id not in known.categories:
        refuse("category_id", "category_unknown")
    for field, picture_id in picture_fields(body):
        if picture_id not in known.pictures:
            refuse(field, "picture_unknown")
    given = [s.id for s in body.skus]
    for i, sku in enumerate(body.skus):
        if sku.id is not None and given.index(sku.id) < i:
            refuse(f"skus[{i}].id", "sku_repeated")
        owner = known.sku_codes.get(sku.code)
        if owner is not None and owner["product_id"] != existing:
            refuse(f"skus[{i}].code", "sku_code_taken", sku=sku.code)
        if sku.id is not None and (sku.id not in known.skus or known.skus[sku.id]["product_id"] != existing):
            refuse(f"skus[{i}].id", "sku_unknown")
    return found


def _sku_id(product_id: UUID, sku: SkuInput, known: _Known, named: set[UUID]) -> UUID:
    """The SKU's own id, that of the product's SKU with this code (unless the form named it elsewhere), or a new one."""
    if sku.id is not None:
        return sku.id
    same = known.sku_codes.get(sku.code)
    if same is None or same["product_id"] != product_id or same["id"] in named:
        return new_id()
    return same["id"]


def _product_row(product_id: UUID, body: ProductInput) -> dict[str, Any]:
    prices = [s.price for s in body.skus]
    return {
        "id": product_id,
        "code": body.code,
        "category_id": body.category_id,
        "name": {"zh": body.name.zh.strip(), "en": body.name.en.strip()},
        "subtitle": {"zh": body.subtitle.zh.strip(), "en": body.subtitle.en.strip()},
        "description_html": {
            "zh": clean_html(body.description_html.zh),
            "en": clean_html(body.description_html.en),
        },
        "status": body.status,
        "tags": list(dict.fromkeys(body.tags)),
        "picture_ids": list(dict.fromkeys(body.picture_ids)),
        "delivery_methods": list(dict.fromkeys(body.delivery_methods)),
        "specs": msgspec.to_builtins(body.specs),
        "modifiers": msgspec.to_builtins(body.modifiers),
        "price": min(prices),
        "price_max": max(prices),
        "list_price": body.list_price,
        "sort": body.sort,
        "return_exception": body.return_exception,
        "brand": " ".join(body.brand.split()),
    }


def _sku_row(sku_id: UUID, product_id: UUID, sort: int, sku: SkuInput) -> dict[str, Any]:
    return {
        "id": sku_id,
        "product_id": product_id,
        "code": sku.code,
        "spec_values": sku.values,
        "price": sku.price,
        "list_price": sku.list_price,
        "weight_g": sku.weight_g,
        "buy_limit": sku.limit,
        "picture_id": sku.picture_id,
        "sort": sort,
    }


def _events(store_id: UUID, ids: Sequence[UUID]) -> list[Event]:
    if len(ids) > EVENTS_ONE_BY_ONE:
        return [Event(store_id, "catalog.changed", store_id, None, {"entity": "all"})]
    return [Event(store_id, "catalog.changed", i, None, {"entity": "product"}) for i in ids]
