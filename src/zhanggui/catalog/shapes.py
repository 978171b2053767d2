"""What the API says of the catalogue."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from zhanggui.catalog.rules import DeliveryMethod, ModifierGroup, ReturnException, Spec, Status
from zhanggui.core.fields import Code, Count, Fen, Line
from zhanggui.core.i18n import Text
from zhanggui.media.shapes import Picture

Sort = Annotated[int, Meta(ge=-1_000_000, le=1_000_000)]
Brand = Annotated[str, Meta(max_length=40)]
Html = Annotated[str, Meta(max_length=100_000)]


class Category(msgspec.Struct, frozen=True, kw_only=True):
    """A category as buyers see it; `product_count` counts what lies below it too."""

    id: UUID
    parent_id: UUID | None
    name: Text
    icon: Picture | None
    product_count: int


class Categories(msgspec.Struct, frozen=True):
    """The visible tree flattened, parents first."""

    items: list[Category]


class Tag(msgspec.Struct, frozen=True):
    """A label on a card: new, bestseller, spicy."""

    code: str
    name: Text


class ProductCard(msgspec.Struct, frozen=True, kw_only=True):
    """A product in a list. `price` is the lowest in fen; `simple_sku` is set when + can add at once."""

    id: UUID
    name: Text
    subtitle: Text
    picture: Picture | None
    price: int
    price_varies: bool
    list_price: int | None
    sold: int
    tags: list[Tag]
    category_id: UUID
    simple_sku: UUID | None


class MenuSection(msgspec.Struct, frozen=True):
    """One category of a menu and what is directly in it."""

    category: Category
    products: list[ProductCard]


class Menu(msgspec.Struct, frozen=True):
    """A whole menu in one answer."""

    sections: list[MenuSection]


class ShopSpecValue(msgspec.Struct, frozen=True):
    """A choice of an axis with its picture."""

    code: str
    name: Text
    picture: Picture | None


class ShopSpec(msgspec.Struct, frozen=True):
    """An axis of the matrix."""

    code: str
    name: Text
    values: list[ShopSpecValue]


class ShopSku(msgspec.Struct, frozen=True):
    """A cell of the matrix; `values` in spec order, amounts in fen, `limit` the most units in one order."""

    id: UUID
    values: list[str]
    price: int
    list_price: int | None
    picture: Picture | None
    limit: int | None


class Product(ProductCard, frozen=True, kw_only=True):
    """A product's page, without stock (it has an endpoint of its own).

    `return_exception` names why it cannot be returned without a reason within 7 days; None: it can.
    """

    store_id: UUID
    store_slug: str
    description_html: Text
    pictures: list[Picture]
    delivery_methods: list[DeliveryMethod]
    specs: list[ShopSpec]
    skus: list[ShopSku]
    modifiers: list[ModifierGroup]
    return_exception: ReturnException | None
    brand: str


class BoundedText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A short text in both languages as it comes in."""

    zh: Line = ""
    en: Line = ""


class HtmlText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rich text in both languages as it comes in; sanitised before it is stored."""

    zh: Html = ""
    en: Html = ""


class ConsoleCategory(Category, frozen=True, kw_only=True):
    """A category as the merchant sees it."""

    icon_id: UUID | None
    sort: int
    visible: bool


class ConsoleCategories(msgspec.Struct, frozen=True):
    """The whole tree flattened, parents first."""

    items: list[ConsoleCategory]


class CategoryInput(msgspec.Struct, forbid_unknown_fields=True):
    """A category as it is written."""

    name: BoundedText
    parent_id: UUID | None = None
    icon_id: UUID | None = None
    sort: Sort = 0
    visible: bool = True


class SkuInput(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A SKU as it is written; with `id` an existing one. `stock` counts for new ones only."""

    id: UUID | None = None
    code: Code
    values: Annotated[list[Code], Meta(max_length=5)]
    price: Fen
    list_price: Fen | None = None
    weight_g: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    limit: Annotated[int, Meta(ge=1, le=9_999)] | None = None
    picture_id: UUID | None = None
    stock: Count | None = None


class ProductInput(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A product as it is written; `version` is the one that was read and is required on update.

    No `delivery_methods` means whatever the store offers.
    """

    code: Code
    category_id: UUID
    name: BoundedText
    subtitle: BoundedText = BoundedText()
    description_html: HtmlText = HtmlText()
    status: Status = "draft"
    tags: Annotated[list[Code], Meta(max_length=8)] = []
    picture_ids: Annotated[list[UUID], Meta(max_length=20)] = []
    delivery_methods: Annotated[list[DeliveryMethod], Meta(max_length=4)] = []
    list_price: Fen | None = None
    sort: Sort = 0
    specs: Annotated[list[Spec], Meta(max_length=5)] = []
    skus: Annotated[list[SkuInput], Meta(min_length=1, max_length=500)]
    modifiers: Annotated[list[ModifierGroup], Meta(max_length=20)] = []
    return_exception: ReturnException | None = None
    brand: Brand = ""
    version: int | None = None


class ConsoleSku(msgspec.Struct, frozen=True, kw_only=True):
    """A SKU as the merchant's form shows it."""

    id: UUID
    code: str
    values: list[str]
    price: int
    list_price: int | None
    weight_g: int
    limit: int | None
    picture_id: UUID | None


class ConsoleProduct(msgspec.Struct, frozen=True, kw_only=True):
    """A product as the merchant's form shows it; `pictures` holds every picture it names anywhere."""

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
    list_price: int | None
    sort: int
    specs: list[Spec]
    skus: list[ConsoleSku]
    modifiers: list[ModifierGroup]
    return_exception: ReturnException | None
    brand: str
    version: int
    pictures: list[Picture]
    updated_at: datetime


class ConsoleProductRow(msgspec.Struct, frozen=True, kw_only=True):
    """A product in the merchant's list; amounts in fen, `on_hand` and `available` summed over its SKUs."""

    id: UUID
    code: str
    name: Text
    picture: Picture | None
    status: Status
    category_id: UUID
    price: int
    price_max: int
    sku_count: int
    on_hand: int
    available: int
    sold: int
    updated_at: datetime


class StatusInput(msgspec.Struct, forbid_unknown_fields=True):
    """Put products on the shelf or take them off."""

    ids: Annotated[list[UUID], Meta(min_length=1, max_length=500)]
    status: Annotated[str, Meta(pattern="^(on|off)$")]


class Changed(msgspec.Struct, frozen=True):
    """How many rows a bulk change touched."""

    changed: int


class RowError(msgspec.Struct, frozen=True):
    """One cell at fault: sheet and column as in the file, row as the spreadsheet counts."""

    sheet: str
    row: int
    column: str
    code: str
    message: str


class ImportReport(msgspec.Struct, frozen=True):
    """What an import did, or would do (`dry_run`). With errors nothing was written."""

    dry_run: bool
    products: int
    skus: int
    created: int
    updated: int
    errors: list[RowError]


class CategoryCount(msgspec.Struct, frozen=True):
    """A visible category and how many of the products are in it or below it."""

    id: UUID
    parent_id: UUID | None
    name: Text
    count: int


class TagCount(msgspec.Struct, frozen=True):
    """A tag and how many of the products have it."""

    tag: Tag
    count: int


class BrandCount(msgspec.Struct, frozen=True):
    """A brand and how many of the products are of it."""

    name: str
    count: int


class MethodCount(msgspec.Struct, frozen=True):
    """A delivery method and how many of the products can be received that way."""

    method: str
    count: int


class PriceBand(msgspec.Struct, frozen=True):
    """Prices from `min` to `max` fen, both included (None: without end), and how many products cost that."""

    min: int
    max: int | None
    count: int


class SpecValueCount(msgspec.Struct, frozen=True):
    """A choice of an axis and how many of the products come in it; filter with `spec=axis:value`."""

    code: str
    name: Text
    count: int


class SpecCount(msgspec.Struct, frozen=True):
    """An axis such as colour, with its choices, the most frequent first."""

    code: str
    name: Text
    values: list[SpecValueCount]


class Facets(msgspec.Struct, frozen=True, kw_only=True):
    """How many products each further choice leaves, under the filters of all other kinds."""

    categories: list[CategoryCount]
    tags: list[TagCount]
    brands: list[BrandCount]
    delivery_methods: list[MethodCount]
    price_bands: list[PriceBand]
    specs: list[SpecCount]
    in_stock: int


class ProductPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of products; `next` goes into `?cursor=`. `total` counts all that match."""

    items: list[ProductCard]
    next: str | None
    total: int
    facets: Facets | None
    """Only when they were asked for."""
