"""Specs, SKUs and modifiers of a product and what must hold between them; pure."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal
from uuid import UUID

import msgspec
import nh3
from msgspec import Meta

from zhanggui.core.errors import FieldError
from zhanggui.core.fields import Code, Fen
from zhanggui.core.i18n import Text

Status = Literal["draft", "on", "off"]
DeliveryMethod = Literal["express", "delivery", "pickup", "dine_in", "virtual"]
ReturnException = Literal[
    "custom_made", "fresh", "digital", "periodical", "opened", "activated", "near_expiry"
]
"""Why the 7 days of return without a reason do not hold: Consumer Protection Law art. 25, Interim Measures art. 6 and 7."""
ALL_METHODS: tuple[DeliveryMethod, ...] = ("express", "delivery", "pickup", "dine_in")
"""What goods with a body can do; `virtual` must be said, and stands alone."""
MAX_SKUS = 500

ALLOWED_TAGS = {"p", "br", "h3", "h4", "ul", "ol", "li", "strong", "b", "em", "i", "u", "s", "blockquote", "hr",
                "table", "thead", "tbody", "tr", "th", "td", "img", "span"}  # fmt: skip
ALLOWED_ATTRIBUTES = {"img": {"src", "alt"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}


class SpecValue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One choice of an axis: large; green, with a picture of the green one."""

    code: Code
    name: Text
    picture_id: UUID | None = None


class Spec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One axis of the matrix: size, colour."""

    code: Code
    name: Text
    values: Annotated[list[SpecValue], Meta(min_length=1, max_length=50)]


class ModifierOption(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One option of a group; `price` in fen is added to the SKU's, `default` is chosen unless told otherwise."""

    code: Code
    name: Text
    price: Fen = 0
    default: bool = False


class ModifierGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What can be asked for beside the SKU: milk, ice, sugar. Between `min` and `max` options are chosen."""

    code: Code
    name: Text
    min: Annotated[int, Meta(ge=0, le=20)]
    max: Annotated[int, Meta(ge=1, le=20)]
    options: Annotated[list[ModifierOption], Meta(min_length=1, max_length=50)]


class Cell(msgspec.Struct, frozen=True):
    """A SKU as the rules see it: its code and one value code per spec, in spec order."""

    code: str
    values: Sequence[str]


def matrix_errors(specs: Sequence[Spec], cells: Sequence[Cell]) -> list[FieldError]:
    """What is wrong with a product's matrix; empty when every SKU is one cell of its own.

    Codes: spec_duplicate, value_duplicate, text_needed, sku_needed, too_many_skus, spec_values_count,
    spec_value_unknown, cell_duplicate, sku_code_duplicate. Fields are dotted paths of ProductInput.
    """
    errors = _duplicates("specs", [s.code for s in specs], "spec_duplicate")
    for i, spec in enumerate(specs):
        at = f"specs[{i}]"
        errors += _unnamed(at, spec.name)
        errors += _duplicates(f"{at}.values", [v.code for v in spec.values], "value_duplicate")
        for j, value in enumerate(spec.values):
            errors += _unnamed(f"{at}.values[{j}]", value.name)
    if not cells:
        errors.append(FieldError("skus", "sku_needed"))
    if len(cells) > MAX_SKUS:
        errors.append(FieldError("skus", "too_many_skus"))
    known = [{v.code for v in spec.values} for spec in specs]
    for i, cell in enumerate(cells):
        if len(cell.values) != len(specs):
            errors.append(FieldError(f"skus[{i}].values", "spec_values_count"))
            continue
        errors.extend(
            FieldError(f"skus[{i}].values[{j}]", "spec_value_unknown")
            for j, value in enumerate(cell.values)
            if value not in known[j]
        )
    errors += _duplicates("skus", [tuple(c.values) for c in cells], "cell_duplicate", "values")
    errors += _duplicates("skus", [c.code for c in cells], "sku_code_duplicate")
    return errors


def modifier_errors(groups: Sequence[ModifierGroup]) -> list[FieldError]:
    """What is wrong with the modifiers: duplicate codes, min > max, max > options, more defaults than max."""
    errors = _duplicates("modifiers", [g.code for g in groups], "modifier_duplicate")
    for i, group in enumerate(groups):
        at = f"modifiers[{i}]"
        errors += _unnamed(at, group.name)
        errors += _duplicates(f"{at}.options", [o.code for o in group.options], "option_duplicate")
        for j, option in enumerate(group.options):
            errors += _unnamed(f"{at}.options[{j}]", option.name)
        if group.min > group.max:
            errors.append(FieldError(f"{at}.min", "modifier_min_over_max"))
        if group.max > len(group.options):
            errors.append(FieldError(f"{at}.max", "modifier_max_over_options"))
        if sum(o.default for o in group.options) > group.max:
            errors.append(FieldError(f"{at}.options", "modifier_defaults_over_max"))
    return errors


def spec_text(specs: Sequence[Spec], values: Sequence[str]) -> Text:
    """The chosen values as people read them: `绿色 / M`."""
    names = [
        next((v.name for v in spec.values if v.code == code), Text(code, code))
        for spec, code in zip(specs, values, strict=False)
    ]
    return Text(" / ".join(n.pick("zh") for n in names), " / ".join(n.pick("en") for n in names))


def below_itself(category_id: UUID, parents: Mapping[UUID, UUID | None]) -> bool:
    """Whether following the parents from a category leads round in a circle."""
    seen = {category_id}
    at = parents.get(category_id)
    while at is not None:
        if at in seen:
            return True
        seen.add(at)
        at = parents.get(at)
    return False


def clean_html(html: str) -> str:
    """Rich text reduced to a short list of harmless elements; pictures only from this shop's own /media/."""
    return nh3.clean(
        html,
        tags=ALLOWED_TAGS,
        attributes=ALLOWED_ATTRIBUTES,
        url_schemes=set(),
        attribute_filter=_own_pictures,
        link_rel=None,
    )


def _own_pictures(tag: str, attribute: str, value: str) -> str | None:
    if tag == "img" and attribute == "src":
        return value if value.startswith("/media/") else None
    return value


def _unnamed(at: str, name: Text) -> list[FieldError]:
    return [] if name.zh.strip() or name.en.strip() else [FieldError(f"{at}.name", "text_needed")]


def _duplicates(at: str, keys: Sequence[object], code: str, field: str = "code") -> list[FieldError]:
    """One error for each key that stood earlier already."""
    seen: set[object] = set()
    errors: list[FieldError] = []
    for i, key in enumerate(keys):
        if key in seen:
            errors.append(FieldError(f"{at}[{i}].{field}", code))
        seen.add(key)
    return errors
