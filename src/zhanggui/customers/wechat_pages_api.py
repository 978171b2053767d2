"""Endpoints by which a page inside WeChat makes its buyer known there; what they do is in wechat_pages.py."""

from datetime import timedelta

from litestar import post

from zhanggui.core.auth import BUYER, Buyer
from zhanggui.core.ratelimit import Limit, take
from zhanggui.core.runtime import Runtime
from zhanggui.customers import wechat_pages
from zhanggui.customers.shapes import Nothing, PageAuthorization, PageCode

HOUR = timedelta(hours=1)


@post("/me/wechat-page/authorization", opt=BUYER, status_code=200)
async def authorize_page(
    rt: Runtime,
    buyer: Buyer,
    data: Nothing,  # noqa: ARG001  # the body is checked to be an empty object
) -> PageAuthorization:
    """Where a page inside WeChat sends its buyer to be known there; they come back to the pay page.

    409 `official_account_not_set_up` where the shop has none: then paying needs another browser.
    """
    await take(rt.db, [Limit("wechat-page", str(buyer.id), 60, HOUR)])
    return PageAuthorization(await wechat_pages.authorization(rt, buyer.id))


@post("/me/wechat-page", opt=BUYER, status_code=204)
async def know_page_buyer(rt: Runtime, buyer: Buyer, data: PageCode) -> None:
    """Exchange the code that the buyer came back with; from then on they can pay inside WeChat."""
    await take(rt.db, [Limit("wechat-page", str(buyer.id), 60, HOUR)])
    await wechat_pages.come_back(rt, buyer.id, data.code, data.state)


routes = [authorize_page, know_page_buyer]
