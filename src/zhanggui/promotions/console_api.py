"""Flash sales in the console."""

from typing import Annotated, Any
from uuid import UUID

from litestar import get, post, put
from litestar.params import QueryParameter

from zhanggui.core.auth import StaffMember, staff
from zhanggui.core.http import Page
from zhanggui.core.idempotency import Asked, Key, fingerprint
from zhanggui.core.runtime import Runtime
from zhanggui.promotions import schedule
from zhanggui.promotions.listing import figures, list_sales, read_sale
from zhanggui.promotions.rules import Status
from zhanggui.promotions.shapes import ConsoleFlashSale, FlashFigures, FlashSaleInput, FlashSaleRow

READ, WRITE = staff("products.read"), staff("products.write")
FLASH = "/stores/{store_id:uuid}/flash"
ONE = f"{FLASH}/{{sale_id:uuid}}"
Cursor = Annotated[str | None, QueryParameter(max_length=200)]


@get(FLASH, opt=READ, operation_id="console_flash_sales")
async def list_flash_sales(
    rt: Runtime, store_id: UUID, status: Status | None = None, cursor: Cursor = None
) -> Page[FlashSaleRow]:
    """Sales with where their units are, the newest first."""
    return await list_sales(rt, store_id, status, cursor)


@post(FLASH, opt=WRITE, operation_id="add_flash_sale", status_code=201)
async def add_flash_sale(
    rt: Runtime, member: StaffMember, store_id: UUID, data: FlashSaleInput, idempotency_key: Key
) -> ConsoleFlashSale:
    """Draft a sale, once for each key; nothing is set aside and nobody sees it before it is scheduled."""
    asked = Asked(store_id, member.id, idempotency_key, fingerprint("promotions.add_sale", data))
    return await read_sale(rt, store_id, await schedule.save(rt, store_id, None, data, member.name, asked))


@get(ONE, opt=READ, operation_id="console_flash_sale")
async def read_flash_sale(rt: Runtime, store_id: UUID, sale_id: UUID) -> ConsoleFlashSale:
    """A sale as the form edits it; send its `version` back when saving."""
    return await read_sale(rt, store_id, sale_id)


@put(ONE, opt=WRITE, operation_id="change_flash_sale")
async def change_flash_sale(
    rt: Runtime, member: StaffMember, store_id: UUID, sale_id: UUID, data: FlashSaleInput
) -> ConsoleFlashSale:
    """Replace a sale that has not started; a scheduled one stays scheduled, its units are set aside anew.

    409 `flash_started`, `flash_conflict` when `version` is stale, `out_of_stock` with what is left.
    """
    return await read_sale(rt, store_id, await schedule.save(rt, store_id, sale_id, data, member.name))


@post(f"{ONE}/schedule", opt=WRITE, operation_id="schedule_flash_sale", status_code=200)
async def schedule_flash_sale(
    rt: Runtime, member: StaffMember, store_id: UUID, sale_id: UUID
) -> ConsoleFlashSale:
    """Set the units aside and let it start at its time; 409 `out_of_stock` with what is left."""
    await schedule.schedule(rt, store_id, sale_id, member.name)
    return await read_sale(rt, store_id, sale_id)


@post(f"{ONE}/cancel", opt=WRITE, operation_id="cancel_flash_sale", status_code=200)
async def cancel_flash_sale(rt: Runtime, store_id: UUID, sale_id: UUID) -> ConsoleFlashSale:
    """Call it off: free units go back to stock, places are withdrawn, orders already placed stay."""
    await schedule.cancel(rt, store_id, sale_id)
    return await read_sale(rt, store_id, sale_id)


@get(f"{ONE}/figures", opt=READ, operation_id="flash_sale_figures")
async def read_flash_figures(rt: Runtime, store_id: UUID, sale_id: UUID) -> FlashFigures:
    """Places, orders, paid, returned; by minute."""
    return await figures(rt, store_id, sale_id)


routes: list[Any] = [
    list_flash_sales,
    add_flash_sale,
    read_flash_sale,
    change_flash_sale,
    schedule_flash_sale,
    cancel_flash_sale,
    read_flash_figures,
]
