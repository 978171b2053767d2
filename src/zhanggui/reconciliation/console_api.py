"""Reconciliation in the console: runs, differences, and settling them."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import QueryParameter

from zhanggui.core.auth import StaffMember, staff
from zhanggui.core.http import Page
from zhanggui.core.idempotency import Key
from zhanggui.core.runtime import Runtime
from zhanggui.reconciliation.again import again
from zhanggui.reconciliation.listing import DifferenceFilter, list_differences, list_runs, one_difference
from zhanggui.reconciliation.resolve import By, adjust, finish
from zhanggui.reconciliation.rules import DifferenceStatus, Kind
from zhanggui.reconciliation.shapes import AdjustDifference, BillDifference, BillRuns

Cursor = Annotated[str | None, QueryParameter(max_length=200)]
# `status` is asked for as such; the name in Python is another because Litestar keeps `state` for its own.
Status = Annotated[DifferenceStatus | None, QueryParameter(name="status")]
BOOKS = "/stores/{store_id:uuid}/reconciliation"


@get(f"{BOOKS}/runs", opt=staff("money.read"))
async def read_runs(rt: Runtime, store_id: UUID, cursor: Cursor = None) -> BillRuns:
    """Each day's run of each payment account, newest day first."""
    return await list_runs(rt, store_id, cursor)


@post(f"{BOOKS}/runs/{{run_id:uuid}}/again", opt=staff("money.write"), status_code=204)
async def run_again(rt: Runtime, store_id: UUID, run_id: UUID) -> None:
    """Fetch and compare the day once more, as soon as a worker is free."""
    await again(rt, store_id, run_id)


@get(f"{BOOKS}/differences", opt=staff("money.read"))
async def read_differences(
    rt: Runtime,
    store_id: UUID,
    wanted: Status = None,
    kind: Kind | None = None,
    bill_date: date | None = None,
    cursor: Cursor = None,
) -> Page[BillDifference]:
    """What differs, newest first; all of it unless a status, a kind or a day is asked for."""
    return await list_differences(rt, store_id, DifferenceFilter(wanted, kind, bill_date), cursor)


@post(f"{BOOKS}/differences/{{difference_id:uuid}}/finish", opt=staff("money.write"), status_code=200)
async def finish_difference(
    rt: Runtime, member: StaffMember, store_id: UUID, difference_id: UUID
) -> BillDifference:
    """Ask the provider and do what was missed: confirm the payment, give it back, or bring the refund to its state."""
    await finish(rt, store_id, difference_id, By(member.id, member.name))
    return await one_difference(rt, store_id, difference_id)


@post(f"{BOOKS}/differences/{{difference_id:uuid}}/adjust", opt=staff("money.write"), status_code=200)
async def adjust_difference(
    rt: Runtime,
    member: StaffMember,
    store_id: UUID,
    difference_id: UUID,
    data: AdjustDifference,
    idempotency_key: Key,
) -> BillDifference:
    """Post what brings the book to the provider's figure, with who and why; once."""
    by = By(member.id, member.name)
    await adjust(rt, store_id, difference_id, by, data.reason, idempotency_key)
    return await one_difference(rt, store_id, difference_id)


routes = [read_runs, run_again, read_differences, finish_difference, adjust_difference]
