"""What the API says of searching."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from zhanggui.catalog.shapes import Facets, ProductCard

Word = Annotated[str, Meta(min_length=1, max_length=50)]


class SearchPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of what was found; `next` goes into `?cursor=`.

    `corrected` is the text that was searched for instead when what was typed finds nothing.
    """

    items: list[ProductCard]
    next: str | None
    total: int
    facets: Facets
    corrected: str | None


class Suggestion(msgspec.Struct, frozen=True):
    """One line under the search field: `history` the buyer's own, `hot`, a `word` of the store, or a `product`'s name."""

    kind: Literal["history", "hot", "word", "product"]
    text: str
    product_id: UUID | None = None


class Suggestions(msgspec.Struct, frozen=True):
    """At most ten, the most fitting first."""

    items: list[Suggestion]


class HotWord(msgspec.Struct, frozen=True):
    """A word to tap; `pinned` by the merchant or counted."""

    text: str
    pinned: bool


class HotWords(msgspec.Struct, frozen=True):
    """At most twelve: pinned ones first, then what most buyers searched for lately."""

    items: list[HotWord]


class OwnSearches(msgspec.Struct, frozen=True):
    """The buyer's last searches in a store, the latest first, at most twenty."""

    items: list[str]


class SearchSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Groups of words that find each other, and hot words that are always or never shown. `version` as it was read."""

    version: Annotated[int, Meta(ge=0, le=2_000_000_000)]
    synonyms: Annotated[list[Annotated[list[Word], Meta(max_length=12)]], Meta(max_length=200)]
    pinned: Annotated[list[Word], Meta(max_length=12)]
    blocked: Annotated[list[Word], Meta(max_length=200)]


class SearchedTerm(msgspec.Struct, frozen=True):
    """What buyers searched for: how many of them, and how many products it found the last time."""

    term: str
    searches: int
    results: int
    last_day: str
