"""Giving back what a return is worth: units, stock and money in one transaction, whoever decided it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from zhanggui import inventory
from zhanggui.core.db import Connection
from zhanggui.core.errors import ShopError
from zhanggui.core.jobs import enqueue
from zhanggui.fulfillment.open_order import completion
from zhanggui.inventory import Restocked
from zhanggui.orders import points
from zhanggui.orders.moves import move as move_order
from zhanggui.orders.progress import give_back_lines
from zhanggui.orders.queries import OrderRecord
from zhanggui.orders.rules import SYSTEM, Actor
from zhanggui.payments.cancel import Cancel, end_paid
from zhanggui.payments.refund import refund_part
from zhanggui.returns.amounts import OrderState, fees_due, part, spread, within_paid
from zhanggui.returns.exchange import release
from zhanggui.returns.moves import move
from zhanggui.returns.records import ReturnRecord, Settled, Taken, settle_lines
from zhanggui.returns.rules import REASONS, DecidedBy, Restock
from zhanggui.returns.state import order_state


class Shelf(NamedTuple):
    """Where units of a line go that came back; `location_id`: which shelf, None the store's own."""

    line_id: UUID
    units: int
    to: Restock
    location_id: UUID | None = None


def shelf(line_id: UUID, units: int, to: Restock, location_id: UUID | None) -> Shelf:
    """Raises 422 `location_written_off` for a location of what is not kept."""
    if to == "write_off" and location_id is not None:
        raise ShopError("location_written_off", 422, field="lines")
    return Shelf(line_id, units, to, location_id)


class Terms(NamedTuple):
    """On what terms: `amount` lowers the computed one, `accepted` units by line (all of them when None), `came_back`
    what arrived with the buyer's parcel, `unsent` where units go that never left; `reason` why it is less,
    `words` what the buyer reads in the place of the reason of the return.

    A merchant who pays back by himself says the `fees`, and may add `goodwill` to what goods and fees are worth; fen.
    """

    decided_by: DecidedBy
    amount: int | None = None
    fees: int | None = None
    goodwill: int = 0
    accepted: Mapping[UUID, int] | None = None
    came_back: tuple[Shelf, ...] = ()
    unsent: Restock = "shelf"
    reason: str = ""
    words: str = ""


class Worth(NamedTuple):
    """What a return is worth now: fen by line, fees, the total within what was paid; units that have not left, by line."""

    lines: dict[UUID, int]
    fees: int
    total: int
    unsent: dict[UUID, int]
    empties: bool


def worth(taken: Taken, state: OrderState, accepted: Mapping[UUID, int], terms: Terms) -> Worth:
    """What these units give back, and whether taking them out leaves nothing of an order that has not left; pure."""
    order, request, lines = taken
    amounts = {
        x.order_line_id: part(x.entitled, x.quantity, accepted[x.order_line_id])
        for x in lines
        if accepted.get(x.order_line_id)
    }
    units = {line_id: n for line_id, n in accepted.items() if n}
    fees = fees_due(state, units, request.reason) if terms.fees is None else terms.fees
    unsent: dict[UUID, int] = {}
    if request.kind == "refund_only":
        unsent = {i: min(n, state.lines[i].unsent) for i, n in units.items() if state.lines[i].unsent}
    empties = (
        bool(unsent)
        and state.nothing_left_the_store
        and order.status in {"paid", "preparing"}
        and all(line.unsent == unsent.get(line.id, 0) for line in state.lines.values())
    )
    total = within_paid(state, sum(amounts.values()) + fees + terms.goodwill)
    return Worth(amounts, fees, total, unsent, empties)


async def pay_back(
    conn: Connection, taken: Taken, actor: Actor, terms: Terms, **changes: Any
) -> ReturnRecord:
    """Give back what the return is worth on these terms and move it to `refunding` (`refunded` when that is nothing).

    An order that this empties before anything has left is cancelled, the one way there is. Raises 422 `amount_too_high`,
    `unsent_in_full`, 409 `more_than_paid`.
    """
    order, request, lines = taken
    accepted = terms.accepted if terms.accepted is not None else {x.order_line_id: x.quantity for x in lines}
    state = await order_state(conn, order, request.id)
    due = worth(taken, state, accepted, terms)
    final = due.total if terms.amount is None else terms.amount
    if final > due.total:
        raise ShopError("amount_too_high", 422, field="amount", data={"most": due.total}, most=due.total)
    if final < due.total and due.unsent:
        raise ShopError("unsent_in_full", 422, field="amount", data={"most": due.total})
    await release(conn, request, actor)
    if due.empties:
        final = await _end_order(conn, order, request, actor, terms)
    units = [(i, n, due.unsent.get(i, 0)) for i, n in sorted(accepted.items()) if n]
    to_send = await give_back_lines(conn, order.store_id, order.id, units) if units else None
    shelves = [*(Shelf(i, n, terms.unsent) for i, n in due.unsent.items()), *terms.came_back]
    if not due.empties:
        await put_back(conn, taken, actor, shelves)
        if due.unsent and to_send == 0 and order.status == "preparing":
            await _all_left(conn, order)
        await points.settle(conn, order.store_id, [order.id], request.number, request.id)
        if final:
            await refund_part(
                conn,
                order.store_id,
                order.id,
                final,
                actor,
                _words(request, terms),
                notify=request.notify,
                cause_id=request.id,
            )
    ids = sorted(due.lines)
    whole = sum(due.lines.values()) + due.fees
    parts, fees = spread(min(final, whole), [due.lines[i] for i in ids], due.fees)
    await settle(conn, taken, accepted, due.lines, dict(zip(ids, parts, strict=True)), shelves)
    return await move(
        conn,
        request,
        "refunding" if final else "refunded",
        actor,
        reason=terms.reason,
        data={"decided_by": terms.decided_by},
        amount=final,
        fees=fees,
        **{"decided_by": terms.decided_by, "reject_reason": terms.reason, **changes},
    )


async def _end_order(
    conn: Connection, order: OrderRecord, request: ReturnRecord, actor: Actor, terms: Terms
) -> int:
    restock = terms.unsent == "shelf"
    wish = Cancel(order.store_id, order.id, actor, _words(request, terms), restock, request.notify)
    return await end_paid(conn, wish, order, cause_id=request.id)


async def put_back(conn: Connection, taken: Taken, actor: Actor, shelves: Iterable[Shelf]) -> None:
    """Units that never left and units that came back go where they were told to, through the journal."""
    skus = {x.order_line_id: x.sku_id for x in taken.lines}
    by: dict[Restock, list[Restocked]] = {"shelf": [], "write_off": []}
    for shelf in shelves:
        by[shelf.to].append(Restocked(skus[shelf.line_id], shelf.units, shelf.location_id))
    if by["shelf"] or by["write_off"]:
        who = actor.name or actor.kind
        await inventory.restock(
            conn,
            taken.order.store_id,
            by["shelf"],
            taken.order.id,
            who,
            taken.request.number,
            by["write_off"],
        )


async def _all_left(conn: Connection, order: OrderRecord) -> None:
    """What remains of a partly sent order has been taken out of it: everything else has left."""
    await move_order(conn, order.store_id, [order.id], "preparing", "fulfilled", SYSTEM)
    await enqueue(conn, [completion(order.store_id, order.id)])


async def settle(
    conn: Connection,
    taken: Taken,
    accepted: Mapping[UUID, int],
    entitled: Mapping[UUID, int],
    amounts: Mapping[UUID, int],
    shelves: Sequence[Shelf],
) -> None:
    """Keep what became of each line: units taken, fen that they are worth and that go back for them, where they went."""
    went: dict[tuple[UUID, Restock], int] = {}
    where = {s.line_id: s.location_id for s in shelves if s.location_id is not None}
    for shelf in shelves:
        went[shelf.line_id, shelf.to] = went.get((shelf.line_id, shelf.to), 0) + shelf.units
    settled = [
        Settled(
            x.order_line_id,
            accepted.get(x.order_line_id, 0),
            entitled.get(x.order_line_id, 0),
            amounts.get(x.order_line_id, 0),
            went.get((x.order_line_id, "shelf"), 0),
            went.get((x.order_line_id, "write_off"), 0),
            where.get(x.order_line_id),
        )
        for x in taken.lines
    ]
    await settle_lines(conn, taken.request, settled)


def _words(request: ReturnRecord, terms: Terms) -> str:
    """Why, as the buyer and the platform read it (at most 80 bytes there)."""
    if terms.words:
        return terms.words
    name = REASONS[request.reason].name
    return f"{name.zh} · {name.en}"
