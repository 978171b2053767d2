"""Which products a buyer's filters leave, and how many each further choice would leave; pure."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from zhanggui.catalog.bits import flags
from zhanggui.catalog.cards import tag
from zhanggui.catalog.columns import Label
from zhanggui.catalog.shapes import (
    BrandCount,
    CategoryCount,
    Facets,
    MethodCount,
    PriceBand,
    SpecCount,
    SpecValueCount,
    TagCount,
)
from zhanggui.catalog.views import StoreCatalogue

MAX_AXES = 8
MAX_VALUES = 20
BANDS = 5
NICE = (1, 2, 5)


class Filters(NamedTuple):
    """What a list is narrowed to; amounts in fen, both ends included. Values of one kind widen, kinds narrow.

    `specs` are (axis, value) codes: values of one axis widen, axes narrow.
    """

    category: UUID | None = None
    tags: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    specs: tuple[tuple[str, str], ...] = ()
    price_min: int | None = None
    price_max: int | None = None
    in_stock: bool = False
    brands: tuple[str, ...] = ()


class Narrowed:
    """The set `hits` (None: all that buyers see) under filters. `number` is what is left."""

    def __init__(self, store: StoreCatalogue, hits: int | None, chosen: Filters) -> None:
        self._store, self._columns, self._chosen = store, store.columns, chosen
        seen = store.columns.visible
        self._base = seen if hits is None else hits & seen
        self._parts = self._filtered(chosen)
        self.number = self._without(None)

    def facets(self) -> Facets:
        """For every kind of choice the counts under all other kinds' filters, the highest first."""
        return Facets(
            categories=self._categories(),
            tags=[TagCount(tag(label[1]), n) for label, n in self._counted("tag", "tag")],
            brands=[BrandCount(label[1], n) for label, n in self._counted("brand", "brand")[:MAX_VALUES]],
            delivery_methods=[MethodCount(label[1], n) for label, n in self._counted("delivery", "delivery")],
            price_bands=self._bands(),
            specs=self._specs(),
            in_stock=(self._without("stock") & self._columns.in_stock.number).bit_count(),
        )

    def _filtered(self, chosen: Filters) -> dict[str, int]:
        """One set for every kind of filter in use."""
        columns, parts = self._columns, dict[str, int]()
        if chosen.category is not None:
            parts["category"] = self._any(("category", str(c)) for c in self._store.family(chosen.category))
        if chosen.tags:
            parts["tag"] = self._any(("tag", t) for t in chosen.tags)
        if chosen.brands:
            parts["brand"] = self._any(("brand", b) for b in chosen.brands)
        if chosen.methods:
            parts["delivery"] = self._any(("delivery", m) for m in chosen.methods)
        for axis in {a for a, _ in chosen.specs}:
            parts[f"spec {axis}"] = self._any(("spec", a, v) for a, v in chosen.specs if a == axis)
        if chosen.price_min is not None or chosen.price_max is not None:
            upper = self._base
            if chosen.price_max is not None:
                upper = columns.prices.below(chosen.price_max + 1, self._base)
            parts["price"] = upper & ~columns.prices.below(chosen.price_min or 0, self._base)
        if chosen.in_stock:
            parts["stock"] = columns.in_stock.number
        return parts

    def _any(self, labels: Iterable[Label]) -> int:
        found = 0
        for label in labels:
            found |= self._columns.having(label)
        return found

    def _without(self, kind: str | None) -> int:
        """What is left under all filters but those of a kind."""
        left = self._base
        for name, part in self._parts.items():
            if name != kind:
                left &= part
        return left

    def _counted(self, kind: str, name: str) -> list[tuple[Label, int]]:
        left = self._without(name)
        size = left.bit_length()
        text = flags(left, size)
        counted = [(label, bits.count_in(text, left)) for label, bits in self._columns.values(kind)]
        return sorted(((x, n) for x, n in counted if n), key=lambda pair: (-pair[1], pair[0]))

    def _categories(self) -> list[CategoryCount]:
        """Visible categories that lead somewhere, in the order of the tree, each with all below it."""
        counts = {UUID(label[1]): n for label, n in self._counted("category", "category")}
        for category in reversed(self._store.tree):  # children before their parents
            if category.parent_id is not None and category.id in counts:
                counts[category.parent_id] = counts.get(category.parent_id, 0) + counts[category.id]
        return [
            CategoryCount(c.id, c.parent_id, c.name, counts[c.id]) for c in self._store.tree if c.id in counts
        ]

    def _specs(self) -> list[SpecCount]:
        """The axes that most products have, at most MAX_AXES, with MAX_VALUES values each."""
        chosen = {axis for axis, _ in self._chosen.specs}
        axes: dict[str, list[tuple[Label, int]]] = {}
        for label, n in self._counted("spec", ""):
            if label[1] not in chosen:
                axes.setdefault(label[1], []).append((label, n))
        for axis in chosen:
            axes[axis] = [pair for pair in self._counted("spec", f"spec {axis}") if pair[0][1] == axis]
        most = sorted(axes, key=lambda a: (a not in chosen, -sum(n for _, n in axes[a]), a))[:MAX_AXES]
        names = self._columns.names
        return [
            SpecCount(
                axis,
                names["spec", axis],
                [SpecValueCount(label[2], names[label], n) for label, n in axes[axis][:MAX_VALUES]],
            )
            for axis in most
            if axes[axis]
        ]

    def _bands(self) -> list[PriceBand]:
        """Up to BANDS ranges between round prices, about equally full."""
        left = self._without("price")
        total, prices = left.bit_count(), self._columns.prices
        if not total:
            return []
        edges = self._edges(left, total)
        bands: list[PriceBand] = []
        below = 0
        for low, high in zip([0, *edges], [*edges, None], strict=True):
            upto = total if high is None else prices.below(high, left).bit_count()
            if upto > below:
                bands.append(PriceBand(low, None if high is None else high - 1, upto - below))
            below = upto
        return bands

    def _edges(self, left: int, total: int) -> list[int]:
        """Round prices (1, 2 or 5 × 10ⁿ fen) from which each further one leaves out at least a fifth more."""
        edges: list[int] = []
        full = 0
        for exponent in range(2, 14):
            for digit in NICE:
                price = digit * 10**exponent
                upto = self._columns.prices.below(price, left).bit_count()
                if upto - full >= total / BANDS and upto < total:
                    edges.append(price)
                    full = upto
                if upto == total or len(edges) == BANDS - 1:
                    return edges
        return edges
