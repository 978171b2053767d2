"""What it would cost: the confirm page's endpoint. Nothing is written."""

from litestar import post

from zhanggui.core.auth import BUYER, Buyer
from zhanggui.core.i18n import Locale
from zhanggui.core.runtime import Runtime
from zhanggui.pricing.prepare import line_pictures, prepare, quote_now, render
from zhanggui.pricing.shapes import Quote, QuoteRequest
from zhanggui.stores import queries as stores


@post("/quote", opt=BUYER, status_code=200)
async def ask_quote(rt: Runtime, buyer: Buyer, locale: Locale, data: QuoteRequest) -> Quote:
    """The price of these lines received this way, why, and what stands in the way of placing the order."""
    basket = await prepare(rt, buyer.id, data)
    store = await stores.load(rt, data.store_id)
    quoted = await quote_now(rt, buyer.id, basket)
    return render(basket, quoted, await line_pictures(rt, basket), store.currency, locale)


routes = [ask_quote]
