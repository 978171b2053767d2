"""Lists of products, with or without words: the list page, the search, and what helps typing. All out of memory."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, delete, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Parameter, QueryParameter

from zhanggui.catalog import cards
from zhanggui.catalog.cache import catalogue
from zhanggui.catalog.columns import Sorting
from zhanggui.catalog.listing import Listing, list_products
from zhanggui.catalog.narrow import Filters
from zhanggui.catalog.pages import answer
from zhanggui.catalog.rules import DeliveryMethod
from zhanggui.catalog.shapes import ProductCard, ProductPage
from zhanggui.catalog.views import StoreCatalogue
from zhanggui.core import clock
from zhanggui.core.auth import GUEST, PUBLIC, Buyer
from zhanggui.core.errors import ShopError
from zhanggui.core.http import AnyRequest
from zhanggui.core.i18n import Locale
from zhanggui.core.runtime import Runtime
from zhanggui.media.queries import pictures
from zhanggui.search import counting, history, stock_watch
from zhanggui.search.find import Ranking, Search, find, text_hits
from zhanggui.search.hot import hot_words
from zhanggui.search.index import index_of
from zhanggui.search.settings import settings_of
from zhanggui.search.shapes import HotWords, OwnSearches, SearchPage, Suggestions
from zhanggui.search.suggest import suggestions
from zhanggui.search.text import fold, tidy
from zhanggui.stores.queries import by_slug, load

Slug = Annotated[str, Parameter(max_length=64)]
Words = Annotated[str, Parameter(max_length=50)]
Tags = Annotated[
    list[Annotated[str, Parameter(max_length=64)]] | None, QueryParameter(name="tag", max_items=10)
]
Brands = Annotated[
    list[Annotated[str, Parameter(max_length=40)]] | None, QueryParameter(name="brand", max_items=20)
]
Methods = Annotated[list[DeliveryMethod] | None, QueryParameter(name="delivery", max_items=5)]
Specs = Annotated[
    list[Annotated[str, Parameter(max_length=130)]] | None,
    QueryParameter(name="spec", max_items=30, description="axis:value, e.g. colour:green"),
]
Fen = Annotated[int | None, Parameter(ge=0, le=10**12, description="fen, included")]
Limit = Annotated[int, Parameter(ge=1, le=50)]
Cursor = Annotated[str | None, Parameter(max_length=500)]
Body = Response[bytes | None]
CACHED = {**PUBLIC, "uncompressed": True}
FRESH = {"Cache-Control": "no-store"}


@get(
    "/stores/{slug:str}/products",
    opt=CACHED,
    operation_id="products",
    responses={200: ResponseSpec(ProductPage, generate_examples=False, description="Answered from memory")},
)
async def products(
    rt: Runtime,
    request: AnyRequest,
    slug: Slug,
    category: UUID | None = None,
    q: Words = "",
    tag: Tags = None,
    brand: Brands = None,
    delivery: Methods = None,
    spec: Specs = None,
    price_min: Fen = None,
    price_max: Fen = None,
    in_stock: bool = False,
    facets: bool = False,
    sort: Sorting = "default",
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Any:
    """Products on the shelf, a page at a time: by category (with all below it), filters and words, in an order.

    `facets=true` adds what each further choice would leave. Without it and without `in_stock` the page holds nothing that
    stock changes, is kept encoded and has an entity tag. For words by relevance there is `/search`.
    """
    store = await by_slug(rt, slug)
    filters = _filters(category, tag, delivery, spec, price_min, price_max, in_stock=in_stock, brands=brand)
    ask = Listing(filters, sort, limit, cursor)
    number: int | None = None
    if q.strip():
        catalogue_now, index = await index_of(rt, store.id)
        number = text_hits(catalogue_now, index, await settings_of(rt, store.id), q)[0].number
    else:
        catalogue_now = await catalogue(rt, store.id)

    async def make(found: StoreCatalogue) -> ProductPage:
        page, following, narrowed = list_products(found, ask, number)
        return ProductPage(
            items=await product_cards(rt, store.id, found, page),
            next=following,
            total=narrowed.number.bit_count(),
            facets=narrowed.facets() if facets else None,
        )

    if facets or in_stock:
        await stock_watch.current(rt, store.id, catalogue_now)
    if facets or in_stock or number is not None:
        return Response(await make(catalogue_now), headers=FRESH)
    return await answer(rt, request, store.id, ask, make)


@get("/stores/{slug:str}/search", opt=PUBLIC, operation_id="search")
async def search(
    rt: Runtime,
    request: AnyRequest,
    buyer: Buyer | None,
    slug: Slug,
    q: Words = "",
    category: UUID | None = None,
    tag: Tags = None,
    brand: Brands = None,
    delivery: Methods = None,
    spec: Specs = None,
    price_min: Fen = None,
    price_max: Fen = None,
    in_stock: bool = False,
    sort: Ranking = "relevance",
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Response[SearchPage]:
    """Search by words in either language, pinyin, initials or code, with facets; what finds nothing is corrected.

    The first page counts as a search: in the store's figures, and in the caller's own history when there is a token.
    """
    store = await by_slug(rt, slug)
    filters = _filters(category, tag, delivery, spec, price_min, price_max, in_stock=in_stock, brands=brand)
    held, index = await index_of(rt, store.id)
    await stock_watch.current(rt, store.id, held)
    found = find(held, index, await settings_of(rt, store.id), Search(q, filters, sort, limit, cursor))
    total = found.narrowed.number.bit_count()
    folded = fold(q)
    if cursor is None and folded:
        day = counting.local_day(store.timezone, clock.now())
        who = buyer.id if buyer else (request.client.host if request.client else "")
        if filters == Filters():
            # a slip found nothing by itself: it must not become a word that others are offered
            own = 0 if found.corrected else total
            counting.count(rt, counting.Term(store.id, day, folded), own, who)
        if buyer is not None:
            counting.note_history(rt, buyer.id, store.id, tidy(q))
    page = SearchPage(
        items=await product_cards(rt, store.id, held, found.page),
        next=found.following,
        total=total,
        facets=found.narrowed.facets(),
        corrected=found.corrected,
    )
    return Response(page, headers=FRESH)


@get("/stores/{slug:str}/search/suggest", opt=PUBLIC, operation_id="suggest")
async def suggest(
    rt: Runtime, slug: Slug, locale: Locale, buyer: Buyer | None, q: Words = ""
) -> Response[Suggestions]:
    """At most ten lines for what is typed so far: own searches, hot words, words and products of the store."""
    store = await by_slug(rt, slug)
    lines = await suggestions(rt, store, q, buyer.id if buyer else None, locale)
    return Response(Suggestions(lines), headers=FRESH)


@get("/stores/{slug:str}/search/hot", opt=PUBLIC, operation_id="hot_words")
async def hot(rt: Runtime, slug: Slug) -> HotWords:
    """Words to tap: the merchant's pinned ones, then what most buyers searched for in the last two weeks."""
    return HotWords(await hot_words(rt, await by_slug(rt, slug)))


@get("/me/searches", opt=GUEST, operation_id="my_searches")
async def my_searches(rt: Runtime, buyer: Buyer, store_id: UUID) -> OwnSearches:
    """The caller's last twenty searches in a store; guests have them too and keep them when they sign in."""
    await counting.flush(rt)
    return OwnSearches(await history.recent(rt.db, buyer.id, (await load(rt, store_id)).id))


@delete("/me/searches", opt=GUEST, operation_id="forget_my_searches")
async def forget_my_searches(
    rt: Runtime, buyer: Buyer, store_id: UUID, term: Annotated[str | None, Parameter(max_length=50)] = None
) -> None:
    """Forget one search, or all of a store."""
    await counting.flush(rt)
    await history.clear(rt.db, buyer.id, store_id, term)


def _filters(
    category: UUID | None,
    tags: list[str] | None,
    methods: list[DeliveryMethod] | None,
    specs: list[str] | None,
    price_min: int | None,
    price_max: int | None,
    *,
    in_stock: bool,
    brands: list[str] | None = None,
) -> Filters:
    """Raises 400 `search_spec`, `price_range`."""
    if price_min is not None and price_max is not None and price_min > price_max:
        raise ShopError("price_range", 400, field="price_min")
    pairs = [tuple(one.split(":", 1)) for one in specs or []]
    if any(len(pair) != 2 or not all(pair) for pair in pairs):
        raise ShopError("search_spec", 400, field="spec")
    chosen = tuple(sorted((axis, value) for axis, value in pairs))
    return Filters(
        category,
        tuple(sorted(tags or [])),
        tuple(sorted(methods or [])),
        chosen,
        price_min,
        price_max,
        in_stock,
        tuple(sorted(brands or [])),
    )


async def product_cards(
    rt: Runtime, store_id: UUID, held: StoreCatalogue, slots: list[int]
) -> list[ProductCard]:
    """The cards of a page of slots, with their pictures; no statement when those were seen before."""
    views = [held.products[held.columns.ids[slot]] for slot in slots]
    shown = await pictures(rt, store_id, cards.pictures_of_cards(views))
    return [cards.product_card(view, shown) for view in views]


routes: list[Any] = [products, search, suggest, hot, my_searches, forget_my_searches]
