"""Goods that come back, for their money or for others."""

import pytest

from tests.returns.aftermath import FREIGHT, WAYBILL, delivered, paid_sale
from tests.support.api import Api
from tests.support.sale import assert_journal_adds_up


async def test_seven_days_without_a_reason_the_goods_come_back_and_the_money_follows(api: Api) -> None:
    sale = await delivered(api, prices=(999,), quantities=(3,), discount=100)
    before = await sale.stock()
    made = await sale.applied("return_refund", "no_reason", (0, 2))
    assert (made["status"], made["decided_by"], made["fees"]) == ("approved", "rule", 0)
    assert made["return_freight_by"] == "buyer"
    back = await sale.sent_back(made)
    assert (back["status"], back["carrier"], back["carrier_name"]["zh"]) == ("sent_back", "SF", "顺丰速运")
    done = await sale.decided(made, "inspect")
    assert (done["status"], done["amount"]) == ("refunding", (2997 - 100) * 2 // 3)
    assert await sale.stock() == before + 2
    assert await sale.refunds() == [done["amount"]]
    line = done["lines"][0]
    assert (line["accepted"], line["shelved"], line["refunded"]) == (2, 2, 2)
    assert (await sale.order())["status"] == "fulfilled"
    await assert_journal_adds_up(api.rt.db, sale.store)


async def test_the_buyer_is_told_where_to_only_while_goods_are_to_come(api: Api) -> None:
    """To the address for returns, and where the merchant wrote none to the store itself."""
    sale = await delivered(api, quantities=(2,))
    first = await sale.applied("return_refund", "no_reason", (0, 1))
    assert first["return_to"]["recipient"] == first["store"]["name"]["zh"]
    await sale.policy(address={"recipient": "仓库", "phone": "021-1", "text": "衡山路 1 号后门"})
    assert (await sale.page(first))["return_to"]["text"] == "衡山路 1 号后门"
    assert (await sale.sent_back(first))["return_to"]["recipient"] == "仓库"
    found = (await sale.owner.get("/returns", params={"q": WAYBILL})).json()["items"]
    assert [r["id"] for r in found] == [first["id"]]
    await sale.decided(first, "inspect")
    assert (await sale.page(first))["return_to"] is None


async def test_the_last_unit_takes_what_is_left_of_its_line(api: Api) -> None:
    sale = await delivered(api, prices=(999,), quantities=(3,), discount=100)
    amounts: list[int] = []
    for _ in range(3):
        made = await sale.applied("return_refund", "no_reason", (0, 1))
        await sale.sent_back(made)
        amounts.append((await sale.decided(made, "inspect"))["amount"])
    assert sum(amounts) == 2997 - 100
    assert max(amounts) - min(amounts) <= 1


async def test_what_comes_back_worse_is_paid_in_part_and_written_off(api: Api) -> None:
    sale = await delivered(api, prices=(1000,), quantities=(3,))
    made = await sale.applied("return_refund", "no_reason", (0, 3))
    await sale.sent_back(made)
    before = await sale.stock()
    line = made["lines"][0]["order_line_id"]
    worse = {"lines": [{"order_line_id": line, "accepted": 2, "restock": "write_off"}], "amount": 1500}
    assert (await sale.decide(made, "inspect", worse)).json()["code"] == "reason_needed"
    done = await sale.decided(made, "inspect", {**worse, "reason": "两件有明显使用痕迹"})
    assert (done["status"], done["amount"], done["lines"][0]["written_off"]) == ("refunding", 1500, 2)
    assert await sale.stock() == before  # the journal knows them, the shelf does not
    await assert_journal_adds_up(api.rt.db, sale.store)
    again = await sale.applied("return_refund", "no_reason", (0, 1))  # the unit that was not accepted
    assert again["amount"] == 1000
    too_many = await sale.apply("return_refund", "no_reason", (0, 1))
    assert too_many.json()["code"] == "return_units_taken"


async def test_more_than_what_is_worth_is_refused(api: Api) -> None:
    sale = await delivered(api)
    made = await sale.applied("return_refund", "no_reason", (0, 1))
    await sale.sent_back(made)
    much = await sale.decide(made, "inspect", {"amount": 5000, "reason": "x"})
    assert (much.status_code, much.json()["code"], much.json()["data"]) == (
        422,
        "amount_too_high",
        {"most": 1000},
    )
    line = made["lines"][0]["order_line_id"]
    more = await sale.decide(made, "inspect", {"lines": [{"order_line_id": line, "accepted": 2}]})
    assert more.json()["code"] == "more_than_asked"


async def test_nothing_accepted_refuses_the_return(api: Api) -> None:
    sale = await delivered(api)
    made = await sale.applied("return_refund", "no_reason", (0, 1))
    await sale.sent_back(made)
    none = {
        "lines": [{"order_line_id": made["lines"][0]["order_line_id"], "accepted": 0}],
        "reason": "空包裹",
    }
    done = await sale.decided(made, "inspect", none)
    assert (done["status"], done["reject_reason"]) == ("rejected", "空包裹")
    assert await sale.refunds() == []


async def test_an_exchange_reserves_the_new_units_and_sends_them(api: Api) -> None:
    sale = await delivered(api, prices=(1000, 1000), quantities=(1, 1))
    body = {"order_line_id": sale.lines[0]["id"], "quantity": 1, "exchange_sku_id": str(sale.skus[1])}
    made = await sale.applied("exchange", "other_spec", lines=[body])
    assert (made["status"], made["amount"], made["lines"][0]["exchange_text"]["zh"]) == (
        "approved",
        0,
        "规格1",
    )
    old, new = await sale.stock(0), await sale.stock(1)
    await sale.sent_back(made)
    taken = await sale.decided(made, "inspect", {"reship": {"waybill": "JDX012345678901"}})
    assert (taken["status"], taken["reship_carrier"]) == ("reshipped", "JD")
    assert [taken["lines"][0][k] for k in ("accepted", "amount", "shelved", "written_off")] == [1, 0, 1, 0]
    assert (await sale.stock(0), await sale.stock(1)) == (old + 1, new - 1)
    done = (await sale.by_buyer(made, "confirm")).json()
    assert done["status"] == "completed"
    assert [s["status"] for s in done["steps"]][-2:] == ["reshipped", "completed"]
    assert await sale.refunds() == []
    await assert_journal_adds_up(api.rt.db, sale.store)


@pytest.mark.parametrize(("units", "shelved"), [(1, (1, 0)), (2, (3, -1))])
async def test_what_was_sent_in_exchange_is_what_comes_back_and_goes_to_the_shelf(
    api: Api, units: int, shelved: tuple[int, int]
) -> None:
    """Once exchanged and then returned: the new goods are on the shelf again, not the old ones a second time.

    Of a line of which only one unit was exchanged, all of it that comes back counts as what was bought.
    """
    sale = await delivered(api, prices=(1000, 1000), quantities=(units, 1))
    shelf = await sale.stock(0), await sale.stock(1)
    line = {"order_line_id": sale.lines[0]["id"], "quantity": 1, "exchange_sku_id": str(sale.skus[1])}
    made = await sale.applied("exchange", "other_spec", lines=[line])
    await sale.sent_back(made)
    await sale.decided(made, "inspect", {"reship": {"waybill": "JDX012345678901"}})
    assert (await sale.by_buyer(made, "confirm")).json()["status"] == "completed"
    back = await sale.applied("return_refund", "no_reason", (0, units))
    await sale.sent_back(back)
    assert (await sale.decided(back, "inspect"))["amount"] == 1000 * units
    assert (await sale.stock(0), await sale.stock(1)) == (shelf[0] + shelved[0], shelf[1] + shelved[1])
    await assert_journal_adds_up(api.rt.db, sale.store)


@pytest.mark.parametrize(
    ("reason", "said", "shelved"),
    [("quality", None, 0), ("damaged", None, 0), ("wrong_item", None, 1), ("quality", "shelf", 1)],
)
async def test_goods_that_are_at_fault_are_not_sold_again_unless_somebody_says_so(
    api: Api, reason: str, said: str | None, shelved: int
) -> None:
    sale = await delivered(api, prices=(1000, 1000), quantities=(1, 1))
    picture = await sale.picture()
    made = await sale.applied("return_refund", reason, (0, 1), picture_ids=[picture])
    if made["status"] == "requested":
        await sale.decided(made, "approve")
    await sale.sent_back(made)
    page = (await sale.owner.get(f"/returns/{made['id']}")).json()
    assert page["restock"] == ("shelf" if reason == "wrong_item" else "write_off")
    before = await sale.stock()
    line = {"order_line_id": sale.lines[0]["id"], "accepted": 1}
    done = await sale.decided(made, "inspect", {"lines": [line | {"restock": said}]} if said else {})
    assert (done["lines"][0]["shelved"], done["lines"][0]["written_off"]) == (shelved, 1 - shelved)
    assert await sale.stock() == before + shelved


async def test_what_came_back_lies_where_the_inspector_put_it(api: Api) -> None:
    """One line onto a shelf that nothing is sold from, another onto the store's own, as said for each."""
    sale = await delivered(api, prices=(1000, 1000), quantities=(2, 1))
    named = await sale.owner.post("/stock/locations", {"name": "退货区"}, key="open-a-place")
    back = named.json()["items"][1]["id"]
    made = await sale.applied("return_refund", "no_reason", (0, 2), (1, 1))
    await sale.sent_back(made)
    before = [await sale.stock(0), await sale.stock(1)]
    first = {"order_line_id": sale.lines[0]["id"], "accepted": 2, "location_id": back}

    lost = {"lines": [{**first, "restock": "write_off"}]}
    assert (await sale.decide(made, "inspect", lost)).json()["code"] == "location_written_off"
    gone = {"lines": [{**first, "location_id": sale.lines[0]["id"]}]}
    assert (await sale.decide(made, "inspect", gone)).json()["code"] == "location_unknown"
    done = await sale.decided(made, "inspect", {"lines": [first]})

    lines = {x["order_line_id"]: (x["shelved"], x["location"]) for x in done["lines"]}
    assert lines == {sale.lines[0]["id"]: (2, "退货区"), sale.lines[1]["id"]: (1, None)}
    assert [await sale.stock(0), await sale.stock(1)] == [before[0], before[1] + 1]
    (there,) = (await sale.owner.get("/stock", params={"location": back})).json()["items"]
    assert (there["on_hand"], there["elsewhere"]) == (2, before[0])
    await assert_journal_adds_up(api.rt.db, sale.store)


async def test_an_exchange_that_comes_to_nothing_frees_its_units(api: Api) -> None:
    """Withdrawn by the buyer, or nothing good came back."""
    sale = await delivered(api, prices=(1000, 1000), quantities=(1, 1))
    first = await sale.applied("exchange", "other_spec", (0, 1))
    assert (first["status"], await sale.reserved()) == ("approved", 1)
    assert (await sale.by_buyer(first, "withdraw")).json()["status"] == "withdrawn"
    assert await sale.reserved() == 0
    second = await sale.applied("exchange", "other_spec", (0, 1))
    await sale.sent_back(second)
    assert await sale.reserved() == 1
    line = {"order_line_id": sale.lines[0]["id"], "accepted": 0}
    done = await sale.decided(second, "inspect", {"lines": [line], "reason": "空包裹"})
    assert (done["status"], await sale.reserved()) == ("rejected", 0)
    await assert_journal_adds_up(api.rt.db, sale.store)


async def test_an_exchange_is_taken_in_whole_or_not_at_all(api: Api) -> None:
    sale = await delivered(api, prices=(1000,), quantities=(2,))
    made = await sale.applied("exchange", "other_spec", (0, 2))
    await sale.sent_back(made)
    line = {"order_line_id": sale.lines[0]["id"], "accepted": 1}
    answer = await sale.decide(made, "inspect", {"lines": [line], "reason": "少一件"})
    assert (answer.status_code, answer.json()["code"]) == (422, "exchange_whole")


async def test_an_exchange_that_is_sold_out_is_left_to_people_and_may_become_money(api: Api) -> None:
    sale = await delivered(api, prices=(1000, 1000), quantities=(1, 1))
    stock = {"items": [{"sku_id": str(sale.skus[1]), "on_hand": 0}], "reason": "盘点"}
    assert (await sale.owner.post("/stock/adjust", stock, key="none-is-left")).status_code == 200
    body = {"order_line_id": sale.lines[0]["id"], "quantity": 1, "exchange_sku_id": str(sale.skus[1])}
    made = await sale.applied("exchange", "other_spec", lines=[body])
    assert made["status"] == "requested"
    assert (await sale.decide(made, "approve")).json()["code"] == "exchange_out_of_stock"
    done = await sale.decided(made, "refund", {"reason": "没有库存，直接退款"})
    assert (done["status"], done["amount"]) == ("refunding", 1000)


async def test_only_the_same_product_at_the_same_price_is_exchanged(api: Api) -> None:
    sale = await delivered(api, prices=(1000, 1200), quantities=(1, 1))
    dearer = {"order_line_id": sale.lines[0]["id"], "quantity": 1, "exchange_sku_id": str(sale.skus[1])}
    answer = await sale.apply("exchange", "other_spec", lines=[dearer])
    assert (answer.status_code, answer.json()["code"]) == (422, "exchange_price_differs")


async def test_only_what_left_can_come_back_and_only_what_is_there_is_offered_instead(api: Api) -> None:
    sale = await paid_sale(api, prices=(1000, 1000), quantities=(3, 1))
    await sale.ship((0, 2))
    stock = {"items": [{"sku_id": str(sale.skus[1]), "on_hand": 0}], "reason": "盘点"}
    assert (await sale.owner.post("/stock/adjust", stock, key="nothing-is-left")).status_code == 200
    more = await sale.apply("return_refund", "quality", (0, 3))
    assert (more.json()["code"], more.json()["data"]["available"]) == ("return_units_taken", 2)
    page = (await sale.buyer.get(f"{sale.shop}/orders/{sale.order_id}/returnable")).json()
    assert (page["lines"][0]["available"], page["lines"][0]["sent"]) == (3, 2)
    assert [e["sku_id"] for e in page["lines"][0]["exchange"]] == [str(sale.skus[0])]


async def test_the_store_at_fault_gives_the_freight_back_once(api: Api) -> None:
    sale = await delivered(api, prices=(1000, 500), quantities=(1, 1))
    picture = await sale.picture()
    first = await sale.applied("refund_only", "damaged", (0, 1), picture_ids=[picture])
    assert (first["status"], first["amount"], first["fees"]) == ("refunding", 1000 + FREIGHT, FREIGHT)
    second = await sale.applied("refund_only", "damaged", (1, 1), picture_ids=[picture])
    assert (second["amount"], second["fees"]) == (500, 0)
    assert sum(await sale.refunds()) == sale.total


async def test_a_number_that_two_carriers_use_asks_which(api: Api) -> None:
    sale = await delivered(api)
    made = await sale.applied("return_refund", "no_reason", (0, 1))
    unclear = await sale.by_buyer(made, "send-back", {"waybill": "123456789012"})
    assert (unclear.status_code, unclear.json()["code"]) == (422, "carrier_unrecognised")
    assert "SF" in unclear.json()["data"]["candidates"]
    back = await sale.by_buyer(made, "send-back", {"waybill": "123456789012", "carrier": "ZTO"})
    assert back.json()["carrier"] == "ZTO"


async def test_what_may_be_asked_for_says_what_it_gives(api: Api) -> None:
    sale = await delivered(api, prices=(999, 500), quantities=(3, 1), discount=100)
    page = (await sale.buyer.get(f"{sale.shop}/orders/{sale.order_id}/returnable")).json()
    first = page["lines"][0]
    assert page["blocked"] is None
    assert first["amounts"][-1] == sale.lines[0]["payable"]
    assert (first["available"], first["sent"]) == (3, 3)
    assert first["no_reason_until"] is not None
    assert "no_reason" in {r["code"] for r in page["reasons"]}
    assert "changed_mind" not in {r["code"] for r in page["reasons"]}
    body = {
        "kind": "return_refund",
        "reason": "no_reason",
        "lines": [{"order_line_id": first["order_line_id"], "quantity": 2}],
    }
    seen = (await sale.buyer.post(f"{sale.shop}/orders/{sale.order_id}/returns/preview", body)).json()
    assert (seen["total"], seen["fees"], seen["at_once"]) == (first["amounts"][1], 0, True)
