"""What buyers browse (lists are in search). Every answer comes from memory, has an entity tag and holds no stock."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Parameter

from zhanggui.catalog import cards
from zhanggui.catalog.pages import answer
from zhanggui.catalog.shapes import Categories, Menu, Product
from zhanggui.catalog.views import StoreCatalogue
from zhanggui.core.auth import PUBLIC
from zhanggui.core.errors import not_found
from zhanggui.core.http import AnyRequest
from zhanggui.core.runtime import Runtime
from zhanggui.media.queries import pictures
from zhanggui.stores.queries import by_slug

CACHED = {**PUBLIC, "uncompressed": True}
Slug = Annotated[str, Parameter(max_length=64)]
Body = Response[bytes]


def _answers(shape: Any) -> dict[int, ResponseSpec]:
    """The shape behind the bytes, for the OpenAPI document."""
    return {200: ResponseSpec(shape, generate_examples=False, description="Answered from memory")}


@get("/stores/{slug:str}/categories", opt=CACHED, operation_id="categories", responses=_answers(Categories))
async def categories(rt: Runtime, request: AnyRequest, slug: Slug) -> Body:
    """The store's visible category tree flattened, parents first, with counts of what is on the shelf."""
    store = await by_slug(rt, slug)

    async def make(found: StoreCatalogue) -> Categories:
        return cards.categories(found, await pictures(rt, store.id, [c.icon_id for c in found.tree]))

    return await answer(rt, request, store.id, "categories", make)


@get("/stores/{slug:str}/menu", opt=CACHED, operation_id="menu", responses=_answers(Menu))
async def menu(rt: Runtime, request: AnyRequest, slug: Slug) -> Body:
    """The whole menu of a store: sections with their products."""
    store = await by_slug(rt, slug)

    async def make(found: StoreCatalogue) -> Menu:
        wanted = [*(c.icon_id for c in found.tree), *cards.pictures_of_cards(found.on_shelf)]
        return cards.menu(found, await pictures(rt, store.id, wanted))

    return await answer(rt, request, store.id, "menu", make)


@get(
    "/stores/{slug:str}/products/{product_id:uuid}",
    opt=CACHED,
    operation_id="product",
    responses=_answers(Product),
)
async def product(rt: Runtime, request: AnyRequest, slug: Slug, product_id: UUID) -> Body:
    """A product's page: gallery, specs, SKUs, modifiers. 404 when it is not on the shelf."""
    store = await by_slug(rt, slug)

    async def make(found: StoreCatalogue) -> Product:
        view = found.products.get(product_id)
        if view is None or view.status != "on":
            raise not_found("product")
        shown = await pictures(rt, store.id, cards.pictures_of_page(view))
        return cards.product_page(view, shown, store.id, store.slug)

    return await answer(rt, request, store.id, product_id, make)


routes: list[Any] = [categories, menu, product]
