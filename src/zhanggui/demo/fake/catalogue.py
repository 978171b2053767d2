"""Made-up goods: categories, products with specs, SKUs with prices and stock, as rows for COPY."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from zhanggui.core.i18n import Text
from zhanggui.demo.fake.chance import Chance, Popularity
from zhanggui.demo.fake.words import Group, Shelf, Words

AXIS_NAMES = {
    "colours": Text("颜色", "Colour"),
    "sizes": Text("尺码", "Size"),
    "packs": Text("规格", "Pack"),
    "weights": Text("净含量", "Net weight"),
}
DAYS = 700
SOLD_OUT = 0.05
UNITS_SOLD = 4_000


class Kind(NamedTuple):
    """A sub-category with its shelf."""

    category_id: UUID
    shelf: Shelf
    group: Group


class FakeSku(NamedTuple):
    """What orders need of a SKU; `price` in fen."""

    id: UUID
    product_id: UUID
    code: str
    name: Text
    spec: Text
    price: int
    weight_g: int


class Goods(NamedTuple):
    """Rows of one product by table, and its SKUs."""

    product: tuple[Any, ...]
    skus: list[tuple[Any, ...]]
    stock: list[tuple[Any, ...]]
    movements: list[tuple[Any, ...]]
    sold_as: list[FakeSku]


def categories(
    chance: Chance, store_id: UUID, words: Words, until: datetime
) -> tuple[list[tuple[Any, ...]], list[Kind]]:
    """Rows of the category table, and the sub-categories that goods go into."""
    rows: list[tuple[Any, ...]] = []
    kinds: list[Kind] = []
    at = until - timedelta(days=DAYS + 1)
    for n, shelf in enumerate(words.shelves):
        top = chance.id_at(at)
        rows.append((store_id, top, f"fake-{n}", None, _json(shelf.name), None, n, True))
        for m, group in enumerate(shelf.groups):
            below = chance.id_at(at)
            rows.append((store_id, below, f"fake-{n}-{m}", top, _json(group.name), None, m, True))
            kinds.append(Kind(below, shelf, group))
    return rows, kinds


def goods(  # what a product is made of
    chance: Chance, store_id: UUID, words: Words, kinds: list[Kind], count: int, skus: int, until: datetime
) -> Iterator[Goods]:
    """`count` products with about `skus` SKUs each, the oldest first."""
    popularity = Popularity(chance, count).weights if count else []
    most = max(popularity, default=1.0)
    for n in range(count):
        kind = kinds[chance.randrange(len(kinds))]
        at = until - timedelta(days=DAYS * (1 - n / count), seconds=chance.randrange(1000))
        sold = int(UNITS_SOLD * popularity[n] / most * chance.uniform(0.5, 1.5))
        yield _one(chance, store_id, words, kind, n, skus, at, sold)


def _one(
    chance: Chance, store_id: UUID, words: Words, kind: Kind, n: int, skus: int, at: datetime, sold: int
) -> Goods:
    shelf = kind.shelf
    series, quality = chance.choice(words.series), chance.choice(shelf.qualities)
    material, noun = chance.choice(shelf.materials), chance.choice(kind.group.nouns)
    name = Text(
        f"{series.zh}{quality.zh}{material.zh}{noun.zh}",
        f"{series.en} {quality.en} {material.en} {noun.en}",
    )
    promise = chance.choice(words.promises)
    low, high = shelf.price
    base = int(low * (high / low) ** min(1.0, max(0.0, chance.gauss(0.35, 0.2))) * 10) * 10
    product_id = chance.id_at(at)
    specs, cells = _matrix(chance, words, shelf, skus)
    made: list[FakeSku] = []
    for m, (_, label, step) in enumerate(cells):
        price = max(100, int(base * (1 + step * 0.15)) // 10 * 10)
        code = f"F{n:06d}-{m:02d}"
        made.append(
            FakeSku(chance.id_at(at), product_id, code, name, label, price, chance.randrange(50, 3000))
        )
    prices = [s.price for s in made]
    listed = int(max(prices) * 1.25) // 100 * 100 if chance.random() < 0.3 else None
    tags = [t for t in words.tags if chance.random() < 0.12]
    product: tuple[Any, ...] = (store_id, product_id, f"F{n:06d}", kind.category_id, _json(name), _json(promise), series.zh,
               _description(name, noun, material, promise), "on", tags, [], shelf.methods, specs, [],
               min(prices), max(prices), listed, sold, 0, 1, at, at)  # fmt: skip
    empty = chance.random() < SOLD_OUT
    units = [0 if empty or chance.random() < SOLD_OUT else chance.randrange(1, 500) for _ in made]
    return Goods(
        product,
        [(store_id, s.id, product_id, s.code, values, s.price, None, s.weight_g, None, None, m, True)
         for m, (s, (values, _, _)) in enumerate(zip(made, cells, strict=True))],
        [(store_id, s.id, store_id, n, 0, 0, None, at) for s, n in zip(made, units, strict=True)],
        [(store_id, chance.id_at(at), s.id, store_id, "receive", n, 0, n, 0, "", "fake", None, at)
         for s, n in zip(made, units, strict=True) if n],
        made,
    )  # fmt: skip


def _matrix(
    chance: Chance, words: Words, shelf: Shelf, skus: int
) -> tuple[list[dict[str, Any]], list[tuple[list[str], Text, int]]]:
    """Specs and cells (value codes, label, how many steps dearer) for about `skus` SKUs."""
    wanted = max(1, round(chance.triangular(1, max(1, 2 * skus - 1), skus)))
    if wanted == 1:
        return [], [([], Text(), 0)]
    first, second = (list(enumerate(words.axes[axis])) for axis in shelf.axes)
    columns = min(len(second), max(1, round(wanted**0.5)))
    rows = min(len(first), max(1, -(-wanted // columns)))
    a = sorted(chance.sample(first, rows))
    b = sorted(chance.sample(second, columns)) if columns > 1 else []
    axes = [(shelf.axes[0], a)] + ([(shelf.axes[1], b)] if b else [])
    specs = [
        {
            "code": axis,
            "name": _json(AXIS_NAMES[axis]),
            "values": [{"code": f"v{i}", "name": _json(v), "picture_id": None} for i, v in values],
        }
        for axis, values in axes
    ]
    if not b:
        return specs, [
            ([f"v{i}"], v, step if shelf.axes[0] == "weights" else 0) for step, (i, v) in enumerate(a)
        ]
    return specs, [
        (
            [f"v{i}", f"v{j}"],
            Text(f"{v.zh} / {w.zh}", f"{v.en} / {w.en}"),
            step if shelf.axes[1] == "packs" else 0,
        )
        for i, v in a
        for step, (j, w) in enumerate(b)
    ]


def _description(name: Text, noun: Text, material: Text, promise: Text) -> dict[str, str]:
    return {
        "zh": f"<p>{name.zh}，选用{material.zh}。{promise.zh}。</p><ul><li>品类：{noun.zh}</li><li>材质：{material.zh}</li></ul>",
        "en": f"<p>{name.en}: made of {material.en}. {promise.en}.</p><ul><li>Kind: {noun.en}</li>"
        f"<li>Material: {material.en}</li></ul>",
    }


def _json(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
