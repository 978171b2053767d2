"""API v3 as one merchant against the sandbox, in every key mode."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest

from tests.support.sandbox import Sandbox
from zhanggui.wechat.errors import WeChatRefused, WeChatUnknown
from zhanggui.wechat.pay_shapes import MerchantAccount, PrepayOrder
from zhanggui.wechat.pay_v3 import PayClient

MODES = ["certificate", "public_key", "both"]


async def client_of(
    http: httpx.AsyncClient, sandbox: Sandbox, mode: str, *, know_certificate: bool = True
) -> PayClient:
    made: Any = await sandbox.call("POST", "/merchants", {"appid": "wxtestofclient01", "mode": mode})
    certificates = {made["platform_certificate_serial"]: made["platform_certificate"]}
    public = mode != "certificate"
    account = MerchantAccount(
        mchid=made["mchid"],
        appid=made["appid"],
        serial=made["serial_no"],
        private_key=made["private_key"],
        api_v3_key=made["api_v3_key"],
        public_key_id=made["public_key_id"] if public else None,
        public_key=made["platform_public_key"] if public else None,
        certificates=certificates if know_certificate and mode != "public_key" else {},
    )
    return PayClient(http, sandbox.url, account)


def an_order(number: str | None = None, amount: int = 1850) -> PrepayOrder:
    return PrepayOrder(
        out_trade_no=number or uuid4().hex,
        description="订单",
        notify_url="http://127.0.0.1:9/hooks",
        amount=amount,
        currency="CNY",
        expires_at=datetime(2027, 1, 1, tzinfo=UTC) + timedelta(hours=1),
    )


@pytest.mark.parametrize("mode", MODES)
async def test_place_query_pay_close_and_refund(http: httpx.AsyncClient, sandbox: Sandbox, mode: str) -> None:
    client, order = await client_of(http, sandbox, mode), an_order()
    prepay_id = await client.prepay_jsapi(order, "openid-1")
    assert (await client.query(order.out_trade_no)).trade_state == "NOTPAY"
    assert await client.prepay_jsapi(order, "openid-1") == prepay_id
    assert await sandbox.call_up(msgspec.to_builtins(client.pay_sign(prepay_id))) == prepay_id
    await sandbox.call("POST", f"/cashier/{prepay_id}/approve", {})
    trade = await client.query(order.out_trade_no)
    assert trade.trade_state == "SUCCESS"
    assert trade.transaction_id
    with pytest.raises(WeChatRefused, match="ORDERPAID"):
        await client.close(order.out_trade_no)
    number = uuid4().hex
    refund: dict[str, Any] = {
        "out_trade_no": order.out_trade_no,
        "out_refund_no": number,
        "amount": 850,
        "total": 1850,
        "currency": "CNY",
        "reason": "拿铁" * 40,
        "notify_url": "http://127.0.0.1:9/hooks",
    }
    assert (await client.refund(**refund)).status == "PROCESSING"
    assert (await client.refund(**refund)).out_refund_no == number
    refund["out_refund_no"] = uuid4().hex
    with pytest.raises(WeChatUnknown, match="FREQUENCY_LIMITED"):
        await client.refund(**refund)
    await sandbox.settle(5)
    assert (await client.query_refund(number)).status == "SUCCESS"
    unpaid = an_order()
    await client.prepay_native(unpaid)
    await client.close(unpaid.out_trade_no)
    assert (await client.query(unpaid.out_trade_no)).trade_state == "CLOSED"
    assert await client.prepay_h5(an_order(), "127.0.0.1", "http://shop.test")


async def test_the_same_number_with_another_amount_is_refused(
    http: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    client, order = await client_of(http, sandbox, "both"), an_order()
    await client.prepay_native(order)
    with pytest.raises(WeChatRefused, match="OUT_TRADE_NO_USED"):
        await client.prepay_native(an_order(order.out_trade_no, 1))
    with pytest.raises(WeChatRefused, match="ORDER_NOT_EXIST"):
        await client.query(uuid4().hex)
    with pytest.raises(WeChatRefused, match="RESOURCE_NOT_EXISTS"):
        await client.query_refund(uuid4().hex)


async def test_certificates_are_downloaded_when_none_is_known_or_one_is_new(
    http: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    client = await client_of(http, sandbox, "certificate", know_certificate=False)
    await client.prepay_native(an_order())
    known = await client_of(http, sandbox, "certificate")
    await sandbox.call("POST", "/certificates/rotate")
    await known.prepay_native(an_order())
    assert len(await known.certificates()) >= 2


async def test_in_public_key_mode_there_are_no_certificates(
    http: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    client = await client_of(http, sandbox, "public_key")
    with pytest.raises(WeChatRefused, match="RESOURCE_NOT_EXISTS"):
        await client.certificates()


@pytest.mark.parametrize(
    "kind", ["http_500", "http_429", "system_error", "drop", "bad_signature", "forge_key"]
)
async def test_no_trustworthy_answer_is_an_unknown_outcome(
    http: httpx.AsyncClient, sandbox: Sandbox, kind: str
) -> None:
    client = await client_of(http, sandbox, "both")
    await sandbox.fault("/v3/pay/transactions/native", kind, count=1)
    with pytest.raises(WeChatUnknown):
        await client.prepay_native(an_order())


async def test_a_time_out_is_an_unknown_outcome(sandbox: Sandbox) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=0.2) as hasty:
        client = await client_of(hasty, sandbox, "both")
        await sandbox.fault("/v3/pay/transactions/native", "timeout", seconds=1, count=1)
        with pytest.raises(WeChatUnknown, match="no_answer"):
            await client.prepay_native(an_order())


async def test_a_merchant_with_the_wrong_key_is_refused(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    one, two = await client_of(http, sandbox, "both"), await client_of(http, sandbox, "both")
    mixed = msgspec.structs.replace(one.account, private_key=two.account.private_key)
    with pytest.raises(WeChatRefused, match="SIGN_ERROR"):
        await PayClient(http, sandbox.url, mixed).prepay_native(an_order())
