"""The merchant's dashboard."""

from typing import Any
from uuid import UUID

from litestar import get

from zhanggui.core.auth import StaffMember, staff
from zhanggui.core.runtime import Runtime
from zhanggui.insights import queries
from zhanggui.insights.shapes import Dashboard


@get("/stores/{store_id:uuid}/dashboard", opt=staff("dashboard.read"))
async def read_dashboard(rt: Runtime, member: StaffMember, store_id: UUID) -> Dashboard:
    """Today's figures against last week, orders by hour, what needs a hand now, best sellers.

    What the store's money needs is counted for those who may see it, and nothing for others.
    """
    return await queries.dashboard(rt, store_id, money="money.read" in member.stores[store_id])


routes: list[Any] = [read_dashboard]
