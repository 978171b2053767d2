"""Shipping reports in the console: the list, another try, and whether the platform wants reports at all."""

from typing import Annotated, Any, get_args
from uuid import UUID

from litestar import get, post
from litestar.params import QueryParameter
from litestar.status_codes import HTTP_200_OK

from zhanggui.core.auth import StaffMember, staff
from zhanggui.core.http import among
from zhanggui.core.runtime import Runtime
from zhanggui.fulfillment.report import managed
from zhanggui.fulfillment.report_listing import list_reports
from zhanggui.fulfillment.report_retry import retry_refused, retry_report
from zhanggui.fulfillment.report_rules import State
from zhanggui.fulfillment.shapes import ReportPage, Retried, TradeManagement
from zhanggui.orders.pages import console_order
from zhanggui.orders.rules import Actor
from zhanggui.orders.shapes import ConsoleOrder
from zhanggui.wechat.apps import mini_program, own_appid
from zhanggui.wechat.errors import WeChatError

REPORTS = "/stores/{store_id:uuid}/shipping-reports"


@get(REPORTS, opt=staff("orders.read"))
async def read_reports(
    rt: Runtime,
    store_id: UUID,
    states: Annotated[list[str] | None, QueryParameter(name="state", max_items=5)] = None,
    q: Annotated[str, QueryParameter(max_length=64)] = "",
    cursor: Annotated[str | None, QueryParameter(max_length=200)] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=100)] = 30,
) -> ReportPage:
    """What the platform was told of each order paid there, the newest order first."""
    return await list_reports(rt, store_id, among(states, get_args(State), "state"), q, cursor, limit)


@post(REPORTS + "/{order_id:uuid}/retry", opt=staff("orders.work"), status_code=HTTP_200_OK)
async def report_again(rt: Runtime, member: StaffMember, store_id: UUID, order_id: UUID) -> ConsoleOrder:
    """Tell the platform again. A report that was sent stays as it is; 404 when nothing is to be told of the order."""
    await retry_report(rt, store_id, order_id, Actor("merchant", member.id, member.name))
    return await console_order(rt, store_id, order_id)


@post(REPORTS + "/retry", opt=staff("orders.work"), status_code=HTTP_200_OK)
async def refused_again(rt: Runtime, member: StaffMember, store_id: UUID) -> Retried:
    """Tell the platform again whatever it refused, reports and pre-sale declarations; asked twice nothing is told twice."""
    return Retried(await retry_refused(rt, store_id, Actor("merchant", member.id, member.name)))


@get("/stores/{store_id:uuid}/trade-management", opt=staff("orders.read"))
async def trade_management(rt: Runtime, store_id: UUID) -> TradeManagement:  # noqa: ARG001  # the path decides who may ask
    """Whether the platform wants shipping reported (发货信息管理) and 交易结算管理 is confirmed."""
    if await own_appid(rt.db) is None:
        return TradeManagement(None, None, None)
    app = await mini_program(rt)
    try:
        return TradeManagement(app.appid, await managed(rt, app), await app.trade_management_confirmed())
    except WeChatError:
        return TradeManagement(app.appid, None, None)


routes: list[Any] = [read_reports, report_again, refused_again, trade_management]
