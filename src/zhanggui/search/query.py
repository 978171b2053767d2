"""From what a buyer typed to a query of the index."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from tantivy import Occur, Query

from zhanggui.catalog.views import StoreCatalogue
from zhanggui.search.text import Run, fold, query_words, runs, sound

MAX_PARTS = 8
MAX_ALTERNATIVES = 12


class Part(NamedTuple):
    """Something that must be found; any of `words` will do (the first is what was typed, the others are synonyms)."""

    words: tuple[Run, ...]


class Language(NamedTuple):
    """What queries are written in: the index's schema, its stemmer, and the store's category names."""

    schema: Any
    stems: Any
    categories: "CategoryNames"


class CategoryNames:
    """Finds categories by name, so that a query for one finds what lies in it."""

    def __init__(self, store: StoreCatalogue) -> None:
        self._families = {c.id: frozenset(f.hex for f in store.family(c.id)) for c in store.tree}
        self._names = [
            (c.id, fold(c.name.zh), set(fold(c.name.en).split()), sound(fold(c.name.zh))) for c in store.tree
        ]

    def named(self, word: str) -> list[str]:
        """The ids (hex) of all categories below those that are called so."""
        found: set[str] = set()
        for category, zh, en, heard in self._names:
            if (word in zh and len(word) > 1) or word in en or (len(word) > 2 and heard.startswith(word)):
                found |= self._families[category]
        return sorted(found)


def cut(typed: str, synonyms: Sequence[Sequence[str]]) -> list[Part]:
    """The parts of a query, all of which must be found. Words of a synonym group stay whole."""
    groups = {word: group for group in synonyms for word in group}
    parts: list[Part] = []
    for piece in _pieces(fold(typed), groups):
        if piece in groups:
            others = [w for w in groups[piece] if w != piece][:MAX_ALTERNATIVES]
            parts.append(Part(tuple(Run(_kind(w), w) for w in (piece, *others))))
            continue
        for run in runs(piece):
            words = query_words(run.text) if run.kind == "zh" else [run.text]
            parts += [Part((Run(run.kind, word),)) for word in words]
    return parts[:MAX_PARTS]


def build(parts: Sequence[Part], language: Language, *, forgiving: bool = False) -> Any:
    """The query: every part somewhere, the name before the rest. `forgiving` lets Latin words be a slip or two off
    and one part of three or more be missing."""
    found = [_best([_word(run, language, forgiving=forgiving) for run in part.words]) for part in parts]
    if forgiving and len(parts) > 2:
        return Query.boolean_query([(Occur.Should, one) for one in found], len(parts) - 1)
    must = [(Occur.Must, one) for one in found]
    typed = [part.words[0].text for part in parts if part.words[0].kind == "zh"]
    characters = "".join(typed)
    if len(typed) > 1 and len(characters) > 1:  # the characters in a row are better than apart
        row = Query.boost_query(Query.phrase_query(language.schema, "ch", list(characters)), 2.0)
        must.append((Occur.Should, row))
    return Query.boolean_query(must)


def _pieces(typed: str, groups: "dict[str, Sequence[str]]") -> list[str]:
    """The text split around words that have synonyms, longest first."""
    if not groups:
        return [typed]
    words = "|".join(
        rf"\b{re.escape(w)}\b" if w.isascii() else re.escape(w) for w in sorted(groups, key=len, reverse=True)
    )
    return [piece for piece in re.split(f"({words})", typed) if piece.strip()]


def _kind(word: str) -> Any:
    return "latin" if word.isascii() else "zh"


def _word(run: Run, language: Language, *, forgiving: bool) -> Any:
    several = runs(run.text)
    if len(several) > 1:  # a synonym of several words
        return Query.boolean_query(
            [(Occur.Must, _word(one, language, forgiving=forgiving)) for one in several]
        )
    text = several[0].text if several else run.text
    found = _chinese(text, language) if run.kind == "zh" else _latin(text, language, forgiving=forgiving)
    categories = language.categories.named(text)
    if categories:
        inside = Query.term_set_query(language.schema, "cat", categories)
        found.append(Query.const_score_query(inside, 0.5))
    return _best(found)


def _chinese(word: str, language: Language) -> list[Any]:
    schema = language.schema
    letters = list(dict.fromkeys(word))
    if len(word) == 1:
        return [_term(schema, "ch", word, 1.0), _flat(_term(schema, "more", word, 1.0), 0.3)]
    apart = Query.boolean_query([(Occur.Must, Query.term_query(schema, "ch", c)) for c in letters])
    more = Query.boolean_query([(Occur.Must, Query.term_query(schema, "more", c, "basic")) for c in letters])
    return [
        _term(schema, "w", word, 3.0),
        Query.boost_query(Query.phrase_query(schema, "ch", list(word)), 1.5),
        Query.boost_query(apart, 0.8),
        _flat(more, 0.3),
    ]


def _latin(word: str, language: Language, *, forgiving: bool) -> list[Any]:
    schema = language.schema
    stems = language.stems.analyze(word) or [word]
    found = [
        Query.boost_query(
            Query.boolean_query([(Occur.Must, Query.term_query(schema, "en", s, "freq")) for s in stems]), 2.0
        ),
        _flat(_term(schema, "more", stems[0], 1.0), 0.3),
        _flat(_term(schema, "py", word, 1.0), 3.0),
        _flat(_prefix(schema, "ini", word), 1.5),
    ]
    if len(word) > 1:
        found += [_flat(_prefix(schema, "raw", word), 2.0), _flat(_prefix(schema, "py", word), 2.0)]
    if len(word) > 2:
        found.append(_flat(_prefix(schema, "code", word), 4.0))
    if forgiving and len(word) > 3:
        slips = 2 if len(word) >= 8 else 1
        found += [
            _flat(Query.fuzzy_term_query(schema, "raw", word, slips), 1.0),
            _flat(Query.fuzzy_term_query(schema, "py", word, 1, prefix=True), 0.8),
        ]
    return found


def _term(schema: Any, field: str, word: str, boost: float) -> Any:
    option = {"w": "freq", "en": "freq", "ch": "position"}.get(field, "basic")
    return Query.boost_query(Query.term_query(schema, field, word, option), boost)


def _prefix(schema: Any, field: str, word: str) -> Any:
    return Query.fuzzy_term_query(schema, field, word, 0, prefix=True)


def _flat(query: Any, score: float) -> Any:
    return Query.const_score_query(query, score)


def _best(queries: list[Any]) -> Any:
    return queries[0] if len(queries) == 1 else Query.disjunction_max_query(queries, 0.1)
