"""Changing a cart as its owner asks, each in a transaction of its own."""

from uuid import UUID

from zhanggui.cart import lines
from zhanggui.cart.shapes import LineChange, LineInput, Selection
from zhanggui.catalog.cache import catalogue
from zhanggui.core.db import Connection, Row, in_transaction
from zhanggui.core.errors import FieldError, ShopError, not_found
from zhanggui.core.idempotency import answer, claim, fingerprint
from zhanggui.core.runtime import Runtime
from zhanggui.pricing.modifiers import resolve
from zhanggui.stores import queries as stores


async def add_line(rt: Runtime, customer_id: UUID, line: LineInput, key: str) -> None:
    """Put a SKU in, once per idempotency key: a request that is sent again, or twice at a time, adds up once.

    Raises 404 for an unknown store or SKU, 409 `off_shelf`, `cart_full` or `idempotency_key_reused`, 422 `over_limit`
    or wrong modifiers.
    """
    print_ = fingerprint("cart.add_line", line)
    await stores.load(rt, line.store_id)
    view = (await catalogue(rt, line.store_id)).skus.get(line.sku_id)
    if view is None:
        raise not_found("SKU", "sku_id")
    if not view.on_shelf:
        raise ShopError("off_shelf", 409, field="sku_id")
    choice = resolve(view.modifiers, line.modifiers)
    if choice.faults:
        raise ShopError("invalid", 422, errors=[FieldError("modifiers", code) for code in choice.faults])
    new = lines.NewLine(line.sku_id, line.modifiers, line.quantity, view.price + choice.price)

    async def work(conn: Connection) -> None:
        if await claim(conn, line.store_id, customer_id, key, print_) is not None:
            return
        held = await lines.lock_cart(conn, customer_id)
        _check_limit(view.buy_limit, _units(held, view.sku_id) + line.quantity)
        await lines.add_lines(conn, customer_id, line.store_id, [new], held)
        await answer(conn, line.store_id, customer_id, key, {"added": line.quantity})

    await in_transaction(rt.db, work)


async def change_line(rt: Runtime, customer_id: UUID, line_id: UUID, change: LineChange) -> None:
    """Set quantity or tick. Raises 404 for another's line, 422 `over_limit`."""

    async def work(conn: Connection) -> None:
        held = await lines.lock_cart(conn, customer_id)
        row = next((r for r in held if r["id"] == line_id), None)
        if row is None:
            raise not_found("cart line")
        if change.quantity is not None and change.quantity > row["quantity"]:
            units = _units(held, row["sku_id"]) - row["quantity"] + change.quantity
            _check_limit(row["buy_limit"], units)
        await lines.change_line(conn, customer_id, line_id, change.quantity, change.selected)

    await in_transaction(rt.db, work)


async def select_lines(rt: Runtime, customer_id: UUID, selection: Selection) -> None:
    """Tick or untick several; ids of others are passed over."""

    async def work(conn: Connection) -> None:
        await lines.lock_cart(conn, customer_id)
        await lines.select_lines(conn, customer_id, selection.line_ids, selection.selected)

    await in_transaction(rt.db, work)


async def delete_line(rt: Runtime, customer_id: UUID, line_id: UUID) -> None:
    """Take a line out. Raises 404 for another's."""

    async def work(conn: Connection) -> None:
        await lines.lock_cart(conn, customer_id)
        await lines.delete_line(conn, customer_id, line_id)

    await in_transaction(rt.db, work)


def _units(held: list[Row], sku_id: UUID) -> int:
    return sum(r["quantity"] for r in held if r["sku_id"] == sku_id)


def _check_limit(limit: int | None, units: int) -> None:
    if limit is not None and units > limit:
        raise ShopError("over_limit", 422, field="quantity", limit=limit)
