"""Batch shipping by spreadsheet: the list out, the filled-in list in, dry run or for good."""

import asyncio
from collections import Counter
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.errors import ShopError
from zhanggui.core.i18n import Locale, Text, both, message
from zhanggui.core.runtime import Runtime
from zhanggui.core.sheets import SheetRow
from zhanggui.customers.phones import mask_phone, national_phone
from zhanggui.fulfillment import shapes
from zhanggui.fulfillment.carriers import CARRIERS
from zhanggui.fulfillment.sheet_format import COLUMNS, MAX_ERRORS, MAX_ORDERS, MAX_ROWS
from zhanggui.fulfillment.sheet_orders import named, to_ship
from zhanggui.fulfillment.sheet_plan import PlannedParcel, RowFault, plan_sheet
from zhanggui.fulfillment.sheet_read import read_sheet
from zhanggui.fulfillment.sheet_write import Cells
from zhanggui.fulfillment.ship import Parcel, ship
from zhanggui.orders.page_parts import as_text, open_contact
from zhanggui.orders.rules import Actor
from zhanggui.orders.timeline import TimelineEntry, append_timeline
from zhanggui.stores.queries import load as load_store

HEADINGS = {column.key: column.heading for column in COLUMNS}


async def list_to_ship(
    rt: Runtime,
    store_id: UUID,
    since: datetime | None,
    to: datetime | None,
    number: str,
    locale: Locale,
    viewer: Actor | None,
) -> list[Cells]:
    """A row for every line with units that have not left. With `viewer` the contacts are open, and every order's timeline
    says who looked; otherwise they are masked."""
    store = await load_store(rt, store_id)
    zone = ZoneInfo(store.timezone)

    async def work(conn: Connection) -> list[Cells]:
        found = await to_ship(conn, store_id, since, to, number, MAX_ROWS)
        cells: list[Cells] = []
        for row in found:
            contact = open_contact(rt.sealer, row)
            phone = (national_phone if viewer else mask_phone)(contact.phone) if contact else ""
            cells.append(
                {
                    "number": row["number"],
                    "line": str(row["position"] + 1),
                    "name": as_text(row["name"]).pick(locale),
                    "spec": " · ".join(
                        t
                        for t in (
                            as_text(row["spec_text"]).pick(locale),
                            as_text(row["modifiers_text"]).pick(locale),
                        )
                        if t
                    ),
                    "sku": row["sku_code"],
                    "quantity": str(row["unsent"]),
                    "recipient": contact.recipient if contact else "",
                    "phone": phone,
                    "address": contact.text if contact and viewer else "",
                    "remark": row["remark"],
                    "paid": row["paid_at"].astimezone(zone).strftime("%Y-%m-%d %H:%M")
                    if row["paid_at"]
                    else "",
                }
            )
        if viewer:
            ids = dict.fromkeys(row["id"] for row in found)
            await append_timeline(conn, store_id, [TimelineEntry(i, "contact_viewed", viewer) for i in ids])
        return cells

    return await in_transaction(rt.db, work)


async def ship_sheet(
    rt: Runtime, store_id: UUID, content: bytes, actor: Actor, *, dry_run: bool
) -> shapes.SheetReport:
    """Ship what a spreadsheet says, or only say what would happen. With a row at fault nothing is shipped.

    Every order is shipped in a transaction of its own; a parcel that left before, also by an earlier upload of the same
    file, is counted and left alone. Raises as `read_sheet`, 422 `sheet_too_many_orders`.
    """
    rows = await asyncio.to_thread(read_sheet, content)
    numbers = sorted({row.get("number") for row in rows if row.get("waybill")})
    if len(numbers) > MAX_ORDERS:
        raise ShopError("sheet_too_many_orders", 422, field="file", limit=MAX_ORDERS)
    plan = plan_sheet(rows, await named(rt.db, store_id, numbers))
    faults, given = list(plan.faults), {row.number: row for row in rows}
    done: Counter[str] = Counter()
    states: list[shapes.SheetParcelState] = []
    for parcel in plan.parcels:
        state: shapes.SheetParcelState = "known" if parcel.known else "ready"
        if state == "ready" and not dry_run and not plan.faults:
            fault = await _send(rt, store_id, parcel, actor)
            state = "failed" if fault else "shipped"
            faults += [fault] if fault else []
        states.append(state)
        done[state] += 1
    return shapes.SheetReport(
        dry_run=dry_run,
        orders=len({parcel.order.id for parcel in plan.parcels if not parcel.known}),
        shipped=done["ready"] + done["shipped"],
        known=done["known"],
        waiting=plan.waiting,
        parcels=[_view(parcel, state) for parcel, state in zip(plan.parcels, states, strict=True)][:MAX_ROWS],
        errors=[_fault(fault, given[fault.row]) for fault in faults[:MAX_ERRORS]],
    )


async def _send(rt: Runtime, store_id: UUID, parcel: PlannedParcel, actor: Actor) -> RowFault | None:
    """Ship one parcel; somebody else may have been faster since the plan."""
    wish = Parcel(parcel.carrier, parcel.waybill, sorted(parcel.units.items()))
    try:
        await ship(rt, store_id, parcel.order.id, wish, actor)
    except ShopError as refused:
        return RowFault(parcel.rows[0], "number", refused.code, refused.params)
    return None


def _view(parcel: PlannedParcel, state: shapes.SheetParcelState) -> shapes.SheetParcel:
    return shapes.SheetParcel(
        order_id=parcel.order.id,
        number=parcel.order.number,
        carrier=shapes.Carrier(parcel.carrier, CARRIERS[parcel.carrier]),
        guessed=parcel.guessed,
        waybill=parcel.waybill,
        units=sum(parcel.units.values()),
        rows=list(parcel.rows),
        state=state,
    )


def _fault(fault: RowFault, given: SheetRow) -> shapes.SheetFault:
    column: Text = HEADINGS[fault.column]
    told = both(fault.code, **fault.params)
    if "carriers" in fault.params:
        names = [CARRIERS[code] for code in fault.params["carriers"]]
        told = Text(
            message(fault.code, "zh", names="、".join(n.zh for n in names)),
            message(fault.code, "en", names=", ".join(n.en for n in names)),
        )
    return shapes.SheetFault(
        fault.row, given.get("number"), column, given.get(fault.column), fault.code, told
    )
