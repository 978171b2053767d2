"""The merchant's catalogue: categories, products, the shelf."""

from typing import Annotated, Any
from uuid import UUID

from litestar import delete, get, post, put
from litestar.params import Parameter

from zhanggui.catalog import import_api, queries
from zhanggui.catalog.categories import CategoryDraft, remove_category, save_categories
from zhanggui.catalog.queries import ProductFilter
from zhanggui.catalog.rules import Status
from zhanggui.catalog.save_product import Draft, save_one
from zhanggui.catalog.shapes import (
    CategoryInput,
    Changed,
    ConsoleCategories,
    ConsoleCategory,
    ConsoleProduct,
    ConsoleProductRow,
    ProductInput,
    StatusInput,
)
from zhanggui.catalog.shelf import set_status
from zhanggui.core.auth import StaffMember, staff
from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.http import Page
from zhanggui.core.i18n import Text
from zhanggui.core.idempotency import Asked, Key, fingerprint, made_once
from zhanggui.core.runtime import Runtime

READ, WRITE = staff("products.read"), staff("products.write")


@get("/stores/{store_id:uuid}/categories", opt=READ, operation_id="console_categories")
async def console_categories(rt: Runtime, store_id: UUID) -> ConsoleCategories:
    """The whole category tree flattened, parents first, hidden ones too."""
    return await queries.console_categories(rt, store_id)


@post("/stores/{store_id:uuid}/categories", opt=WRITE, operation_id="add_category")
async def add_category(
    rt: Runtime, member: StaffMember, store_id: UUID, data: CategoryInput, idempotency_key: Key
) -> ConsoleCategory:
    """Add a category, at the top or below another; once for each key."""
    asked = Asked(store_id, member.id, idempotency_key, fingerprint("catalog.add_category", data))
    return await _save(rt, store_id, None, data, asked)


@put("/stores/{store_id:uuid}/categories/{category_id:uuid}", opt=WRITE, operation_id="change_category")
async def change_category(
    rt: Runtime, store_id: UUID, category_id: UUID, data: CategoryInput
) -> ConsoleCategory:
    """Rename, move, hide or sort a category."""
    return await _save(rt, store_id, category_id, data)


@delete("/stores/{store_id:uuid}/categories/{category_id:uuid}", opt=WRITE, operation_id="delete_category")
async def delete_category(rt: Runtime, store_id: UUID, category_id: UUID) -> None:
    """Remove an empty category; 409 when products or categories are in it."""
    await in_transaction(rt.db, lambda conn: remove_category(conn, store_id, category_id))


@get("/stores/{store_id:uuid}/products", opt=READ, operation_id="console_products")
async def console_products(
    rt: Runtime,
    store_id: UUID,
    status: Status | None = None,
    category: UUID | None = None,
    q: Annotated[str, Parameter(max_length=50)] = "",
    limit: Annotated[int, Parameter(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Parameter(max_length=500)] = None,
) -> Page[ConsoleProductRow]:
    """Products, the last added first; `q` looks into codes, SKU codes and names, a category includes those below it."""
    return await queries.console_products(
        rt, store_id, ProductFilter(status, category, q.strip(), limit, cursor)
    )


@post("/stores/{store_id:uuid}/products", opt=WRITE, operation_id="add_product")
async def add_product(
    rt: Runtime, store_id: UUID, member: StaffMember, data: ProductInput, idempotency_key: Key
) -> ConsoleProduct:
    """Add a product with its SKUs and their initial stock; once for each key."""
    asked = Asked(store_id, member.id, idempotency_key, fingerprint("catalog.add_product", data))
    product_id = await save_one(rt, store_id, Draft(data), member.name, asked)
    return await queries.console_product(rt, store_id, product_id)


@get("/stores/{store_id:uuid}/products/{product_id:uuid}", opt=READ, operation_id="console_product")
async def console_product(rt: Runtime, store_id: UUID, product_id: UUID) -> ConsoleProduct:
    """A product as the form edits it; send its `version` back when saving."""
    return await queries.console_product(rt, store_id, product_id)


@put("/stores/{store_id:uuid}/products/{product_id:uuid}", opt=WRITE, operation_id="change_product")
async def change_product(
    rt: Runtime, store_id: UUID, product_id: UUID, member: StaffMember, data: ProductInput
) -> ConsoleProduct:
    """Replace a product; 409 `product_conflict` when somebody else changed it since `version` was read."""
    await save_one(rt, store_id, Draft(data, product_id), member.name)
    return await queries.console_product(rt, store_id, product_id)


@post(
    "/stores/{store_id:uuid}/products/status", opt=WRITE, operation_id="set_product_status", status_code=200
)
async def set_product_status(rt: Runtime, store_id: UUID, data: StatusInput) -> Changed:
    """Put up to 500 products on the shelf or take them off."""
    return Changed(
        await in_transaction(rt.db, lambda conn: set_status(conn, store_id, data.ids, data.status))
    )


async def _save(
    rt: Runtime, store_id: UUID, category_id: UUID | None, data: CategoryInput, asked: Asked | None = None
) -> ConsoleCategory:
    draft = CategoryDraft(
        Text(data.name.zh, data.name.en),
        id=category_id,
        parent_id=data.parent_id,
        icon_id=data.icon_id,
        sort=data.sort,
        visible=data.visible,
    )

    async def work(conn: Connection) -> UUID:
        async def save() -> UUID:
            return (await save_categories(conn, store_id, [draft]))[0]

        return await made_once(conn, asked, save)

    return await queries.console_category(rt, store_id, await in_transaction(rt.db, work))


routes: list[Any] = [
    console_categories,
    add_category,
    change_category,
    delete_category,
    console_products,
    add_product,
    console_product,
    change_product,
    set_product_status,
    *import_api.routes,
]
