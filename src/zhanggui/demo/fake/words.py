"""The word lists of made-up goods, read."""

import tomllib
from importlib.resources import files

import msgspec

from zhanggui.core.i18n import Text


class Group(msgspec.Struct, frozen=True):
    """A sub-category and its nouns."""

    name: Text
    nouns: list[Text]


class Shelf(msgspec.Struct, frozen=True):
    """A category: what can be said of anything on it. `price` is yuan, low and high; `axes` name lists of Words."""

    name: Text
    axes: tuple[str, str]
    price: tuple[int, int]
    methods: list[str]
    qualities: list[Text]
    materials: list[Text]
    groups: list[Group]


class Words(msgspec.Struct, frozen=True):
    """Everything a name is put together from."""

    series: list[Text]
    axes: dict[str, list[Text]]
    tags: list[str]
    promises: list[Text]
    shelves: list[Shelf]


def words() -> Words:
    """The lists of words.toml."""
    given = tomllib.loads((files(__package__ or "") / "words.toml").read_text(encoding="utf-8"))
    shelves = [
        Shelf(
            text(shelf["name"]),
            (shelf["axes"][0], shelf["axes"][1]),
            (shelf["price"][0], shelf["price"][1]),
            shelf["methods"],
            _texts(shelf["qualities"]),
            _texts(shelf["materials"]),
            [Group(text(name), _texts(nouns)) for name, nouns in shelf["groups"].items()],
        )
        for shelf in given["shelves"]
    ]
    axes = {name: _texts(given[name]) for name in ("colours", "sizes", "packs", "weights")}
    return Words(_texts(given["series"]), axes, given["tags"], _texts(given["promises"]), shelves)


def text(both: str) -> Text:
    """`中文|English` as a text in two languages."""
    zh, _, en = both.partition("|")
    return Text(zh, en)


def _texts(given: list[str]) -> list[Text]:
    return [text(one) for one in given]
