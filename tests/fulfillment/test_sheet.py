"""Batch shipping by spreadsheet: the list, the dry run with row errors, shipping for good, and again."""

import asyncio
import csv
import io
import zipfile
from typing import Any
from uuid import UUID

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from tests.support.api import Api, Caller
from tests.support.counting import counted
from tests.support.paid import paid_order
from zhanggui.core.ids import new_id
from zhanggui.core.sheets import SheetRow
from zhanggui.fulfillment.sheet_format import safe, unsafe
from zhanggui.fulfillment.sheet_plan import OpenLine, OpenOrder, plan_sheet

HEAD = ["订单号", "行", "数量", "快递公司", "运单号"]


def sheet(*rows: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([HEAD, *rows])
    return out.getvalue().encode("utf-8-sig")


async def upload(staff: Caller, content: bytes, *, dry_run: bool = False) -> Any:
    files = {"file": ("orders.csv", content)}
    return await staff.post("/shipping-sheet", files=files, params={"dry_run": str(dry_run).lower()})


async def test_the_list_is_filled_in_and_ships_once(api: Api) -> None:
    store, buyer = await api.store(), await api.buyer()
    clerk = await api.staff(store, "clerk")
    first = await paid_order(api, buyer, store, "express", quantities=(3, 1))
    second = await paid_order(api, buyer, store, "express")
    await paid_order(api, buyer, store)

    book = await clerk.get("/shipping-sheet")
    assert book.status_code == 200, book.text
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
    assert [(r[0], r[1], r[5]) for r in rows[1:]] == [
        (first["number"], "1", "3"),
        (first["number"], "2", "1"),
        (second["number"], "1", "2"),
    ]
    assert rows[1][9] == "138****8000"
    filled = sheet(
        [first["number"], "1", "2", "", "YT1234567890123"],
        [first["number"], "1", "1", "中通", "75812345678901"],
        [first["number"], "2", "", "中通", "75812345678901"],
        [second["number"], "", "", "", "SF1234567890123"],
        [second["number"], "", "", "", ""],
    )

    dry = (await upload(clerk, filled, dry_run=True)).json()
    assert (dry["errors"], dry["orders"], dry["shipped"], dry["waiting"]) == ([], 2, 3, 1)
    assert [(p["carrier"]["code"], p["guessed"], p["units"], p["state"]) for p in dry["parcels"]] == [
        ("YTO", True, 2, "ready"),
        ("ZTO", False, 2, "ready"),
        ("SF", True, 2, "ready"),
    ]
    assert (await clerk.get(f"/orders/{first['id']}")).json()["fulfillments"] == []

    done = (await upload(clerk, filled)).json()
    assert (done["errors"], done["shipped"]) == ([], 3)
    page = (await clerk.get(f"/orders/{first['id']}")).json()
    assert (page["status"], len(page["fulfillments"])) == ("fulfilled", 2)
    again = (await upload(clerk, filled)).json()
    assert (again["errors"], again["shipped"], again["known"]) == ([], 0, 3)
    assert len((await clerk.get(f"/orders/{first['id']}")).json()["fulfillments"]) == 2
    assert len((await clerk.get("/shipping-sheet", params={"format": "csv"})).text.splitlines()) == 1


async def test_rows_at_fault_are_named_and_nothing_is_shipped(api: Api) -> None:
    store, other, buyer = await api.store(), await api.store(), await api.buyer()
    owner = await api.staff(store)
    order = await paid_order(api, buyer, store, "express", quantities=(2,))
    pickup = await paid_order(api, buyer, store)
    foreign = await paid_order(api, buyer, other, "express")
    number = order["number"]
    answer = await upload(
        owner,
        sheet(
            [number, "1", "1", "顺丰", "SF1234567890123"],
            [number, "1", "9", "顺丰", "SF1234567890124"],
            [number, "7", "1", "顺丰", "SF1234567890125"],
            [number, "1", "-1", "顺丰", "SF1234567890126"],
            [number, "1", "1", "蓝天快递", "SF1234567890127"],
            [number, "1", "1", "", "123456789012"],
            [number, "1", "1", "", "HELLO-WORLD"],
            [number, "1", "1", "顺丰", "短"],
            [pickup["number"], "", "", "顺丰", "SF1234567890128"],
            [foreign["number"], "", "", "顺丰", "SF1234567890129"],
        ),
    )
    found = answer.json()
    assert [(e["row"], e["code"]) for e in found["errors"]] == [
        (3, "more_than_left"),
        (4, "sheet_line_unknown"),
        (5, "sheet_quantity"),
        (6, "unknown_carrier"),
        (7, "sheet_carrier_choose"),
        (8, "sheet_carrier_needed"),
        (9, "sheet_waybill"),
        (10, "wrong_method"),
        (11, "sheet_order_unknown"),
    ]
    told = [(e["number"], e["value"]) for e in found["errors"]]
    assert told[3:6] == [(number, "蓝天快递"), (number, ""), (number, "")]
    assert told[6:] == [(number, "短"), (pickup["number"],) * 2, (foreign["number"],) * 2]
    assert "顺丰速运、申通快递" in found["errors"][4]["message"]["zh"]
    assert "SF Express, STO Express" in found["errors"][4]["message"]["en"]
    assert (await owner.get(f"/orders/{order['id']}")).json()["fulfillments"] == []


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 400, "missing"),
        (b"PK\x03\x04 not a zip", 422, "import_broken"),
        (b"\x00\x01\x02", 415, "sheet_format"),
        (b"\xff\xfe\xff", 415, "sheet_format"),
        ("一,二\n1,2\n".encode(), 422, "sheet_columns"),
    ],
)
async def test_files_that_are_no_sheet_are_refused(api: Api, content: bytes, status: int, code: str) -> None:
    owner = await api.staff(await api.store())
    answer = await upload(owner, content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_open_contacts_need_the_right_and_leave_a_trace(api: Api) -> None:
    store, buyer = await api.store(), await api.buyer()
    owner, clerk = await api.staff(store), await api.staff(store, "clerk")
    order = await paid_order(api, buyer, store, "express")

    assert (await clerk.get("/shipping-sheet", params={"contacts": "true"})).status_code == 403
    listed = (await owner.get("/shipping-sheet", params={"contacts": "true", "format": "csv"})).text
    assert "13800138000" in listed
    assert "衡山路" in listed
    page = (await owner.get(f"/orders/{order['id']}")).json()
    assert page["timeline"][-1]["kind"] == "contact_viewed"
    stranger = await api.staff(await api.store())
    assert (await stranger.get(f"/api/console/stores/{store}/shipping-sheet")).status_code == 404


async def test_an_xlsx_from_any_program_is_read(api: Api) -> None:
    store, buyer = await api.store(), await api.buyer()
    owner = await api.staff(store)
    order = await paid_order(api, buyer, store, "express")
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet("表")
    page.write_row(0, 0, ["我的备注", "Order", "tracking number", "Line", "Quantity"])
    page.write_row(1, 0, ["x", order["number"], 75812345678901, 1, 2])
    book.close()

    answer = await owner.post("/shipping-sheet", files={"file": ("orders.xlsx", out.getvalue())})

    assert answer.json()["errors"] == []
    assert (await owner.get(f"/orders/{order['id']}")).json()["fulfillments"][0]["carrier"] == "ZTO"


async def test_a_number_whose_digits_a_spreadsheet_rounded_is_refused(api: Api) -> None:
    """YTO's numbers have 18 digits, a numeric cell keeps 15: the rest would be shipped as zeros."""
    store, buyer = await api.store(), await api.buyer()
    owner = await api.staff(store)
    order = await paid_order(api, buyer, store, "express")
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.add_worksheet().write_row(0, 0, ["Order", "Waybill"])
        book.worksheets()[0].write_row(1, 0, [order["number"], 881234567890123456])
    answer = await owner.post("/shipping-sheet", files={"file": ("orders.xlsx", out.getvalue())})
    assert [(e["row"], e["code"]) for e in answer.json()["errors"]] == [(2, "sheet_waybill")]


async def test_a_packed_bomb_is_refused_whatever_its_header_says(api: Api) -> None:
    owner = await api.staff(await api.store())
    size = 200_000_000
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(size))
    honest = await upload(owner, out.getvalue())
    assert (honest.status_code, honest.json()["code"]) == (413, "sheet_too_large")
    lying = out.getvalue().replace(size.to_bytes(4, "little"), (1_000).to_bytes(4, "little"))
    refused = await upload(owner, lying)
    assert (refused.status_code, refused.json()["code"]) == (422, "import_broken")


async def test_the_dry_run_reads_in_one_statement_however_many_rows(api: Api) -> None:
    store, buyer = await api.store(), await api.buyer()
    owner = await api.staff(store)
    orders = [await paid_order(api, buyer, store, "express") for _ in range(4)]

    async def statements(rows: list[list[str]]) -> int:
        with counted(api) as seen:
            assert (await upload(owner, sheet(*rows), dry_run=True)).json()["errors"] == []
        return len(seen.statements)

    rows = [[o["number"], "", "", "", f"SF123456789012{i}"] for i, o in enumerate(orders)]
    assert await statements(rows[:1]) == await statements(rows)


async def test_two_staff_ship_the_same_lines_and_never_more_than_was_bought(api: Api) -> None:
    store, buyer = await api.store(), await api.buyer()
    one, two = await api.staff(store), await api.staff(store)
    order = await paid_order(api, buyer, store, "express", quantities=(3,))
    line = order["lines"][0]["id"]

    async def send(staff: Caller, n: int) -> int:
        body = {
            "carrier": "SF",
            "waybill": f"SF12345678901{n:02d}",
            "lines": [{"order_line_id": line, "quantity": 2}],
        }
        return (await staff.post(f"/orders/{order['id']}/ship", body)).status_code

    codes = await asyncio.gather(*(send(staff, n) for n, staff in enumerate([one, two] * 4)))
    assert sorted(codes) == [200] + [422] * 7
    row = await api.rt.db.fetchrow(
        "SELECT l.fulfilled, (SELECT sum(quantity) FROM fulfillment_line WHERE order_line_id = l.id) AS parcels"
        " FROM order_line l WHERE l.id = $1",
        UUID(line),
    )
    assert row is not None
    assert (row["fulfilled"], row["parcels"]) == (2, 2)


def open_order(*unsent: int, refusal: str | None = None) -> OpenOrder:
    lines = [OpenLine(new_id(), place, n) for place, n in enumerate(unsent, start=1)]
    return OpenOrder(new_id(), "A1", refusal, lines, {})


def rows_of(*rows: tuple[str, str, str]) -> list[SheetRow]:
    """(line, quantity, waybill) of order A1, from row 2 on."""
    return [
        SheetRow(n, {"number": "A1", "line": line, "quantity": quantity, "carrier": "SF", "waybill": waybill})
        for n, (line, quantity, waybill) in enumerate(rows, start=2)
    ]


def test_the_rest_can_go_into_one_parcel_only() -> None:
    order = open_order(2, 1)
    plan = plan_sheet(rows_of(("", "", "SF0000000001"), ("", "", "SF0000000002")), {"A1": order})
    assert [p.units for p in plan.parcels] == [{order.lines[0].id: 2, order.lines[1].id: 1}]
    assert [(f.row, f.code) for f in plan.faults] == [(3, "nothing_to_ship")]


def test_parcels_of_a_sheet_never_hold_more_than_is_left() -> None:
    order = open_order(2)
    plan = plan_sheet(rows_of(("1", "2", "SF0000000001"), ("1", "1", "SF0000000002")), {"A1": order})
    assert [(f.row, f.code) for f in plan.faults] == [(3, "more_than_left")]
    many = rows_of(*[("1", "1", f"SF00000000{n:02d}") for n in range(16)])
    assert [f.code for f in plan_sheet(many, {"A1": open_order(99)}).faults] == ["too_many_parcels"]


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@x", "'=1", "plain", ""])
def test_a_cell_is_never_a_formula(text: str) -> None:
    assert safe(text)[:1] not in {"=", "+", "-", "@"}
    assert unsafe(safe(text)) == text or text.startswith("'")
