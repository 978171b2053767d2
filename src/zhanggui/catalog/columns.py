"""A store's products as columns: what lists are filtered, counted and sorted by, in some 100 bytes a product.

A product has a slot, a small number that it keeps for as long as this process has the catalogue. Each facet value is a set
of slots, each order of the list an array of slots.
"""

from array import array
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal, NamedTuple
from uuid import UUID

from zhanggui.catalog.bits import Bits, Planes
from zhanggui.catalog.rules import Spec
from zhanggui.core.i18n import Text

Sorting = Literal["default", "sales", "price", "-price", "newest"]
Key = tuple[int, int, int]
Label = tuple[str, ...]
"""A facet value: ("category", id), ("tag", code), ("brand", name), ("delivery", method), ("spec", axis, value)."""

REBUILD_FROM = 500
NOWHERE = 1 << 40


class Facts(NamedTuple):
    """What the columns hold of one product; amounts in fen."""

    id: UUID
    category_id: UUID
    on: bool
    price: int
    sold: int
    sort: int
    tags: tuple[str, ...]
    brand: str
    methods: tuple[str, ...]
    specs: tuple[Spec, ...]
    text: int
    """A fingerprint of all that search looks at, 0 when it is not on the shelf."""


class Columns:
    """All products of a store. Not frozen: `put` replaces one product, `arrange` the tree of categories."""

    def __init__(self) -> None:
        self.slots: dict[UUID, int] = {}
        self.ids: list[UUID] = []
        self._prices: Planes | None = None
        self.names: dict[Label, Text] = {}
        self.texts = array("q")
        self.in_stock: Bits = Bits()
        """Kept by whoever follows stock; a slot is added when it first appears."""
        self._on = Bits()
        self._sets: dict[Label, Bits] = {}
        self._labels: list[tuple[Label, ...]] = []
        self._interned: dict[Label, Label] = {}
        self._price, self._sold, self._sort = array("q"), array("q"), array("q")
        self._place: dict[UUID, int] = {}
        self._placed = array("q")
        self._orders: dict[Sorting, array[int]] = {}
        self._stale: set[int] = set()
        self._visible: int | None = None

    @property
    def size(self) -> int:
        return len(self.ids)

    def put(self, facts: Facts) -> int:
        """Add or replace a product; returns its slot."""
        slot = self.slots.get(facts.id)
        if slot is None:
            slot = self.slots[facts.id] = len(self.ids)
            self.ids.append(facts.id)
            self._labels.append(())
            for column in (self._price, self._sold, self._sort, self.texts):
                column.append(0)
            self._placed.append(NOWHERE)
            self.in_stock.add(slot)
            self._orders.clear()
        self._mark(slot, self._names_of(facts))
        (self._on.add if facts.on else self._on.discard)(slot)
        self._visible = None
        place = self._place.get(facts.category_id, NOWHERE)
        new = (facts.price, facts.sold, facts.sort, place)
        if new != (self._price[slot], self._sold[slot], self._sort[slot], self._placed[slot]):
            self._move(slot, *new)
        self.texts[slot] = facts.text
        return slot

    @property
    def prices(self) -> Planes:
        """Lowest prices in fen, made when first asked for and kept up from then on."""
        if self._prices is None:
            self._prices = Planes.of(self._price)
        return self._prices

    def arrange(self, tree: Iterable[UUID]) -> None:
        """Take over the visible categories in their order."""
        self._place = {category: n for n, category in enumerate(tree)}
        for slot, labels in enumerate(self._labels):
            self._placed[slot] = self._place.get(UUID(labels[0][1]), NOWHERE) if labels else NOWHERE
        self._orders.pop("default", None)
        self._visible = None

    @property
    def visible(self) -> int:
        """The set of products that buyers see: on the shelf, in a visible category."""
        if self._visible is None:
            shown = 0
            for category in self._place:
                shown |= self.having(("category", str(category)))
            self._visible = shown & self._on.number
        return self._visible

    def having(self, label: Label) -> int:
        """The set of products with a facet value, as a number; 0 for an unknown one."""
        found = self._sets.get(label)
        return found.number if found else 0

    def values(self, kind: str) -> Iterator[tuple[Label, Bits]]:
        """Every facet value of a kind with its set."""
        return ((label, bits) for label, bits in self._sets.items() if label[0] == kind)

    def price(self, slot: int) -> int:
        """The lowest price in fen."""
        return self._price[slot]

    def sold(self, slot: int) -> int:
        """Units sold."""
        return self._sold[slot]

    def key(self, sort: Sorting) -> Callable[[int], Key]:
        """What an order sorts by; unique, as it ends in the product's id."""
        ids, order, price, sold, placed = self.ids, self._sort, self._price, self._sold, self._placed
        keys: Mapping[Sorting, Callable[[int], Key]] = {
            "default": lambda s: (placed[s], order[s], ids[s].int),
            "sales": lambda s: (-sold[s], order[s], ids[s].int),
            "price": lambda s: (price[s], order[s], ids[s].int),
            "-price": lambda s: (-price[s], order[s], ids[s].int),
            "newest": lambda s: (-(ids[s].int >> 80), 0, ids[s].int),  # UUIDv7: 48 bits of milliseconds
        }
        return keys[sort]

    def order(self, sort: Sorting) -> "array[int]":
        """All slots in an order, those that nobody sees too."""
        if len(self._stale) >= REBUILD_FROM:
            self._orders.clear()
            self._stale.clear()
        if sort not in self._orders:
            self._orders[sort] = array("I", sorted(range(self.size), key=self.key(sort)))
        return self._orders[sort]

    def _names_of(self, facts: Facts) -> tuple[Label, ...]:
        found: list[Label] = [("category", str(facts.category_id))]
        found += [("tag", tag) for tag in facts.tags]
        found += [("brand", facts.brand)] if facts.brand else []
        found += [("delivery", method) for method in facts.methods]
        for spec in facts.specs:
            self.names.setdefault(("spec", spec.code), spec.name)
            for value in spec.values:
                label = ("spec", spec.code, value.code)
                self.names.setdefault(label, value.name)
                found.append(label)
        return tuple(self._interned.setdefault(label, label) for label in found)

    def _mark(self, slot: int, labels: tuple[Label, ...]) -> None:
        before = self._labels[slot]
        if before == labels:
            return
        for label in set(before) - set(labels):
            self._sets[label].discard(slot)
        for label in set(labels) - set(before):
            self._sets.setdefault(label, Bits()).add(slot)
        self._labels[slot] = labels

    def _move(self, slot: int, price: int, sold: int, sort: int, placed: int) -> None:
        """Write the sorted columns; the slot is taken out of each order by its old key and put in by its new one."""
        if self._orders:
            self._stale.add(slot)
        few = len(self._stale) < REBUILD_FROM
        if not few:
            self._orders.clear()
            self._stale.clear()
        for name, order in self._orders.items():
            del order[bisect_left(order, self.key(name)(slot), key=self.key(name))]
        if self._prices is not None:
            self._prices.put(slot, self._price[slot], price)
        self._price[slot], self._sold[slot], self._sort[slot], self._placed[slot] = price, sold, sort, placed
        for name, order in self._orders.items():
            insort(order, slot, key=self.key(name))
