"""From parsed rows to what the catalogue's use cases take; pictures left blank stay as they are. Pure."""

from collections.abc import Mapping
from uuid import UUID

import msgspec

from zhanggui.catalog.categories import CategoryDraft
from zhanggui.catalog.import_rows import CategoryRow, ProductRow, SkuRow
from zhanggui.catalog.rules import ReturnException, Spec
from zhanggui.catalog.save_product import Draft
from zhanggui.catalog.shapes import BoundedText, HtmlText, ProductInput, SkuInput
from zhanggui.catalog.views import ProductView

Stored = Mapping[str, UUID]


def category_draft(row: CategoryRow, stored: Stored) -> CategoryDraft:
    return CategoryDraft(
        row.name,
        code=row.code,
        parent_code=row.parent,
        icon_id=stored.get(row.icon),
        sort=row.sort,
        visible=row.visible,
        keep_icon=True,
    )


def product_draft(row: ProductRow, category_id: UUID, stored: Stored, before: ProductView | None) -> Draft:
    """`stored` maps file names to pictures; `before` is the product as it is now."""
    gallery = [stored[name] for name in row.pictures if name in stored]
    body = ProductInput(
        code=row.code,
        category_id=category_id,
        name=BoundedText(row.name.zh, row.name.en),
        subtitle=BoundedText(row.subtitle.zh, row.subtitle.en),
        description_html=HtmlText(row.description.zh, row.description.en),
        status=row.status,
        tags=row.tags,
        picture_ids=gallery or (list(before.picture_ids) if before else []),
        delivery_methods=row.methods,
        list_price=row.list_price,
        sort=row.sort,
        specs=[_with_pictures(spec, place, row, stored, before) for place, spec in enumerate(row.specs)],
        skus=[_sku(sku, stored, before) for sku in row.skus],
        modifiers=row.modifiers,
        return_exception=_exception(row, before),
        brand=row.brand or (before.brand if before else ""),
    )
    return Draft(body, by_code=True)


def _sku(row: SkuRow, stored: Stored, before: ProductView | None) -> SkuInput:
    kept = {s.sku_code: s.own_picture_id for s in before.skus} if before else {}
    return SkuInput(
        code=row.code,
        values=[v.code for v in row.values],
        price=row.price,
        list_price=row.list_price,
        weight_g=row.weight_g,
        limit=row.limit,
        picture_id=stored.get(row.picture) or kept.get(row.code),
        stock=row.stock,
    )


def _with_pictures(
    spec: Spec, place: int, row: ProductRow, stored: Stored, before: ProductView | None
) -> Spec:
    """On the first axis a value whose SKUs all name one picture shows it: the swatch of a colour."""
    kept = {(s.code, v.code): v.picture_id for s in (before.specs if before else []) for v in s.values}
    shown = dict[str, set[str]]()
    for sku in row.skus if place == 0 else []:
        shown.setdefault(sku.values[0].code, set()).add(sku.picture)
    values = [
        msgspec.structs.replace(
            value, picture_id=_only(shown.get(value.code, set()), stored) or kept.get((spec.code, value.code))
        )
        for value in spec.values
    ]
    return msgspec.structs.replace(spec, values=values)


def _exception(row: ProductRow, before: ProductView | None) -> ReturnException | None:
    if row.return_exception == "keep":
        return before.return_exception if before else None
    return None if row.return_exception == "none" else row.return_exception


def _only(names: set[str], stored: Stored) -> UUID | None:
    return stored.get(next(iter(names))) if len(names) == 1 else None
