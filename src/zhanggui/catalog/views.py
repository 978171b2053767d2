"""The catalogue of one store in memory: what the shop, the cart, prices and orders read instead of tables."""

from collections.abc import Sequence
from functools import cached_property
from itertools import count
from typing import Any
from uuid import UUID

import msgspec

from zhanggui.catalog.rules import DeliveryMethod, ModifierGroup, Spec, Status
from zhanggui.core.i18n import Text


class CategoryView(msgspec.Struct, frozen=True):
    """A node of the tree."""

    id: UUID
    code: str
    parent_id: UUID | None
    name: Text
    icon_id: UUID | None
    sort: int
    visible: bool


class SkuView(msgspec.Struct, frozen=True):
    """A SKU with all that a cart line, a quote or an order line needs of its product.

    `price` and `list_price` are fen, `weight_g` grams, `buy_limit` the most units in one order. `on_shelf` is false for
    drafts, products off the shelf and SKUs removed from the matrix. `delivery_methods` are those the product allows;
    the store may offer fewer.
    """

    sku_id: UUID
    product_id: UUID
    category_id: UUID
    sku_code: str
    values: list[str]
    name: Text
    subtitle: Text
    spec_text: Text
    price: int
    list_price: int | None
    weight_g: int
    buy_limit: int | None
    active: bool
    on_shelf: bool
    picture_id: UUID | None
    own_picture_id: UUID | None
    own_list_price: int | None
    delivery_methods: Sequence[DeliveryMethod]
    modifiers: list[ModifierGroup]


class ProductView(msgspec.Struct, frozen=True):
    """A product and its SKUs, removed ones included (`active` false), in the merchant's order.

    `own_delivery_methods` is what the merchant wrote; `delivery_methods` reads none as all.
    """

    id: UUID
    code: str
    category_id: UUID
    name: Text
    subtitle: Text
    description_html: Text
    status: Status
    tags: list[str]
    picture_ids: list[UUID]
    delivery_methods: Sequence[DeliveryMethod]
    own_delivery_methods: Sequence[DeliveryMethod]
    specs: list[Spec]
    modifiers: list[ModifierGroup]
    price: int
    price_max: int
    list_price: int | None
    sold: int
    sort: int
    skus: list[SkuView]
    search_text: str

    @property
    def active_skus(self) -> list[SkuView]:
        return [s for s in self.skus if s.active]


_numbers = count(1)


class StoreCatalogue:
    """One store's categories, products and SKUs at one moment; never changed, replaced by a new one instead."""

    def __init__(self, categories: dict[UUID, CategoryView], products: dict[UUID, ProductView]) -> None:
        self.number = next(_numbers)
        """Tells one copy from its successor."""
        self.categories = categories
        self.products = products
        self.orders: dict[str, list[tuple[tuple[Any, ...], ProductView]]] = {}
        """Products on the shelf by sort order, filled by catalog.listing as orders are asked for."""

    @cached_property
    def skus(self) -> dict[UUID, SkuView]:
        """Every SKU of the store by id, those off the shelf too."""
        return {s.sku_id: s for p in self.products.values() for s in p.skus}

    @cached_property
    def tree(self) -> list[CategoryView]:
        """Visible categories, parents before their children; what lies under a hidden one is hidden too."""
        found: list[CategoryView] = []
        self._descend(None, found)
        return found

    @cached_property
    def on_shelf(self) -> list[ProductView]:
        """Products that buyers see, in the merchant's order: category, then sort, then age."""
        place = {c.id: i for i, c in enumerate(self.tree)}
        shown = [p for p in self.products.values() if p.status == "on" and p.category_id in place]
        return sorted(shown, key=lambda p: (place[p.category_id], p.sort, p.id))

    def family(self, category_id: UUID) -> set[UUID]:
        """A visible category and everything visible below it; empty for an unknown one."""
        family = {category_id} & {c.id for c in self.tree}
        for category in self.tree:  # parents come first
            if category.parent_id in family:
                family.add(category.id)
        return family

    def _descend(self, parent: UUID | None, found: list[CategoryView]) -> None:
        for category in self._children.get(parent, []):
            found.append(category)
            self._descend(category.id, found)

    @cached_property
    def _children(self) -> dict[UUID | None, list[CategoryView]]:
        children: dict[UUID | None, list[CategoryView]] = {}
        for category in sorted(self.categories.values(), key=lambda c: (c.sort, c.id)):
            if category.visible:
                children.setdefault(category.parent_id, []).append(category)
        return children
