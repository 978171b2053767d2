"""From the catalogue in memory to what buyers are answered; pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from zhanggui.catalog.shapes import (
    Categories,
    Category,
    Menu,
    MenuSection,
    Product,
    ProductCard,
    ShopSku,
    ShopSpec,
    ShopSpecValue,
    Tag,
)
from zhanggui.catalog.views import CategoryView, ProductView, SkuView, StoreCatalogue
from zhanggui.core.i18n import Text, both, catalogue
from zhanggui.media.shapes import Picture

Pictures = Mapping[UUID, Picture]


def tag(code: str) -> Tag:
    """A known tag by its name in both languages, any other by its code."""
    known = f"tag_{code}"
    return Tag(code, both(known) if known in catalogue() else Text(code, code))


def _card_facts(product: ProductView, pictures: Pictures) -> dict[str, Any]:
    skus = product.active_skus
    simple = skus[0].sku_id if len(skus) == 1 and not product.specs and not product.modifiers else None
    return {
        "id": product.id,
        "name": product.name,
        "subtitle": product.subtitle,
        "picture": _first(product.picture_ids, pictures),
        "price": product.price,
        "price_varies": product.price_max > product.price,
        "list_price": product.list_price,
        "sold": product.sold,
        "tags": [tag(code) for code in product.tags],
        "category_id": product.category_id,
        "simple_sku": simple,
    }


def product_card(product: ProductView, pictures: Pictures) -> ProductCard:
    return ProductCard(**_card_facts(product, pictures))


def product_page(product: ProductView, pictures: Pictures, store_id: UUID, slug: str) -> Product:
    """The whole page; SKUs that left the matrix are not on it."""
    return Product(
        **_card_facts(product, pictures),
        store_id=store_id,
        store_slug=slug,
        description_html=product.description_html,
        pictures=[pictures[i] for i in product.picture_ids if i in pictures],
        delivery_methods=list(product.delivery_methods),
        specs=[
            ShopSpec(
                spec.code,
                spec.name,
                [ShopSpecValue(v.code, v.name, _one(v.picture_id, pictures)) for v in spec.values],
            )
            for spec in product.specs
        ],
        skus=[_sku(s, pictures) for s in product.active_skus],
        modifiers=product.modifiers,
        return_exception=product.return_exception,
        brand=product.brand,
    )


def categories(store: StoreCatalogue, pictures: Pictures) -> Categories:
    return Categories([_category(c, store.counts, pictures) for c in store.tree])


def menu(store: StoreCatalogue, pictures: Pictures) -> Menu:
    """Every visible category that has products of its own, in the order of the tree."""
    inside: dict[UUID, list[ProductView]] = {}
    for product in store.on_shelf:
        inside.setdefault(product.category_id, []).append(product)
    return Menu(
        [
            MenuSection(
                _category(c, {c.id: len(inside[c.id])}, pictures),
                [product_card(p, pictures) for p in inside[c.id]],
            )
            for c in store.tree
            if c.id in inside
        ]
    )


def pictures_of_cards(products: Iterable[ProductView]) -> list[UUID]:
    return [p.picture_ids[0] for p in products if p.picture_ids]


def pictures_of_page(product: ProductView) -> list[UUID | None]:
    return [
        *product.picture_ids,
        *(v.picture_id for spec in product.specs for v in spec.values),
        *(s.picture_id for s in product.skus),
    ]


def _category(category: CategoryView, counts: Mapping[UUID, int], pictures: Pictures) -> Category:
    return Category(
        id=category.id,
        parent_id=category.parent_id,
        name=category.name,
        icon=_one(category.icon_id, pictures),
        product_count=counts.get(category.id, 0),
    )


def _sku(sku: SkuView, pictures: Pictures) -> ShopSku:
    picture = _one(sku.picture_id, pictures)
    return ShopSku(sku.sku_id, sku.values, sku.price, sku.list_price, picture, sku.buy_limit)


def _one(picture_id: UUID | None, pictures: Pictures) -> Picture | None:
    return pictures.get(picture_id) if picture_id else None


def _first(ids: Sequence[UUID], pictures: Pictures) -> Picture | None:
    return next((pictures[i] for i in ids if i in pictures), None)
