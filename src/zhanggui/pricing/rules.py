"""The quote: pure, deterministic, the same for cart, confirm page and placing. Amounts in the minor unit (fen)."""

from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

import msgspec

from zhanggui.core.i18n import Text, both, message
from zhanggui.core.money import MAX_AMOUNT, allocate, amount_text
from zhanggui.pricing.shapes import Adjustment, PointsOffer, TraceStep
from zhanggui.pricing.shipping import Fee, delivery_fee, distance_m, express_fee, kilometres, reach_m
from zhanggui.stores.rules import Delivery, DeliveryMethod, Express, Points
from zhanggui.wallets.rules import bargain, earned, most_off

Point = tuple[float, float]
PACKED: frozenset[DeliveryMethod] = frozenset({"pickup", "delivery"})
ADDRESSED: frozenset[DeliveryMethod] = frozenset({"express", "delivery"})


class PricedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line to price: `unit_price` with modifiers, `available` units of its SKU, `limit` units of it in one order.

    `flash_saving` is what a flash sale takes off each unit, already in `unit_price`.
    """

    key: str
    sku_id: UUID
    unit_price: int
    quantity: int
    weight_g: int = 0
    limit: int | None = None
    on_shelf: bool = True
    available: int = 0
    methods: Sequence[DeliveryMethod] = ()
    flash_saving: int = 0


class Flash(msgspec.Struct, frozen=True):
    """The buyer's place in a flash sale: the sale's name, what it holds, and whether it is still good."""

    name: Text
    sku_id: UUID
    quantity: int
    good: bool


class Discount(msgspec.Struct, frozen=True):
    """A reduction of the goods' value by `amount` (≥ 0); what exceeds their value is cut."""

    kind: str
    label: Text
    amount: int


class StoreFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a store's rules say at the moment of the quote."""

    store_id: UUID
    currency: str
    open: bool
    paused: bool
    methods: Sequence[DeliveryMethod]
    packing_fee: int = 0
    express: Express = Express()
    delivery: Delivery = Delivery()
    points: Points = Points()
    at: Point | None = None


class QuoteInput(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a price depends on. `region_code` and `to` (latitude, longitude) are the destination's, `points` the buyer's
    balance in this store."""

    store: StoreFacts
    lines: Sequence[PricedLine]
    method: DeliveryMethod
    region_code: str | None = None
    to: Point | None = None
    has_address: bool = False
    has_table: bool = False
    discounts: Sequence[Discount] = ()
    flash: Flash | None = None
    points: int = 0
    use_points: bool = False


class QuotedLine(msgspec.Struct, frozen=True):
    """A priced line; `payable` = `amount` - `discount`, `amount` = `unit_price` × `quantity`; `points` spent on it."""

    key: str
    sku_id: UUID
    quantity: int
    unit_price: int
    amount: int
    discount: int
    payable: int
    points: int = 0


class Problem(msgspec.Struct, frozen=True):
    """Why it cannot be placed; `params` fill the message of `code`."""

    code: str
    key: str | None = None
    params: dict[str, object] = {}


class Quoted(msgspec.Struct, frozen=True, kw_only=True):
    """The result, lines in the order given. total = items + packing + shipping + tax - discount.

    `methods` are the store's ways in which all of the lines can be received, whichever was asked for.
    """

    lines: list[QuotedLine]
    adjustments: list[Adjustment]
    items_total: int
    packing_fee: int
    shipping_fee: int
    discount_total: int
    tax: int
    total: int
    shortfall: int | None
    problems: list[Problem]
    trace: list[TraceStep]
    points: PointsOffer | None
    fingerprint: str
    methods: list[DeliveryMethod]

    @property
    def points_spent(self) -> int:
        return self.points.spent if self.points else 0


def quote(q: QuoteInput) -> Quoted:
    """Price `q`. Never raises for a basket that cannot be bought: its `problems` say why.

    Discounts are shared over the lines by value (largest remainder, ties by line key), so the order of lines changes
    nothing. Cost is linear in lines and discounts. Points come last: shipping and the minimum are judged by the goods before
    them, so that using them never costs more, and something always remains to be paid.
    """
    items_total = sum(line.unit_price * line.quantity for line in q.lines)
    adjustments, discounts = _discounted(q, q.discounts, items_total)
    goods = items_total - sum(discounts.values())
    packing = q.store.packing_fee if q.method in PACKED else 0
    fee = _shipping(q, goods)
    missing = q.store.delivery.min_total - goods if q.method == "delivery" else 0
    points = points_offer(q.store.points, goods, q.points, use=q.use_points)
    spent = dict[str, int]()
    if points is not None and points.spent:
        off = Discount("points", both("trace_points", points=points.spent), points.saving)
        before = discounts
        adjustments, discounts = _discounted(q, [*q.discounts, off], items_total)
        keys = sorted(discounts)
        shares = allocate(points.spent, [discounts[key] - before[key] for key in keys])
        spent = dict(zip(keys, shares, strict=True))
    discount_total = sum(discounts.values())
    total = items_total - discount_total + packing + fee.amount
    lines = [
        QuotedLine(
            line.key,
            line.sku_id,
            line.quantity,
            line.unit_price,
            amount := line.unit_price * line.quantity,
            discounts[line.key],
            amount - discounts[line.key],
            spent.get(line.key, 0),
        )
        for line in q.lines
    ]
    problems = _problems(q, fee, missing)
    if total > MAX_AMOUNT:
        problems.append(Problem("total_too_large"))
    return Quoted(
        lines=lines,
        adjustments=adjustments,
        items_total=items_total,
        packing_fee=packing,
        shipping_fee=fee.amount,
        discount_total=discount_total,
        tax=0,
        total=total,
        shortfall=missing if missing > 0 else None,
        problems=problems,
        trace=_trace(q, items_total, adjustments, packing, fee, total),
        points=points,
        fingerprint=_fingerprint(q, lines, packing, fee.amount, total),
        methods=[m for m in q.store.methods if all(m in line.methods for line in q.lines)],
    )


def points_offer(rule: Points, goods: int, balance: int, *, use: bool) -> PointsOffer | None:
    """What the buyer's points can do for goods worth `goods` fen after everything else; None where the store has no rule."""
    if not (rule.earning or rule.spending):
        return None
    most = most_off(goods, rule.percent) if rule.spending else 0
    usable, saving = bargain(balance, most, rule.worth)
    return PointsOffer(
        balance=balance,
        usable=usable,
        saving=saving,
        spent=usable if use else 0,
        earns=earned(goods - (saving if use else 0), rule.per_yuan) if rule.earning else 0,
    )


def _discounted(
    q: QuoteInput, given: Sequence[Discount], items_total: int
) -> tuple[list[Adjustment], dict[str, int]]:
    """Reductions as granted, and their shares by line key; shares never exceed a line's value."""
    ordered = sorted(q.lines, key=lambda line: line.key)
    left = [line.unit_price * line.quantity for line in ordered]
    rest, adjustments = items_total, list[Adjustment]()
    for discount in given:
        granted = min(max(discount.amount, 0), rest)
        if granted == 0:
            continue
        left = [have - part for have, part in zip(left, allocate(granted, left), strict=True)]
        rest -= granted
        adjustments.append(Adjustment(discount.kind, discount.label, -granted))
    shares = {
        line.key: line.unit_price * line.quantity - kept for line, kept in zip(ordered, left, strict=True)
    }
    return adjustments, shares


def _shipping(q: QuoteInput, goods: int) -> Fee:
    if q.method == "express":
        if q.region_code is None:
            return Fee(0)
        weight = sum(line.weight_g * line.quantity for line in q.lines)
        return express_fee(q.store.express, q.region_code, weight, goods)
    if q.method == "delivery" and (q.has_address or q.to):
        if q.store.at is None:
            return Fee(0, "store_place_needed")
        if q.to is None:
            return Fee(0, "address_location_needed")
        return delivery_fee(q.store.delivery, distance_m(q.store.at, q.to), goods)
    return Fee(0)


def _problems(q: QuoteInput, fee: Fee, missing: int) -> list[Problem]:
    """The store's state first, then the lines, then how it is received."""
    found: list[Problem] = []
    if q.store.paused:
        found.append(Problem("paused"))
    elif not q.store.open:
        found.append(Problem("closed"))
    if q.method not in q.store.methods:
        found.append(Problem("method_not_offered"))
    found += _flash_problems(q)
    found += _line_problems(q)
    if q.method in ADDRESSED and not q.has_address:
        found.append(Problem("address_needed"))
    if q.method == "dine_in" and not q.has_table:
        found.append(Problem("table_needed"))
    if fee.problem:
        found.append(Problem(fee.problem, None, _how_far(q) if fee.problem == "too_far" else {}))
    if missing > 0:
        found.append(Problem("below_minimum", None, {"missing": amount_text(missing, q.store.currency)}))
    return found


def _how_far(q: QuoteInput) -> dict[str, object]:
    """Kilometres to the address and to the edge of the delivery area, as text."""
    far = distance_m(q.store.at, q.to) if q.store.at and q.to else 0
    return {"distance": kilometres(far), "edge": kilometres(reach_m(q.store.delivery))}


def _flash_problems(q: QuoteInput) -> list[Problem]:
    """A place is for one line with exactly what it holds."""
    if q.flash is None:
        return []
    if not q.flash.good:
        return [Problem("flash_expired")]
    quantities = [line.quantity for line in q.lines if line.sku_id == q.flash.sku_id]
    return [] if quantities == [q.flash.quantity] else [Problem("flash_line")]


def _line_problems(q: QuoteInput) -> list[Problem]:
    """Units of one SKU count together over its lines: the modifiers differ, the shelf is the same."""
    units: dict[UUID, int] = {}
    for line in q.lines:
        units[line.sku_id] = units.get(line.sku_id, 0) + line.quantity
    mixed = len({"virtual" in line.methods for line in q.lines}) > 1
    found: list[Problem] = []
    for line in q.lines:
        if not line.on_shelf:
            found.append(Problem("off_shelf", line.key))
        elif q.method not in line.methods:
            found.append(Problem("virtual_apart" if mixed else "method_not_for_product", line.key))
        elif line.limit is not None and units[line.sku_id] > line.limit:
            found.append(Problem("over_limit", line.key, {"limit": line.limit}))
        elif units[line.sku_id] > line.available:
            found.append(Problem("out_of_stock", line.key, {"available": line.available}))
    return found


def _trace(
    q: QuoteInput, items_total: int, adjustments: list[Adjustment], packing: int, fee: Fee, total: int
) -> list[TraceStep]:
    units = sum(line.quantity for line in q.lines)
    saved = sum(line.flash_saving * line.quantity for line in q.lines)
    steps = [TraceStep("items", both("trace_items", units=units), items_total + saved)]
    if q.flash is not None and saved:
        steps.append(TraceStep("flash", _flash_text(q.flash.name), -saved))
    steps += [TraceStep(a.kind, a.label, a.amount) for a in adjustments]
    if packing:
        steps.append(TraceStep("packing", both("trace_packing"), packing))
    if q.method in ADDRESSED and fee.problem is None:
        weight = sum(line.weight_g * line.quantity for line in q.lines)
        code = "trace_shipping_free" if fee.free else f"trace_shipping_{q.method}"
        steps.append(TraceStep("shipping", both(code, kilograms=f"{weight / 1000:.2f}"), fee.amount))
    steps.append(TraceStep("total", both("trace_total"), total))
    return steps


def _flash_text(name: Text) -> Text:
    return Text(
        message("trace_flash", "zh", name=name.pick("zh")), message("trace_flash", "en", name=name.pick("en"))
    )


def _fingerprint(q: QuoteInput, lines: list[QuotedLine], packing: int, shipping: int, total: int) -> str:
    """Hash of what was priced; the order and the keys of lines are not part of it."""
    facts = [
        q.store.store_id,
        q.store.currency,
        q.method,
        sorted([str(x.sku_id), x.unit_price, x.quantity, x.payable] for x in lines),
        packing,
        shipping,
        total,
    ]
    return sha256(msgspec.json.encode(facts)).hexdigest()[:32]
