"""What the index holds of a product."""

from functools import lru_cache
from typing import Any, NamedTuple

import tantivy

from zhanggui.catalog.cards import tag
from zhanggui.catalog.views import ProductRow
from zhanggui.search.text import fold, runs, search_words, windows

WORDS = "zhanggui_words"
STEMS = "zhanggui_stems"


class Described(NamedTuple):
    """A product as a document, and the words of its name for the vocabulary."""

    document: Any
    words: list[str]


def schema() -> Any:
    """`ch` characters of the name with their places, `w` its words, `en` stems, `raw` Latin words as they are, `py` and `ini`
    windows of pinyin and initials, `more` subtitle and tags, `code` product and SKU codes, `cat` the category's id."""
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("slot", indexed=True, fast=True)
    builder.add_text_field("ch", tokenizer_name=WORDS, index_option="position")
    builder.add_text_field("w", tokenizer_name=WORDS, index_option="freq")
    builder.add_text_field("en", tokenizer_name=STEMS, index_option="freq")
    for field in ("raw", "py", "ini", "code", "cat"):
        builder.add_text_field(field, tokenizer_name=WORDS, index_option="basic")
    builder.add_text_field("more", tokenizer_name=WORDS, index_option="basic")
    return builder.build()


def words_analyzer() -> Any:
    """Splits at blanks: everything else was cut here."""
    return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()


def stems_analyzer() -> Any:
    """English words without their endings: cups finds cup."""
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


def describe(slot: int, product: ProductRow, stems: Any) -> Described:
    """The document of a product at a slot."""
    zh, en = runs(product.name.zh), runs(product.name.en)
    chinese = [word for run in zh if run.kind == "zh" for word in search_words(run.text)]
    latin = [run.text for run in (*zh, *en) if run.kind == "latin"]
    full, initials = windows(zh)
    document = tantivy.Document(
        ch=" ".join(c for run in (*zh, *en) if run.kind == "zh" for c in run.text),
        w=" ".join(chinese),
        en=" ".join(latin),
        raw=" ".join(dict.fromkeys(latin)),
        py=" ".join(full),
        ini=" ".join(initials),
        more=" ".join(dict.fromkeys(_more(product, stems))),
        code=" ".join(fold(code) for code in (product.code, *(s.code for s in product.skus if s.active))),
        cat=product.category_id.hex,
    )
    document.add_unsigned("slot", slot)
    return Described(document, chinese + [w for w in latin if len(w) > 2])


def _more(product: ProductRow, stems: Any) -> list[str]:
    texts = [product.subtitle, *(tag(code).name for code in product.tags)]
    return [word for text in texts for one in (text.zh, text.en) for word in _words_of(one, stems)] + list(
        _words_of(product.brand, stems)
    )


@lru_cache(maxsize=4_096)
def _words_of(text: str, stems: Any) -> tuple[str, ...]:
    """Kept, because tags and often subtitles too are the same for many products: a third of building a large index."""
    found: list[str] = []
    for run in runs(text):
        if run.kind == "zh":
            found += [*run.text, *search_words(run.text)]
        else:
            found += stems.analyze(run.text)
    return tuple(found)
