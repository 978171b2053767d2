"""Shipping reports: when the platform knows an order, what it checks, re-shipping, receipt."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.wechat_sandbox.sandbox_actions import place, place_paid, settle
from tests.wechat_sandbox.sandbox_oracle import Oracle, number

UPLOAD = "/wxa/sec/order/upload_shipping_info"
START = datetime(2026, 11, 22, 8, tzinfo=UTC)


class Shipper:
    """A shop that reports shipping."""

    def __init__(self, shop: Oracle, control: httpx.Client) -> None:
        self._control = control
        self.mchid = shop.account["mchid"]
        body = {
            "grant_type": "client_credential",
            "appid": shop.account["appid"],
            "secret": shop.account["app_secret"],
        }
        answer = control.post("/cgi-bin/stable_token", json=body)
        self._query = {"access_token": answer.json()["access_token"]}

    def report(self, order: str, *, minute: int = 0, **changes: Any) -> int:
        """Report one parcel; returns the errcode."""
        body: dict[str, Any] = {
            "order_key": {"order_number_type": 1, "mchid": self.mchid, "out_trade_no": order},
            "logistics_type": 1,
            "delivery_mode": 1,
            "shipping_list": [parcel("YT001")],
            "upload_time": (START + timedelta(minutes=minute)).isoformat(timespec="milliseconds"),
            "payer": {"openid": "oTestUserOfTheOracle000000001"},
        } | changes
        return self._control.post(UPLOAD, params=self._query, json=body).json()["errcode"]

    def call(self, operation: str, **body: Any) -> int:
        """Another call of the same family; returns the errcode."""
        path = f"/wxa/sec/order/{operation}"
        return self._control.post(path, params=self._query, json=body).json()["errcode"]

    def state(self, order: str) -> dict[str, Any]:
        """What the platform says about an order."""
        body = {"merchant_id": self.mchid, "merchant_trade_no": order}
        return self._control.post("/wxa/sec/order/get_order", params=self._query, json=body).json()["order"]


def parcel(number: str, company: str = "YTO", desc: str = "帆布袋*1", **more: Any) -> dict[str, Any]:
    return {"tracking_no": number, "express_company": company, "item_desc": desc, **more}


@pytest.fixture
def shipper(shop: Oracle, control: httpx.Client) -> Shipper:
    settle(control, 7200)
    return Shipper(shop, control)


@pytest.fixture
def order(shop: Oracle, control: httpx.Client, shipper: Shipper) -> str:
    paid = place_paid(shop, control)
    settle(control, 61)
    return paid


def test_an_order_is_known_a_minute_after_payment(
    shop: Oracle, control: httpx.Client, shipper: Shipper
) -> None:
    unpaid, _ = place(shop)
    assert shipper.report(unpaid) == 10060001
    order = place_paid(shop, control)
    assert shipper.report(order) == 10060001
    settle(control, 60)
    assert shipper.report(order) == 0
    state = shipper.state(order)
    assert (state["order_state"], state["shipping"]["finish_shipping_count"]) == (2, 1)
    assert state["shipping"]["shipping_list"][0]["tracking_no"] == "YT001"
    (seen,) = control.get("/_sandbox/events", params={"kind": "shipping", "q": order}).json()["events"]
    assert seen["data"]["report"]["logistics_type"] == 1


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"logistics_type": 5}, 10060005),
        ({"delivery_mode": 3}, 268485224),
        ({"delivery_mode": 2, "logistics_type": 4}, 10060006),
        ({"delivery_mode": 2}, 10060007),
        ({"upload_time": "yesterday"}, 268485216),
        ({"upload_time": 1700000000}, 268485216),
        ({"shipping_list": []}, 47001),
        ({"shipping_list": [parcel("1"), parcel("2")]}, 268485228),
        ({"shipping_list": [parcel("")]}, 268485226),
        ({"shipping_list": [parcel("1", "")]}, 268485227),
        ({"shipping_list": [parcel("1", desc="")]}, 10060008),
        ({"shipping_list": [parcel("1", desc="长" * 121)]}, 10060009),
        ({"shipping_list": [parcel("1" * 129)]}, 10060026),
        ({"shipping_list": [parcel("1", "SF")]}, 10060014),
        ({"shipping_list": ["x"]}, 47001),
        (
            {
                "delivery_mode": 2,
                "is_all_delivered": True,
                "shipping_list": [parcel(str(i)) for i in range(16)],
            },
            10060024,
        ),
        ({"payer": {"openid": "oSomebodyElse"}}, 10060031),
        ({"payer": {}}, 47001),
        ({"order_key": {"order_number_type": 3}}, 268485194),
        ({"order_key": {"order_number_type": 2}}, 268485195),
        ({"order_key": {"order_number_type": 2, "transaction_id": "4200000"}}, 10060001),
        ({"order_key": "x"}, 47001),
    ],
)
def test_reports_that_are_refused(
    shipper: Shipper, order: str, changes: dict[str, Any], errcode: int
) -> None:
    assert shipper.report(order, **changes) == errcode
    assert "shipping" not in shipper.state(order)


@pytest.mark.parametrize("kind", [2, 3, 4])
def test_other_ways_need_no_parcel_number(shipper: Shipper, order: str, kind: int) -> None:
    assert shipper.report(order, logistics_type=kind, shipping_list=[{"item_desc": "拿铁*1"}]) == 0


def test_one_re_shipping_with_a_later_time(shipper: Shipper, order: str) -> None:
    assert shipper.report(order) == 0
    assert shipper.report(order) == 10060023
    assert shipper.report(order, minute=1, shipping_list=[parcel("YT002")]) == 0
    assert shipper.state(order)["shipping"]["finish_shipping_count"] == 2
    assert shipper.report(order, minute=2) == 10060003


def test_split_parcels_add_up(shipper: Shipper, order: str) -> None:
    split: dict[str, Any] = {"delivery_mode": 2, "is_all_delivered": False}
    assert shipper.report(order, **split) == 0
    assert shipper.state(order)["order_state"] == 1
    split |= {"is_all_delivered": True, "shipping_list": [parcel("YT002")]}
    assert shipper.report(order, minute=1, **split) == 0
    listed = shipper.state(order)["shipping"]["shipping_list"]
    assert [p["tracking_no"] for p in listed] == ["YT001", "YT002"]


def test_a_refunded_order_is_not_shipped(shop: Oracle, shipper: Shipper, order: str) -> None:
    shop.refund(number(), 2850, 2850, out_trade_no=order)
    assert shipper.report(order) == 10060004
    assert shipper.state(order)["order_state"] == 5


@pytest.mark.parametrize(("kind", "days"), [(1, 10), (4, 2)])
def test_receipt_comes_by_itself(
    shop: Oracle, shipper: Shipper, order: str, control: httpx.Client, kind: int, days: int
) -> None:
    assert shipper.report(order, logistics_type=kind) == 0
    settle(control, (days - 1) * 86400)
    assert Shipper(shop, control).state(order)["order_state"] == 2
    settle(control, 86400)
    assert Shipper(shop, control).state(order)["order_state"] == 3


def test_the_buyer_confirms_receipt(shipper: Shipper, order: str, control: httpx.Client) -> None:
    transaction = {"transaction_id": shipper.state(order)["transaction_id"]}
    assert control.post("/_sandbox/confirm-receipt", json=transaction).status_code == 409
    assert shipper.report(order) == 0
    control.post("/_sandbox/confirm-receipt", json=transaction).raise_for_status()
    assert shipper.state(order)["order_state"] == 3
    assert shipper.report(order, minute=1) == 10060002


def test_a_parcel_told_twice_is_one_parcel(shipper: Shipper, order: str) -> None:
    split: dict[str, Any] = {"delivery_mode": 2, "is_all_delivered": False}
    assert shipper.report(order, **split) == 0
    assert shipper.report(order, minute=1, **(split | {"is_all_delivered": True})) == 0
    shipping = shipper.state(order)["shipping"]
    assert (len(shipping["shipping_list"]), shipping["finish_shipping_count"]) == (1, 1)


def test_money_is_settled_once_the_buyer_has_it(shipper: Shipper, order: str, control: httpx.Client) -> None:
    def settled() -> str:
        return control.get(f"/_sandbox/orders/{order}").json()["settlement"]["state"]

    assert settled() == "frozen"
    assert shipper.report(order) == 0
    assert settled() == "frozen"
    page = control.get(
        "/_sandbox/receipt", params={"merchant_id": shipper.mchid, "merchant_trade_no": order}
    ).text
    assert "YT001" in page
    control.post(
        "/_sandbox/confirm-receipt", json={"merchant_id": shipper.mchid, "merchant_trade_no": order}
    ).raise_for_status()
    assert settled() == "settled"


def test_a_pre_sale_is_declared_15_to_330_days_ahead(shipper: Shipper, order: str) -> None:
    paid_at = shipper.state(order)["pay_time"]
    day = 86400
    assert shipper.call("opspecialorder", order_id=order, type=3) == 40097
    assert shipper.call("opspecialorder", order_id=order, type=1, delay_to=paid_at + 14 * day) == 40097
    assert shipper.call("opspecialorder", order_id=order, type=1, delay_to=paid_at + 331 * day) == 40097
    assert shipper.call("opspecialorder", order_id=order, type=1, delay_to=paid_at + 20 * day) == 0
    assert shipper.report(order) == 0
    assert shipper.call("opspecialorder", order_id=order, type=2) == 10060004


def test_an_app_without_shipping_management_settles_at_once(
    shop: Oracle, shipper: Shipper, order: str, control: httpx.Client
) -> None:
    app = {"appid": shop.account["appid"]}
    control.post("/_sandbox/apps", json=app | {"trade_managed": False}).raise_for_status()
    try:
        assert shipper.report(order) == 48001
        assert control.get(f"/_sandbox/orders/{order}").json()["settlement"]["state"] == "settled"
    finally:
        control.post("/_sandbox/apps", json=app | {"trade_managed": True}).raise_for_status()
