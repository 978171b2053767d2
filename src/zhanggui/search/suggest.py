"""What may be meant while somebody types: own searches, hot words, words of the store's names, products."""

from uuid import UUID

from zhanggui.catalog.views import StoreCatalogue
from zhanggui.core.i18n import Locale
from zhanggui.core.runtime import Runtime
from zhanggui.search import history
from zhanggui.search.find import Search, find, text_hits
from zhanggui.search.hot import hot_words
from zhanggui.search.index import index_of
from zhanggui.search.settings import settings_of
from zhanggui.search.shapes import SearchSettings, Suggestion
from zhanggui.search.store_index import StoreIndex
from zhanggui.search.text import fold
from zhanggui.stores.rules import Store

MOST = 10
OWN = 3
HOT = 3
WORDS = 5
PRODUCTS = 4


async def suggestions(
    rt: Runtime, store: Store, typed: str, customer_id: UUID | None, locale: Locale
) -> list[Suggestion]:
    """At most MOST lines for what is typed so far; one statement for a known buyer, none for others."""
    wanted = fold(typed)
    if not wanted:
        return []
    catalogue, index = await index_of(rt, store.id)
    settings = await settings_of(rt, store.id)
    own = await history.recent(rt.db, customer_id, store.id) if customer_id else []
    hot = [word.text for word in await hot_words(rt, store)]
    lines = [Suggestion("history", term) for term in own if fold(term).startswith(wanted)][:OWN]
    lines += [Suggestion("hot", term) for term in hot if fold(term).startswith(wanted)][:HOT]
    lines += [Suggestion("word", word) for word in _words(catalogue, index, settings, wanted)]
    lines += _products(catalogue, index, settings, wanted, locale)
    known: dict[str, Suggestion] = {}
    for line in lines:
        same = known.get(fold(line.text))
        if same is None or (same.kind, line.kind) == (
            "word",
            "product",
        ):  # a name leads straight to the product
            known[fold(line.text)] = line
    return list(known.values())[:MOST]


def _words(store: StoreCatalogue, index: StoreIndex, settings: SearchSettings, typed: str) -> list[str]:
    """Words that go on as typed, or sound like it, and find something on the shelf."""
    head, _, tail = typed.rpartition(" ")
    blocked = set(settings.blocked)
    found: list[str] = []
    for word in index.vocabulary.beginning_with(tail, WORDS * 2):
        whole = f"{head} {word}".strip()
        if (
            whole not in blocked
            and text_hits(store, index, settings, whole)[0].number & store.columns.visible
        ):
            found.append(whole)
        if len(found) == WORDS:
            break
    return found


def _products(
    store: StoreCatalogue, index: StoreIndex, settings: SearchSettings, typed: str, locale: Locale
) -> list[Suggestion]:
    page = find(store, index, settings, Search(typed, limit=PRODUCTS)).page
    products = [store.products[store.columns.ids[slot]] for slot in page]
    return [Suggestion("product", p.name.pick(locale), p.id) for p in products]
