"""Chosen modifiers held against a product's groups; pure."""

from collections.abc import Sequence
from hashlib import sha256

import msgspec

from zhanggui.catalog.rules import ModifierGroup
from zhanggui.core.i18n import Text
from zhanggui.pricing.shapes import Chosen


class Resolved(msgspec.Struct, frozen=True):
    """What the choice costs (fen a unit), how it reads, and the codes of what is wrong with it.

    Codes: modifier_not_offered, modifier_repeated, modifier_too_few, modifier_too_many.
    """

    price: int
    text: Text
    faults: tuple[str, ...] = ()


NONE = Resolved(0, Text())


def resolve(groups: Sequence[ModifierGroup], chosen: Sequence[Chosen]) -> Resolved:
    """Price and text in the merchant's order, whatever the order of `chosen`."""
    if not groups and not chosen:
        return NONE
    wanted = {(c.group, c.option) for c in chosen}
    faults: list[str] = ["modifier_repeated"] if len(wanted) < len(chosen) else []
    known = {(g.code, o.code) for g in groups for o in g.options}
    if wanted - known:
        faults.append("modifier_not_offered")
    price, names = 0, list[Text]()
    for group in groups:
        options = [o for o in group.options if (group.code, o.code) in wanted]
        if len(options) < group.min:
            faults.append("modifier_too_few")
        if len(options) > group.max:
            faults.append("modifier_too_many")
        price += sum(o.price for o in options)
        names += [o.name for o in options]
    text = Text("、".join(n.pick("zh") for n in names), ", ".join(n.pick("en") for n in names))
    return Resolved(price, text, tuple(dict.fromkeys(faults)))


def choice_hash(chosen: Sequence[Chosen]) -> bytes:
    """SHA-256 of the choice whatever its order: equal choices of a SKU are one cart line."""
    return sha256(msgspec.json.encode(sorted(chosen))).digest()
