"""What is left, for pages that are cached without it."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get
from litestar.params import QueryParameter

from zhanggui.catalog.cache import catalogue
from zhanggui.core.auth import PUBLIC
from zhanggui.core.runtime import Runtime
from zhanggui.inventory.queries import availability
from zhanggui.inventory.shapes import ShopStock, ShopStocks
from zhanggui.stores import queries as stores

SHOWN_AT_MOST = 99

Skus = Annotated[list[UUID] | None, QueryParameter(name="sku", max_items=200)]
Products = Annotated[list[UUID] | None, QueryParameter(name="product", max_items=100)]


@get("/stores/{slug:str}/stock", opt=PUBLIC)
async def read_stock(
    rt: Runtime, slug: str, sku: Skus = None, product: Products = None
) -> Response[ShopStocks]:
    """Stock of up to 200 SKUs or of all SKUs of up to 100 products; one statement, never cached."""
    store = await stores.by_slug(rt, slug)
    held = await catalogue(rt, store.id)
    views = [held.skus[i] for i in sku or [] if i in held.skus]
    views += [v for i in product or [] if i in held.products for v in held.products[i].active_skus]
    of_product = {v.sku_id: v.product_id for v in views}
    found = await availability(rt.db, store.id, list(of_product)) if of_product else {}
    items = [
        ShopStock(i, of_product[i], min(a.available, SHOWN_AT_MOST), a.available == 0)
        for i, a in found.items()
    ]
    return Response(ShopStocks(items), headers={"Cache-Control": "no-store"})


routes = [read_stock]
