"""Money back without goods: before and after they left the store."""

from tests.returns.aftermath import FREIGHT, delivered, paid_sale
from tests.support.api import Api
from tests.support.settled import run_all
from zhanggui.returns import jobs as return_jobs

assert return_jobs  # importing it registers the handlers


async def test_an_order_that_has_not_left_is_refunded_at_once_and_is_a_cancelled_order(api: Api) -> None:
    sale = await paid_sale(api, quantities=(2,))
    before = await sale.stock()
    made = await sale.applied("refund_only", "changed_mind", (0, 2))
    assert (made["status"], made["decided_by"], made["amount"]) == ("refunding", "rule", 2000 + FREIGHT)
    order = await sale.order()
    assert (order["status"], order["refunded_amount"]) == ("cancelled", sale.total)
    assert await sale.refunds() == [sale.total]
    assert await sale.stock() == before + 2
    kinds = [e["kind"] for e in order["timeline"]]
    assert kinds[-4:] == ["return_requested", "cancelled", "refund_requested", "return_refunding"]
    assert (await sale.apply("refund_only", "changed_mind", (0, 1))).json()[
        "code"
    ] == "return_order_cancelled"


async def test_part_of_an_order_that_has_not_left_is_taken_out_of_it(api: Api) -> None:
    sale = await paid_sale(api, prices=(1000, 500), quantities=(2, 1))
    before = await sale.stock()
    made = await sale.applied("refund_only", "changed_mind", (0, 1))
    assert (made["status"], made["amount"], made["fees"]) == ("refunding", 1000, 0)
    assert await sale.stock() == before + 1
    order = await sale.order()
    assert (order["status"], order["refund_status"], order["refunded_amount"]) == ("paid", None, 1000)
    await sale.ship()
    parcel = (await sale.order())["fulfillments"][0]["lines"]
    assert sorted(x["quantity"] for x in parcel) == [1, 1]
    assert (await sale.order())["status"] == "fulfilled"


async def test_the_rest_taken_out_of_a_partly_sent_order_fulfils_it(api: Api) -> None:
    sale = await paid_sale(api, prices=(1000, 500), quantities=(1, 1))
    await sale.ship((0, 1))
    assert (await sale.order())["status"] == "preparing"
    made = await sale.applied("refund_only", "late", (1, 1))
    assert (made["status"], made["amount"]) == (
        "refunding",
        500 + FREIGHT,
    )  # the store's fault: freight comes along
    assert (await sale.order())["status"] == "fulfilled"


async def test_two_parts_have_a_refund_number_each_and_the_last_one_takes_the_freight(api: Api) -> None:
    """litemall: one fixed refund number per order made a second partial refund impossible."""
    sale = await paid_sale(api, prices=(999,), quantities=(3,), discount=100)
    first = await sale.applied("refund_only", "changed_mind", (0, 1))
    second = await sale.applied("refund_only", "changed_mind", (0, 1))
    last = await sale.applied("refund_only", "changed_mind", (0, 1))
    assert first["amount"] + second["amount"] + last["amount"] == sale.total
    assert last["fees"] == FREIGHT
    assert len(await sale.refunds()) == 3
    assert sum(await sale.refunds()) == sale.total
    assert (await sale.order())["status"] == "cancelled"


async def test_a_small_claim_with_a_picture_is_paid_by_rule_and_a_large_one_asks(api: Api) -> None:
    sale = await paid_sale(api, prices=(1000, 9000), quantities=(1, 1))
    await sale.ship()
    await sale.deliver(1)
    small = await sale.applied("refund_only", "missing_item", (0, 1))
    assert (small["status"], small["decided_by"]) == ("refunding", "rule")
    large = await sale.applied("refund_only", "missing_item", (1, 1))
    assert (large["status"], large["decided_by"]) == ("requested", None)
    page = (await sale.owner.get(f"/returns/{large['id']}")).json()
    assert (page["rule"]["outcome"], page["rule"]["rule"], page["most"]) == ("ask", "too_large", 9000)
    agreed = await sale.decided(large, "approve", {"amount": 4000, "note": "协商退一部分"})
    assert (agreed["status"], agreed["amount"]) == ("refunding", 4000)
    assert await sale.refunds() == [1000 + FREIGHT, 4000]


async def test_refused_with_a_reason_and_free_to_ask_again(api: Api) -> None:
    sale = await paid_sale(api, prices=(9000,), quantities=(1,))
    await sale.ship()
    await sale.deliver(1)
    made = await sale.applied("refund_only", "missing_item", (0, 1))
    taken = await sale.apply("refund_only", "missing_item", (0, 1))
    assert (taken.status_code, taken.json()["code"]) == (409, "return_units_taken")
    refused = await sale.decided(made, "reject", {"reason": "称重记录显示没有少件"})
    assert (refused["status"], refused["reject_reason"]) == ("rejected", "称重记录显示没有少件")
    assert (await sale.decide(made, "approve")).json()["code"] == "return_state"
    assert (await sale.applied("refund_only", "missing_item", (0, 1)))["status"] == "requested"


async def test_a_year_after_paying_nothing_can_be_asked_for(api: Api) -> None:
    """The platform refunds within a year of the payment."""
    sale = await paid_sale(api)
    await api.rt.db.execute(
        "UPDATE sales_order SET paid_at = paid_at - interval '361 days' WHERE store_id = $1 AND id = $2",
        sale.store,
        sale.order_id,
    )
    page = (await sale.buyer.get(f"{sale.shop}/orders/{sale.order_id}/returnable")).json()
    assert (page["blocked"], page["kinds"], page["lines"][0]["available"]) == ("return_too_old", [], 0)
    asked = await sale.apply("refund_only", "changed_mind", (0, 1))
    assert (asked.status_code, asked.json()["code"]) == (409, "return_too_old")


async def test_tax_goes_back_with_the_goods_it_was_paid_for(api: Api) -> None:
    sale = await paid_sale(api, prices=(1000, 500), quantities=(2, 1), tax=250)
    page = (await sale.buyer.get(f"{sale.shop}/orders/{sale.order_id}/returnable")).json()
    assert [line["amounts"][-1] for line in page["lines"]] == [2200, 550]


async def test_the_same_key_opens_one_return(api: Api) -> None:
    sale = await paid_sale(api)
    one = await sale.applied("refund_only", "changed_mind", (0, 1), key="the-same-key")
    two = await sale.applied("refund_only", "changed_mind", (0, 1), key="the-same-key")
    assert one["id"] == two["id"]
    other = await sale.apply("refund_only", "changed_mind", (0, 2), key="the-same-key")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    await run_all(api.rt)


async def test_amounts_come_from_the_server_and_units_are_whole_and_positive(api: Api) -> None:
    """macrozheng #613 #998, CVE-2026-109406; yshop: the client set the amount, or a negative quantity credited the wallet."""
    sale = await paid_sale(api)
    path = f"{sale.shop}/orders/{sale.order_id}/returns"
    line = {"order_line_id": sale.lines[0]["id"], "quantity": 1}
    body = {"kind": "refund_only", "reason": "changed_mind", "lines": [line]}
    for wrong in (
        {**body, "amount": 999_999},
        {**body, "lines": [{**line, "quantity": -1}]},
        {**body, "lines": [{**line, "quantity": 0}]},
        {**body, "lines": [{**line, "amount": 1}]},
    ):
        assert (await sale.buyer.post(path, wrong, key="one-of-the-wrong")).status_code == 400
    twice = {**body, "lines": [line, line]}
    assert (await sale.buyer.post(path, twice, key="the-same-twice")).json()["code"] == "return_line_unknown"
    less = {"amount": -1, "reason": "x"}
    manual = await sale.owner.post(f"/orders/{sale.order_id}/refunds", less, key="less-than-none")
    assert manual.status_code == 400
    assert await sale.refunds() == []


async def test_a_sent_order_whose_whole_price_goes_back_is_a_refunded_one_to_its_buyer(api: Api) -> None:
    sale = await delivered(api)
    path = f"/stores/{sale.store}/orders/{sale.order_id}"
    assert (await sale.buyer.get(path)).json()["refund_status"] is None
    body = {"amount": sale.total, "reason": "来晚了"}
    made = await sale.owner.post(f"/orders/{sale.order_id}/refunds", body, key="all-of-it")
    assert made.status_code == 201, made.text
    said = [
        x["reason"] for x in (await sale.buyer.get(path)).json()["refunds"]
    ]  # in the merchant's own words everywhere
    (row,) = (await sale.buyer.get("/returns")).json()["items"]
    (there,) = (await sale.owner.get("/returns")).json()["items"]
    page = (await sale.buyer.get(f"/stores/{sale.store}/returns/{row['id']}")).json()
    assert page["description"] == ""
    assert [*said, *(x["reason_text"]["zh"] for x in (row, there, page))] == ["来晚了"] * 4
    for shown in ("processing", "refunded"):
        (listed,) = (await sale.buyer.get("/orders")).json()["items"]
        assert ((await sale.buyer.get(path)).json()["refund_status"], listed["refund_status"]) == (
            shown,
            shown,
        )
        await sale.agrees()


async def test_an_unsent_order_whose_whole_price_went_back_is_not_offered_to_be_cancelled(api: Api) -> None:
    sale = await paid_sale(api)
    path = f"/stores/{sale.store}/orders/{sale.order_id}"
    for amount, offered in ((1, ["cancel", "reorder"]), (sale.total - 1, ["reorder"])):
        body = {"amount": amount, "reason": "来晚了"}
        assert (
            await sale.owner.post(f"/orders/{sale.order_id}/refunds", body, key=f"given-back-{amount}")
        ).status_code == 201
        (listed,) = (await sale.buyer.get("/orders")).json()["items"]
        page = (await sale.buyer.get(path)).json()
        assert (page["status"], page["actions"], listed["actions"]) == ("paid", offered, offered)
