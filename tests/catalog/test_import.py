"""The importer: what it writes, what it refuses and where it says so."""

import io
import zipfile
from typing import Any

import pytest
from PIL import Image

from tests.support.api import Api, Caller
from zhanggui.catalog.import_format import Sheet
from zhanggui.catalog.import_template import EXAMPLES, build, template

Rows = dict[str, list[dict[str, object]]]


def tote(**changes: object) -> Rows:
    return {
        "categories": [{"code": "bags", "name_zh": "包袋", "name_en": "Bags"}],
        "products": [
            {"code": "tote", "category": "bags", "name_zh": "帆布包", "spec1": "颜色|Colour", "spec2": "尺码", **changes}
        ],
        "skus": [
            {"product": "tote", "code": "t-g-m", "value1": "绿色|Green", "value2": "M", "price": 69.9, "stock": 5},
            {"product": "tote", "code": "t-k-m", "value1": "黑色|Black|ink", "value2": "M", "price": "¥1,069"},
        ],
    }  # fmt: skip


def png(colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, "PNG")
    return out.getvalue()


def zipped(sheet: bytes, files: dict[str, bytes] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("商品.xlsx", sheet)
        for name, data in (files or {}).items():
            archive.writestr(name, data)
    return out.getvalue()


async def send(staff: Caller, data: bytes, *, dry: bool = False, language: str = "zh") -> Any:
    return await staff.post(
        "/products/import",
        files={"file": ("products.xlsx", data, "application/octet-stream")},
        params={"dry_run": str(dry).lower()},
        headers={"Accept-Language": language},
    )


@pytest.mark.parametrize("locale", ["zh", "en"])
async def test_the_template_can_be_imported_as_it_is(api: Api, locale: Any) -> None:
    staff = await api.staff(await api.store())
    sheet = (await staff.get("/products/import/template", headers={"Accept-Language": locale})).content
    report = (await send(staff, sheet)).json()
    assert report["errors"] == []
    assert (report["products"], report["skus"], report["created"]) == (2, 4, 2)
    assert len(template(locale)) > 5_000
    assert set(EXAMPLES) == {"categories", "products", "skus", "modifiers"}


async def test_import_writes_values_prices_and_stock(api: Api) -> None:
    staff = await api.staff(await api.store())
    assert (await send(staff, build(tote(), "en"))).json()["errors"] == []
    row = (await staff.get("/products")).json()["items"][0]
    assert (row["price"], row["price_max"], row["on_hand"]) == (6990, 106900, 5)
    saved = (await staff.get(f"/products/{row['id']}")).json()
    assert [v["code"] for v in saved["specs"][0]["values"]] == ["green", "ink"]
    assert [s["values"] for s in saved["skus"]] == [["green", "m"], ["ink", "m"]]


async def test_importing_again_updates_by_code_and_keeps_stock_and_ids(api: Api) -> None:
    staff = await api.staff(await api.store())
    await send(staff, build(tote(), "zh"))
    before = (await staff.get("/products")).json()["items"][0]
    rows = tote(name_zh="新帆布包")
    rows["skus"] = [{**rows["skus"][0], "stock": 500}]
    report = (await send(staff, build(rows, "zh"))).json()
    assert (report["created"], report["updated"]) == (0, 1)
    after = (await staff.get("/products")).json()["items"][0]
    assert after["id"] == before["id"]
    assert (after["name"]["zh"], after["sku_count"], after["on_hand"]) == ("新帆布包", 1, 5)


async def test_a_dry_run_writes_nothing(api: Api) -> None:
    staff = await api.staff(await api.store())
    report = (
        await send(staff, zipped(build(tote(pictures="a.png"), "zh"), {"a.png": png()}), dry=True)
    ).json()
    assert (report["dry_run"], report["created"], report["errors"]) == (True, 1, [])
    assert (await staff.get("/products")).json()["items"] == []
    assert (await staff.get("/categories")).json()["items"] == []


FAULTS: list[tuple[str, str, dict[str, object], str, int, str]] = [
    ("products", "en", {"category": "nowhere"}, "Category code", 2, "category_unknown"),
    ("products", "zh", {"code": "a b"}, "商品编码", 2, "cell_code"),
    ("products", "zh", {"status": "也许"}, "状态", 2, "cell_choice"),
    ("products", "zh", {"name_zh": ""}, "中文名称", 2, "text_needed"),
    ("products", "zh", {"pictures": "a.png"}, "图片", 2, "picture_needs_zip"),
    ("products", "zh", {"modifiers": "milk"}, "加料组", 2, "modifier_unknown"),
    ("skus", "zh", {"price": "贵"}, "价格", 3, "cell_price"),
    ("skus", "zh", {"price": 1.234}, "价格", 3, "cell_price"),
    ("skus", "zh", {"price": -1}, "价格", 3, "cell_price"),
    ("skus", "zh", {"price": ""}, "价格", 3, "missing"),
    ("skus", "zh", {"stock": 1.5}, "初始库存", 3, "cell_number"),
    ("skus", "zh", {"stock": -2}, "初始库存", 3, "cell_range"),
    ("skus", "zh", {"code": "t-g-m"}, "SKU编码", 3, "cell_repeated"),
    ("skus", "zh", {"value1": "绿色|Green"}, "规格值一", 3, "cell_duplicate"),
    ("skus", "zh", {"value2": ""}, "规格值二", 3, "missing"),
    ("skus", "zh", {"value3": "厚"}, "规格值三", 3, "value_without_spec"),
    ("skus", "zh", {"product": "other"}, "商品编码", 3, "product_not_in_sheet"),
    ("categories", "zh", {"parent": "nowhere"}, "上级编码", 2, "category_unknown"),
    ("categories", "zh", {"parent": "bags"}, "上级编码", 2, "category_cycle"),
]


@pytest.mark.parametrize(("sheet", "locale", "change", "column", "row", "code"), FAULTS)
async def test_every_fault_names_its_cell_and_nothing_is_written(
    api: Api, sheet: str, locale: Any, change: dict[str, object], column: str, row: int, code: str
) -> None:
    staff = await api.staff(await api.store())
    rows = tote()
    rows[sheet][-1].update(change)
    report = (await send(staff, build(rows, locale), language=locale)).json()
    found = {(e["row"], e["column"], e["code"]) for e in report["errors"]}
    assert (row, column, code) in found, found
    assert all(e["message"] and e["message"] != e["code"] for e in report["errors"])
    assert (await staff.get("/products")).json()["items"] == []
    assert (await staff.get("/categories")).json()["items"] == []


async def test_pictures_come_from_the_zip_and_stay_when_left_blank(api: Api) -> None:
    staff = await api.staff(await api.store())
    rows = tote(pictures="A.png；b.png")
    rows["skus"][0]["picture"] = "green.png"
    files = {"图/A.png": png("red"), "b.png": png("blue"), "../../evil/green.png": png("green")}
    assert (await send(staff, zipped(build(rows, "zh"), files))).json()["errors"] == []
    product_id = (await staff.get("/products")).json()["items"][0]["id"]
    saved = (await staff.get(f"/products/{product_id}")).json()
    assert len(saved["picture_ids"]) == 2
    assert saved["skus"][0]["picture_id"] == saved["specs"][0]["values"][0]["picture_id"] is not None
    assert (await send(staff, build(tote(), "zh"))).json()["errors"] == []
    again = (await staff.get(f"/products/{product_id}")).json()
    assert (again["picture_ids"], again["specs"], again["skus"]) == (
        saved["picture_ids"],
        saved["specs"],
        saved["skus"],
    )


@pytest.mark.parametrize("dry", [True, False])
async def test_a_broken_picture_names_its_cell(api: Api, dry: bool) -> None:
    staff = await api.staff(await api.store())
    data = zipped(build(tote(pictures="ok.png;x.png"), "zh"), {"ok.png": png(), "x.png": b"<svg onload=x()>"})
    (error,) = (await send(staff, data, dry=dry)).json()["errors"]
    assert (error["row"], error["column"], error["code"]) == (2, "图片", "picture_format")


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(4):
            archive.writestr(f"{n}.bin", b"\x00" * 80_000_000)
    return out.getvalue()


def lying() -> bytes:
    """A zip whose directory says 10 bytes where 80 MB come out."""
    data = bytearray(bomb())
    at = data.find(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    return bytes(data)


@pytest.mark.parametrize(
    ("make", "status", "code"),
    [
        (bomb, 413, "import_too_large"),
        (lying, 415, "import_format"),
        (lambda: b"not a zip", 415, "import_format"),
        (lambda: zipped(b"not a sheet"), 415, "import_format"),
        (lambda: zipped(zipped(b"")), 422, "import_broken"),
        (lambda: b"", 400, "missing"),
    ],
    ids=["bomb", "lying", "text", "zip-of-text", "zip-of-zip", "empty"],
)
async def test_what_is_no_spreadsheet_is_refused(api: Api, make: Any, status: int, code: str) -> None:
    staff = await api.staff(await api.store())
    answer = await send(staff, make())
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_another_store_is_denied(api: Api) -> None:
    mine, stranger = await api.store(), await api.staff(await api.store())
    answer = await stranger.post(
        f"/api/console/stores/{mine}/products/import", files={"file": ("a.xlsx", build(tote(), "zh"))}
    )
    assert answer.status_code == 404


def test_headings_are_told_apart() -> None:
    from zhanggui.catalog.import_format import SHEETS

    def names(sheet: Sheet) -> list[str]:
        return [h for c in sheet.columns for h in {c.heading.zh, c.heading.en}]

    for sheet in SHEETS:
        assert len(names(sheet)) == len(set(names(sheet))), sheet.key
