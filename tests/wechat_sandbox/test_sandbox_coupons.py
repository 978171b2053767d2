"""Coupons at the cashier: who pays what, what a refund gives back of them, and what both bills say."""

import random

import httpx
import pytest

from tests.wechat_sandbox.sandbox_actions import approve, notification, place, settle
from tests.wechat_sandbox.sandbox_oracle import Oracle, number
from wechat_sandbox.pay.coupons import Coupon, give_back, off

PLATFORMS = {"amount": 300, "type": "CASH", "funder": "wechatpay"}
MERCHANTS = {"amount": 200, "type": "NOCASH", "funder": "merchant"}


def test_a_coupon_pays_a_part_and_goes_back_in_proportion(shop: Oracle, control: httpx.Client) -> None:
    order, prepay_id = place(shop, 1000)
    approve(control, prepay_id, coupons=[PLATFORMS, MERCHANTS])
    status, paid = shop.query(out_trade_no=order)
    assert status == 200
    assert (paid["amount"]["total"], paid["amount"]["payer_total"]) == (1000, 500)
    funded = [
        (p["type"], p["amount"], p["wechatpay_contribute"], p["merchant_contribute"], p["other_contribute"])
        for p in paid["promotion_detail"]
    ]
    assert funded == [("CASH", 300, 300, 0, 0), ("NOCASH", 200, 0, 200, 0)]
    assert notification(control, order)["resource"]["promotion_detail"] == paid["promotion_detail"]
    refund = number()
    amount = shop.refund(refund, 701, 1000, out_trade_no=order)[1]["amount"]
    assert (amount["payer_total"], amount["settlement_total"]) == (500, 800)
    assert (amount["payer_refund"], amount["settlement_refund"], amount["discount_refund"]) == (351, 651, 350)
    settle(control, 61)
    last = shop.refund(number(), 299, 1000, out_trade_no=order)[1]
    assert (last["amount"]["payer_refund"], last["amount"]["settlement_refund"]) == (149, 149)
    assert [(p["type"], p["refund_amount"]) for p in last["promotion_detail"]] == [("DISCOUNT", 150)]
    settle(control, 61)
    notice = notification_of_refund(control, order, refund)
    assert notice["amount"] == {"total": 1000, "refund": 701, "payer_total": 500, "payer_refund": 351}


def notification_of_refund(control: httpx.Client, order: str, refund: str) -> dict[str, dict[str, int]]:
    listed = control.get("/_sandbox/notifications", params={"out_trade_no": order}).raise_for_status().json()
    return next(
        n["resource"] for n in listed["notifications"] if n["resource"].get("out_refund_no") == refund
    )


def test_the_bills_say_what_is_settled(shop: Oracle, control: httpx.Client) -> None:
    order, prepay_id = place(shop, 10_000)
    approve(control, prepay_id, coupons=[PLATFORMS, MERCHANTS])
    refund, mchid = number(), shop.account["mchid"]
    assert shop.refund(refund, 5_000, 10_000, out_trade_no=order)[0] == 200
    settle(control, 61)
    date = control.get("/_sandbox/clock").json()["time"][:10]

    def rows(kind: str) -> list[dict[str, str]]:
        text = control.get(f"/_sandbox/bills/{mchid}/{date}", params={"kind": kind}).text
        head, *found = text.strip().split("\r\n")[:-2]
        return [dict(zip(head.split(","), row.lstrip("`").split(",`"), strict=True)) for row in found]

    trade = {r["商户退款单号"] if r["交易状态"] == "REFUND" else r["商户订单号"]: r for r in rows("trade")}
    paid, back = trade[order], trade[refund]
    assert [paid[n] for n in ("订单金额", "应结订单金额", "代金券金额", "手续费")] == [
        "100.00",
        "98.00",
        "3.00",
        "0.59000",
    ]
    assert [back[n] for n in ("申请退款金额", "退款金额", "充值券退款金额", "手续费")] == [
        "50.00",
        "50.00",
        "2.50",
        "-0.30000",
    ]
    flow = {(r["业务凭证号"], r["业务类型"]): r["收支金额(元)"] for r in rows("flow")}
    assert (flow[order, "交易"], flow[refund, "退款"]) == ("98.00", "50.00")


def test_a_coupon_worth_the_whole_order_is_refused(shop: Oracle, control: httpx.Client) -> None:
    order, prepay_id = place(shop, 300)
    answer = control.post(f"/_sandbox/cashier/{prepay_id}/approve", json={"coupons": [PLATFORMS]})
    assert answer.status_code == 409
    page = control.get("/_sandbox/cashier", params={"prepay_id": prepay_id}).text
    assert page.count('name="coupon"') == 3
    approve(control, prepay_id)
    assert "promotion_detail" not in shop.query(out_trade_no=order)[1]


@pytest.mark.parametrize("seed", range(40))
def test_refunds_in_parts_give_back_exactly_what_was_paid(seed: int) -> None:
    """Some are closed and free what they took; nobody ever gets back more than he gave, nor less in the end."""
    dice = random.Random(seed)
    total = dice.randint(4, 3_000)
    coupons = [Coupon(amount=dice.randint(1, max(1, total // 4))) for _ in range(dice.randint(0, 3))]
    payer, refunds = total - off(coupons), list[tuple[int, list[int]]]()
    while (refunded := sum(r for r, _ in refunds)) < total:
        part = dice.randint(1, min(total - refunded, dice.choice([1, total // 3 + 1, total])))
        given = [sum(g[n] for _, g in refunds) for n in range(len(coupons))]
        refunds.append((part, give_back(coupons, total, refunded, given, part)))
        for amount, shares in refunds:
            assert 0 <= sum(shares) <= amount
            assert min(shares, default=0) >= 0
        assert sum(r - sum(g) for r, g in refunds) <= payer
        if dice.random() < 0.2:
            refunds.pop(dice.randrange(len(refunds)))
    assert [sum(g[n] for _, g in refunds) for n in range(len(coupons))] == [c.amount for c in coupons]
