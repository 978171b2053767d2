"""The spec matrix: whatever is accepted has exactly one cell for each SKU."""

from hypothesis import given
from hypothesis import strategies as st

from zhanggui.catalog.rules import (
    Cell,
    ModifierGroup,
    ModifierOption,
    Spec,
    SpecValue,
    below_itself,
    clean_html,
    matrix_errors,
    modifier_errors,
    spec_text,
)
from zhanggui.core.i18n import Text

CODES = st.sampled_from(["a", "b", "c", "d"])


def spec(code: str, values: list[str]) -> Spec:
    return Spec(code, Text(code), [SpecValue(v, Text(v)) for v in values])


SPECS = st.lists(st.builds(spec, CODES, st.lists(CODES, min_size=1, max_size=4)), max_size=3)
CELLS = st.lists(st.builds(Cell, CODES, st.lists(CODES, max_size=3)), max_size=5)


@given(SPECS, CELLS)
def test_what_is_accepted_is_a_matrix(specs: list[Spec], cells: list[Cell]) -> None:
    if matrix_errors(specs, cells):
        return
    assert cells
    assert len({s.code for s in specs}) == len(specs)
    assert len({c.code for c in cells}) == len(cells)
    assert len({tuple(c.values) for c in cells}) == len(cells)
    for cell in cells:
        assert len(cell.values) == len(specs)
        for axis, value in zip(specs, cell.values, strict=True):
            assert [v.code for v in axis.values].count(value) == 1


@given(st.lists(st.lists(CODES, min_size=1, max_size=4, unique=True), max_size=3))
def test_a_full_matrix_is_accepted(axes: list[list[str]]) -> None:
    specs = [spec(f"s{i}", values) for i, values in enumerate(axes)]
    rows: list[list[str]] = [[]]
    for values in axes:
        rows = [[*row, value] for row in rows for value in values]
    assert matrix_errors(specs, [Cell(f"sku-{i}", row) for i, row in enumerate(rows)]) == []


def test_each_fault_names_its_field() -> None:
    specs = [spec("size", ["s", "m"])]
    cells = [Cell("one", ["s"]), Cell("one", ["s"]), Cell("two", ["xl"]), Cell("three", [])]
    found = {(e.field, e.code) for e in matrix_errors(specs, cells)}
    assert found == {
        ("skus[1].values", "cell_duplicate"),
        ("skus[1].code", "sku_code_duplicate"),
        ("skus[2].values[0]", "spec_value_unknown"),
        ("skus[3].values", "spec_values_count"),
    }


@given(st.integers(0, 5), st.integers(1, 5), st.lists(st.booleans(), min_size=1, max_size=4))
def test_accepted_modifiers_can_be_satisfied(least: int, most: int, defaults: list[bool]) -> None:
    options = [ModifierOption(f"o{i}", Text("选项"), 0, d) for i, d in enumerate(defaults)]
    ok = not modifier_errors([ModifierGroup("milk", Text("奶"), least, most, options)])
    assert ok == (least <= most <= len(options) and sum(defaults) <= most)


def test_spec_text_in_both_languages() -> None:
    colour = Spec("colour", Text("颜色"), [SpecValue("green", Text("绿色", "Green"))])
    size = Spec("size", Text("尺码"), [SpecValue("m", Text("M"))])
    assert spec_text([colour, size], ["green", "m"]) == Text("绿色 / M", "Green / M")


def test_html_loses_scripts_handlers_links_and_foreign_pictures() -> None:
    dirty = (
        '<p onclick="x()">好<script>alert(1)</script></p><img src="https://evil.test/a.png">'
        '<img src="/media/1/l.webp" onerror="x()"><a href="javascript:x()">看</a><iframe src="/"></iframe>'
        '<svg onload="x()"></svg><style>p{}</style>'
    )
    clean = clean_html(dirty)
    assert clean == '<p>好</p><img><img src="/media/1/l.webp">看'


def test_a_tree_cannot_bite_its_tail() -> None:
    from uuid import UUID

    a, b, c = UUID(int=1), UUID(int=2), UUID(int=3)
    assert below_itself(a, {a: b, b: c, c: a})
    assert not below_itself(a, {a: b, b: c, c: None})
