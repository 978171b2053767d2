"""The catalogue of one store in memory: what the shop, the cart, prices and orders read instead of tables."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from zhanggui.catalog.bits import flags
from zhanggui.catalog.columns import Columns
from zhanggui.catalog.rules import DeliveryMethod, ModifierGroup, ReturnException, Spec, Status
from zhanggui.core.i18n import Text

if TYPE_CHECKING:
    from zhanggui.catalog.goods import Goods
    from zhanggui.catalog.packed import Packed


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
    return_exception: ReturnException | None = None


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
    return_exception: ReturnException | None = None
    brand: str = ""

    @property
    def active_skus(self) -> list[SkuView]:
        return [s for s in self.skus if s.active]


class SkuRow(msgspec.Struct, frozen=True, array_like=True):
    """A SKU as it is packed."""

    id: UUID
    code: str
    spec_values: list[str]
    price: int
    list_price: int | None
    weight_g: int
    buy_limit: int | None
    picture_id: UUID | None
    active: bool


class ProductRow(msgspec.Struct, frozen=True, array_like=True):
    """A product and its SKUs as they are packed: the columns of their tables."""

    id: UUID
    code: str
    category_id: UUID
    name: Text
    subtitle: Text
    description_html: Text
    status: Status
    tags: list[str]
    picture_ids: list[UUID]
    delivery_methods: list[DeliveryMethod]
    specs: list[Spec]
    modifiers: list[ModifierGroup]
    price: int
    price_max: int
    list_price: int | None
    sold: int
    sort: int
    skus: list[SkuRow]
    return_exception: ReturnException | None = None
    brand: str = ""


_numbers = count(1)


class StoreCatalogue:
    """One store's categories and products at one moment.

    The goods are shared with the copies before and after it, so that a change costs what changed; `number` tells copies
    apart. Products are never removed, only taken off the shelf, so an id that was found stays found.
    """

    def __init__(self, categories: dict[UUID, CategoryView], goods: "Goods") -> None:
        self.number = next(_numbers)
        """Tells one copy from its successor."""
        self.categories = categories
        self.goods = goods

    @property
    def products(self) -> "Packed[ProductRow, ProductView]":
        """Every product of the store by id."""
        return self.goods.products

    @property
    def skus(self) -> Mapping[UUID, SkuView]:
        """Every SKU of the store by id, those off the shelf too."""
        return self.goods.skus

    def slot_of_sku(self, sku_id: UUID) -> int | None:
        """The slot of the product that a SKU belongs to, without unpacking it."""
        return self.goods.owners.get(sku_id)

    @property
    def columns(self) -> Columns:
        """What lists are filtered and sorted by."""
        return self.goods.columns

    @cached_property
    def tree(self) -> list[CategoryView]:
        """Visible categories, parents before their children; what lies under a hidden one is hidden too."""
        return visible_tree(self.categories)

    @property
    def on_shelf(self) -> Iterator[ProductView]:
        """Products that buyers see, in the merchant's order: category, then sort, then age. All of them: for menus."""
        columns = self.columns
        shown = flags(columns.visible, columns.size)
        return (self.products[columns.ids[s]] for s in columns.order("default") if shown[~s] == "1")

    @cached_property
    def counts(self) -> dict[UUID, int]:
        """How many products buyers see in each visible category and below it."""
        visible = self.columns.visible
        counts = {
            c.id: (visible & self.columns.having(("category", str(c.id)))).bit_count() for c in self.tree
        }
        for category in reversed(self.tree):  # children before their parents
            if category.parent_id is not None:
                counts[category.parent_id] += counts[category.id]
        return counts

    def family(self, category_id: UUID) -> set[UUID]:
        """A visible category and everything visible below it; empty for an unknown one."""
        family = {category_id} & {c.id for c in self.tree}
        for category in self.tree:  # parents come first
            if category.parent_id in family:
                family.add(category.id)
        return family


def visible_tree(categories: Mapping[UUID, CategoryView]) -> list[CategoryView]:
    """What buyers see of the tree, parents before their children."""
    children: dict[UUID | None, list[CategoryView]] = {}
    for category in sorted(categories.values(), key=lambda c: (c.sort, c.id)):
        if category.visible:
            children.setdefault(category.parent_id, []).append(category)
    found: list[CategoryView] = []

    def descend(parent: UUID | None) -> None:
        for category in children.get(parent, []):
            found.append(category)
            descend(category.id)

    descend(None)
    return found
