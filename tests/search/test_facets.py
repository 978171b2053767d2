"""Filters and facets against a brute-force count, and keyset pages that are complete, for any catalogue."""

from collections.abc import Callable, Iterable
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhanggui.catalog.bits import Bits, Planes, flags, from_slots, members
from zhanggui.catalog.columns import Sorting
from zhanggui.catalog.goods import Goods
from zhanggui.catalog.listing import Listing, list_products
from zhanggui.catalog.narrow import Filters, Narrowed
from zhanggui.catalog.packed import Owners, Unpacked
from zhanggui.catalog.rules import DeliveryMethod, Spec, SpecValue, Status
from zhanggui.catalog.views import CategoryView, ProductRow, StoreCatalogue
from zhanggui.core.i18n import Text

CATEGORIES = [UUID(int=n) for n in range(1, 5)]  # 1 → 2, 3; 4 is hidden
COLOURS = ("green", "red", "blue")
TAGS = ("new", "hot")
BRANDS = ("星野", "Acme")
METHODS: tuple[DeliveryMethod, ...] = ("express", "pickup")


def tree() -> dict[UUID, CategoryView]:
    top, *below, hidden = CATEGORIES
    views = [CategoryView(top, "top", None, Text("上"), None, 0, True)]
    views += [CategoryView(c, str(c), top, Text("下"), None, n, True) for n, c in enumerate(below)]
    views.append(CategoryView(hidden, "hidden", None, Text("藏"), None, 9, False))
    return {v.id: v for v in views}


@st.composite
def products(draw: st.DrawFn) -> list[ProductRow]:
    rows: list[ProductRow] = []
    for n in range(draw(st.integers(0, 40))):
        colours = draw(st.sets(st.sampled_from(COLOURS)))
        values = [SpecValue(code=c, name=Text(c)) for c in sorted(colours)]
        status: Status = draw(st.sampled_from(("on", "on", "off")))
        rows.append(
            ProductRow(
                id=UUID(int=100 + n),
                code=f"p{n}",
                category_id=draw(st.sampled_from(CATEGORIES)),
                name=Text(f"商品{n}"),
                subtitle=Text(),
                description_html=Text(),
                status=status,
                tags=sorted(draw(st.sets(st.sampled_from(TAGS)))),
                picture_ids=[],
                delivery_methods=sorted(draw(st.sets(st.sampled_from(METHODS), min_size=1))),
                specs=[Spec(code="colour", name=Text("色"), values=values)] if values else [],
                modifiers=[],
                price=draw(st.integers(0, 3000)),
                price_max=5000,
                list_price=None,
                sold=draw(st.integers(0, 3)),
                sort=draw(st.integers(0, 2)),
                skus=[],
                brand=draw(st.sampled_from(("", *BRANDS))),
            )
        )
    return rows


filters = st.builds(
    Filters,
    category=st.none() | st.sampled_from(CATEGORIES),
    tags=st.sets(st.sampled_from(TAGS)).map(lambda s: tuple(sorted(s))),
    methods=st.sets(st.sampled_from(METHODS)).map(lambda s: tuple(sorted(s))),
    specs=st.sets(st.sampled_from(COLOURS)).map(lambda s: tuple(("colour", c) for c in sorted(s))),
    price_min=st.none() | st.integers(0, 2000),
    price_max=st.none() | st.integers(0, 4000),
    in_stock=st.booleans(),
    brands=st.sets(st.sampled_from(BRANDS)).map(lambda s: tuple(sorted(s))),
)


def filled(rows: list[ProductRow], sold_out: Iterable[int]) -> StoreCatalogue:
    goods = Goods(Unpacked())
    goods.put(rows)
    categories = tree()
    goods.columns.arrange(c for c in CATEGORIES[:3])
    for slot in sold_out:
        if slot < len(rows):
            goods.columns.in_stock.discard(slot)
    return StoreCatalogue(categories, goods)


def passes(row: ProductRow, chosen: Filters, sold_out: set[int], n: int, without: str = "") -> bool:
    family = {CATEGORIES[0]: CATEGORIES[:3]}.get(chosen.category or CATEGORIES[3], [chosen.category])
    colours = {v.code for s in row.specs for v in s.values}
    return (
        row.status == "on"
        and row.category_id != CATEGORIES[3]
        and (without == "category" or chosen.category is None or (row.category_id in family))
        and (without == "tag" or not chosen.tags or bool(set(chosen.tags) & set(row.tags)))
        and (without == "brand" or not chosen.brands or row.brand in chosen.brands)
        and (
            without == "delivery"
            or not chosen.methods
            or bool(set(chosen.methods) & set(row.delivery_methods))
        )
        and (without == "spec" or not chosen.specs or bool({v for _, v in chosen.specs} & colours))
        and (
            without == "price"
            or (
                (chosen.price_min or 0) <= row.price
                and (chosen.price_max is None or row.price <= chosen.price_max)
            )
        )
        and (without == "stock" or not chosen.in_stock or n not in sold_out)
    )


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # whole catalogues are drawn
@given(products(), filters, st.sets(st.integers(0, 39)))
def test_facets_equal_a_brute_force_count(
    rows: list[ProductRow], chosen: Filters, sold_out: set[int]
) -> None:
    store = filled(rows, sold_out)
    narrowed = Narrowed(store, None, chosen)

    def count(without: str, having: str = "", value: str = "") -> int:
        kept = [r for n, r in enumerate(rows) if passes(r, chosen, sold_out, n, without)]
        of: dict[str, Callable[[ProductRow], bool]] = {
            "tag": lambda r: value in r.tags,
            "brand": lambda r: value == r.brand,
            "delivery": lambda r: value in r.delivery_methods,
            "spec": lambda r: value in {v.code for s in r.specs for v in s.values},
            "": lambda r: True,
        }  # fmt: skip
        return sum(of[having](r) for r in kept)

    facets = narrowed.facets()
    assert narrowed.number.bit_count() == count("none")
    assert {t.tag.code: t.count for t in facets.tags} == {t: n for t in TAGS if (n := count("tag", "tag", t))}
    assert {b.name: b.count for b in facets.brands} == {
        b: n for b in BRANDS if (n := count("brand", "brand", b))
    }
    assert {m.method: m.count for m in facets.delivery_methods} == {
        m: n for m in METHODS if (n := count("delivery", "delivery", m))
    }
    values = {v.code: v.count for s in facets.specs for v in s.values}
    assert values == {c: n for c in COLOURS if (n := count("spec", "spec", c))}
    assert sum(b.count for b in facets.price_bands) == count("price")
    for band in facets.price_bands:
        kept = [r for n, r in enumerate(rows) if passes(r, chosen, sold_out, n, "price")]
        assert band.count == sum(
            band.min <= r.price and (band.max is None or r.price <= band.max) for r in kept
        )
    of_category = [r for n, r in enumerate(rows) if passes(r, chosen, sold_out, n, "category")]
    tops = [c for c in facets.categories if c.id == CATEGORIES[0]]
    assert (tops[0].count if tops else 0) == len(of_category)
    in_stock = [
        n for n, r in enumerate(rows) if passes(r, chosen, sold_out, n, "stock") and n not in sold_out
    ]
    assert facets.in_stock == len(in_stock)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # whole catalogues are drawn
@given(
    products(),
    filters,
    st.sampled_from(("default", "sales", "price", "-price", "newest")),
    st.integers(1, 7),
    st.data(),
)
def test_pages_are_complete_and_in_order(
    rows: list[ProductRow], chosen: Filters, sort: Sorting, limit: int, data: st.DataObject
) -> None:
    store = filled(rows, ())
    if data.draw(st.booleans()):  # changed after the orders were made
        for name in ("default", "sales", "price", "-price", "newest"):
            store.columns.order(name)
        changed = data.draw(products())
        store.goods.put(changed)
        rows = changed + rows[len(changed) :]
    seen: list[int] = []
    cursor: str | None = None
    while True:
        found = list_products(store, Listing(chosen, sort, limit, cursor))
        seen += found.page
        cursor = found.following
        if cursor is None:
            break
    wanted = [n for n, r in enumerate(rows) if passes(r, chosen, set(), n)]
    assert seen == sorted(wanted, key=store.columns.key(sort))
    assert list(store.columns.order(sort)) == sorted(range(len(rows)), key=store.columns.key(sort))


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 600)), max_size=400))
def test_bits_are_sets(steps: list[tuple[bool, int]]) -> None:
    bits, wanted = Bits(), set[int]()
    for adding, slot in steps:
        (bits.add if adding else bits.discard)(slot)
        (wanted.add if adding else wanted.discard)(slot)
    assert members(bits.number) == sorted(wanted)
    assert bits.number == from_slots(sorted(wanted), 601)
    assert all((slot in bits) == (slot in wanted) for slot in range(601))
    text = flags(bits.number, 601)
    assert bits.count_in(text, bits.number) == len(wanted)


@given(st.lists(st.integers(0, 100_000), max_size=60), st.integers(-1, 200_000), st.booleans())
def test_planes_compare(numbers: list[int], bound: int, at_once: bool) -> None:
    from array import array

    planes = Planes.of(array("q", numbers)) if at_once else Planes()
    for slot, number in enumerate(numbers if not at_once else []):
        planes.put(slot, 0, number)
    everything = (1 << len(numbers)) - 1
    assert members(planes.below(bound, everything)) == [
        n for n, number in enumerate(numbers) if number < bound
    ]


@given(st.lists(st.tuples(st.uuids(version=4), st.integers(0, 2**32 - 1)), max_size=300))
def test_owners_are_a_mapping(pairs: list[tuple[UUID, int]]) -> None:
    owners, wanted = Owners(), dict[UUID, int]()
    for sku, slot in pairs:
        owners.put(sku, slot)
        wanted[sku] = slot
    assert {sku: owners.get(sku) for sku in owners} == wanted
    assert len(owners) == len(wanted)
