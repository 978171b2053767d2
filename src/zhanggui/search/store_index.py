"""One store's index: built from its catalogue, changed in batches, asked for sets of products in order of relevance."""

from array import array
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import tantivy

from zhanggui.catalog.bits import from_slots
from zhanggui.catalog.columns import Columns
from zhanggui.catalog.views import CategoryView, StoreCatalogue
from zhanggui.search import documents
from zhanggui.search.query import CategoryNames, Language, Part, build
from zhanggui.search.vocabulary import Vocabulary

HEAP = 30_000_000
KEPT = 128
GRAIN = 4


class Hits(NamedTuple):
    """Products found: as a set, and as slots with their relevance (in steps of 1/GRAIN), the best first."""

    number: int
    slots: "array[int]"
    scores: "array[int]"


NO_HITS = Hits(0, array("I"), array("l"))


class StoreIndex:
    """Not thread-safe for writing: one `build` or `update` at a time; searching goes on meanwhile."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.vocabulary = Vocabulary()
        self.generation = 0
        self._schema = documents.schema()
        self._stems = documents.stems_analyzer()
        self._index = tantivy.Index(self._schema)
        self._index.register_tokenizer(documents.WORDS, documents.words_analyzer())
        self._index.register_tokenizer(documents.STEMS, documents.stems_analyzer())
        self._held = array("q")
        self._found: OrderedDict[Any, Hits] = OrderedDict()
        self._tree: Mapping[UUID, CategoryView] = {}
        self._written: Language | None = None

    def update(self, store: StoreCatalogue, ids: Iterable[UUID] | None = None) -> int:
        """Bring the documents of `ids` (None: of all products) up to date; returns how many had changed.

        One commit however many. A product whose texts are as before costs nothing, whatever else changed. Runs in a
        thread: the catalogue's rows are only read.
        """
        columns = self.columns
        slots = range(columns.size) if ids is None else [columns.slots[i] for i in ids if i in columns.slots]
        self._held.extend([0] * (columns.size - len(self._held)))
        changed = [s for s in slots if self._held[s] != columns.texts[s]]
        if not changed:
            return 0
        writer: Any = self._index.writer(HEAP, 1)
        for slot in changed:
            if self._held[slot]:
                # by query: a term made of a Python int is signed and matches nothing in this field
                writer.delete_documents_by_query(tantivy.Query.term_query(self._schema, "slot", slot))
            fingerprint = columns.texts[slot]
            if fingerprint:
                described = documents.describe(slot, store.products.row(columns.ids[slot]), self._stems)
                writer.add_document(described.document)
                self.vocabulary.add(described.words)
            self._held[slot] = fingerprint
        self.vocabulary.refresh()
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self.generation += 1
        return len(changed)

    def search(self, store: StoreCatalogue, parts: Sequence[Part], *, forgiving: bool = False) -> Hits:
        """What matches all parts, on the shelf or not (the caller's filters see to that). Kept until something changes."""
        language = self._language(store)
        key = (self.generation, tuple(parts), forgiving)
        known = self._found.get(key)
        if known is not None:
            self._found.move_to_end(key)
            return known
        hits = self._search(build(parts, language, forgiving=forgiving)) if parts else NO_HITS
        self._found[key] = hits
        if len(self._found) > KEPT:
            self._found.popitem(last=False)
        return hits

    def forget(self) -> None:
        """Drop what is kept of earlier searches (measuring)."""
        self._found.clear()

    def _search(self, query: Any) -> Hits:
        searcher: Any = self._index.searcher()
        if not searcher.num_docs:
            return NO_HITS
        found: list[tuple[float, Any]] = searcher.search(query, searcher.num_docs, count=False).hits
        slots = array("I", searcher.fast_field_values("slot", [address for _, address in found]))
        scores = array("l", [int(score * GRAIN) for score, _ in found])
        return Hits(from_slots(slots, self.columns.size), slots, scores)

    def _language(self, store: StoreCatalogue) -> Language:
        """What queries are written in; another tree of categories makes it, and everything found so far, out of date."""
        if self._tree is not store.categories or self._written is None:
            self._tree = store.categories
            self._written = Language(self._schema, self._stems, CategoryNames(store))
            self._found.clear()
        return self._written
