"""The PyPI client that judges the sandbox: neither the sandbox nor the shop wrote it."""

import json
import time
import uuid
from typing import Any, cast
from unittest.mock import patch

from wechatpayv3 import WeChatPay, WeChatPayType, utils
from wechatpayv3.core import Core
from wechatpayv3.type import RequestType

Account = dict[str, Any]
Answer = tuple[int, dict[str, Any]]

KINDS = {
    "jsapi": WeChatPayType.JSAPI,
    "h5": WeChatPayType.H5,
    "native": WeChatPayType.NATIVE,
    "app": WeChatPayType.APP,
}


def number() -> str:
    """A fresh out_trade_no or out_refund_no: 32 hex digits."""
    return uuid.uuid4().hex


class Oracle:
    """wechatpayv3 (sync) pointed at a sandbox, with its answers decoded."""

    def __init__(self, url: str, account: Account, *, public_key: bool, notify_url: str) -> None:
        self.account = account
        # The client keeps its base address in a private attribute that its constructor sets and, in
        # certificate mode, already uses: so the core is replaced by one whose address cannot be set.
        with patch("wechatpayv3.core.Core", _pointed_at(url)):
            self._client: Any = WeChatPay(
                wechatpay_type=WeChatPayType.MINIPROG,
                mchid=account["mchid"],
                private_key=account["private_key"],
                cert_serial_no=account["serial_no"],
                appid=account["appid"],
                apiv3_key=account["api_v3_key"],
                notify_url=notify_url,
                public_key=account["platform_public_key"] if public_key else None,
                public_key_id=account["public_key_id"] if public_key else None,
                proxy={"http": None},
                timeout=10,
            )

    def notify_to(self, url: str) -> None:
        """Have later orders notify another address."""
        self._client._notify_url = url

    def pay(self, kind: str, out_trade_no: str, total: int, **more: Any) -> Answer:
        """Place an order."""
        if kind == "jsapi":
            more.setdefault("payer", {"openid": "oTestUserOfTheOracle000000001"})
        if kind == "h5":
            more.setdefault("scene_info", {"payer_client_ip": "127.0.0.1", "h5_info": {"type": "Wap"}})
        return _decoded(
            self._client.pay(
                description="拿铁 Latte",
                out_trade_no=out_trade_no,
                amount={"total": total, "currency": "CNY"},
                pay_type=KINDS[kind],
                **more,
            )
        )

    def query(self, **which: str) -> Answer:
        """Ask about an order."""
        return _decoded(self._client.query(**which))

    def close(self, out_trade_no: str) -> Answer:
        """Close an order."""
        return _decoded(self._client.close(out_trade_no))

    def combine(self, kind: str, number: str, parts: list[dict[str, Any]], **more: Any) -> Answer:
        """Place a combined payment."""
        more.setdefault("scene_info", {"payer_client_ip": "127.0.0.1", "h5_info": {"type": "Wap"}})
        if kind == "jsapi":
            more.setdefault("combine_payer_info", {"openid": "oTestUserOfTheOracle000000001"})
        return _decoded(
            self._client.combine_pay(
                combine_out_trade_no=number, sub_orders=parts, pay_type=KINDS[kind], **more
            )
        )

    def query_combined(self, number: str) -> Answer:
        """Ask about a combined payment."""
        return _decoded(self._client.combine_query(combine_out_trade_no=number))

    def close_combined(self, number: str, parts: list[dict[str, str]]) -> Answer:
        """Close a combined payment."""
        return _decoded(self._client.combine_close(combine_out_trade_no=number, sub_orders=parts))

    def refund(self, out_refund_no: str, refund: int, total: int, **which: Any) -> Answer:
        """Give money back."""
        amount = {"refund": refund, "total": total, "currency": "CNY"}
        return _decoded(self._client.refund(out_refund_no=out_refund_no, amount=amount, **which))

    def query_refund(self, out_refund_no: str) -> Answer:
        """Ask about a refund."""
        return _decoded(self._client.query_refund(out_refund_no))

    def add_receiver(self, type_: str, account: str, relation: str, name: str | None = None) -> Answer:
        """Add a receiver of profit sharing; the name is encrypted by the client."""
        return _decoded(self._client.profitsharing_add_receiver(type_, account, relation, name=name))

    def delete_receiver(self, type_: str, account: str) -> Answer:
        """Remove a receiver."""
        return _decoded(self._client.profitsharing_delete_receiver(type_, account))

    def split(self, transaction_id: str, out: str, receivers: list[Any], *, ends: bool) -> Answer:
        """Split a payment."""
        return _decoded(self._client.profitsharing_order(transaction_id, out, receivers, ends))

    def query_split(self, transaction_id: str, out: str) -> Answer:
        """Ask about a split order."""
        return _decoded(self._client.profitsharing_order_query(transaction_id, out))

    def unfreeze(self, transaction_id: str, out: str) -> Answer:
        """Give the rest to the merchant."""
        return _decoded(self._client.profitsharing_unfreeze(transaction_id, out, "解冻全部剩余资金"))

    def unsplit(self, transaction_id: str) -> Answer:
        """What can still be split."""
        return _decoded(self._client.profitsharing_amount_query(transaction_id))

    def maximum_ratio(self, mchid: str) -> Answer:
        """What the merchant may share at most."""
        return _decoded(self._client.profitsharing_config_query(mchid))

    def give_back(self, out: str, out_return: str, mchid: str, amount: int) -> Answer:
        """Have a receiving merchant give back."""
        return _decoded(
            self._client.profitsharing_return(out_return, mchid, amount, "退款", out_order_no=out)
        )

    def query_return(self, out: str, out_return: str) -> Answer:
        """Ask about a return."""
        return _decoded(self._client.profitsharing_return_query(out, out_return))

    def transfer(self, out: str, openid: str, amount: int, **more: Any) -> Answer:
        """Transfer to a user as a commission."""
        report = [
            {"info_type": "岗位类型", "info_content": "推广员"},
            {"info_type": "报酬说明", "info_content": "推广佣金"},
        ]
        more.setdefault("transfer_scene_report_infos", report)
        return _decoded(self._client.mch_transfer_bills(out, "1005", openid, amount, "佣金", **more))

    def take_back_transfer(self, out: str) -> Answer:
        """Cancel a transfer that nobody confirmed."""
        return _decoded(self._client.mch_transfer_bills_cancel(out))

    def query_transfer(self, **which: str) -> Answer:
        """Ask about a transfer."""
        return _decoded(self._client.mch_transfer_bills_query(**which))

    def trade_bill(self, day: str, **more: Any) -> Answer:
        """Ask for a trade bill."""
        return _decoded(self._client.trade_bill(day, **more))

    def flow_bill(self, day: str, **more: Any) -> Answer:
        """Ask for a fund-flow bill."""
        return _decoded(self._client.fundflow_bill(day, **more))

    def sub_flow_bill(self, sub_mchid: str, day: str, **more: Any) -> Answer:
        """Ask for the encrypted fund-flow bill of a merchant below this one."""
        return _decoded(
            self._client.submch_fundflow_bill(sub_mchid, day, "BASIC", **{"tar_type": "GZIP", **more})
        )

    def download(self, url: str) -> tuple[int, bytes | str]:
        """Fetch a bill as it comes."""
        return self._client.download_bill(url)

    def get(self, path: str) -> Answer:
        """A signed GET of any address."""
        return _decoded(self._client._core.request(path))

    def post(self, path: str, body: Any) -> Answer:
        """A signed POST of any body to any address."""
        return _decoded(self._client._core.request(path, method=RequestType.POST, data=body))

    def authorization(self, method: str, target: str, *, at: int | None = None) -> str:
        """The Authorization header of a request without a body, of now or of another second."""
        core = self._client._core
        with patch("wechatpayv3.utils.time.time", return_value=time.time() if at is None else at):
            return cast(Any, utils).build_authorization(
                target, method, core._mchid, core._cert_serial_no, core._private_key
            )

    def certificate_serials(self) -> list[str]:
        """The platform certificates that it downloaded, verified and decrypted."""
        return [f"{c.serial_number:040X}" for c in self._client._core._certificates]

    def read(self, headers: dict[str, str], body: bytes) -> dict[str, Any] | None:
        """Verify and decrypt a notification; None when it does not verify."""
        return self._client.callback(headers=headers, body=body)

    def payment_request(self, prepay_id: str) -> dict[str, str]:
        """The arguments of wx.requestPayment."""
        stamp, nonce, package = "1760000000", uuid.uuid4().hex, f"prepay_id={prepay_id}"
        return {
            "appId": self.account["appid"],
            "timeStamp": stamp,
            "nonceStr": nonce,
            "package": package,
            "signType": "RSA",
            "paySign": self._client.sign([self.account["appid"], stamp, nonce, package]),
        }


def _pointed_at(url: str) -> type[Core]:
    class LocalCore(Core):
        @property
        def _gate_way(self) -> str:
            return url

        @_gate_way.setter
        def _gate_way(self, value: str) -> None:
            """Keep the sandbox's address whatever the constructor sets."""

    return LocalCore


def _decoded(answer: tuple[int, str | bytes]) -> Answer:
    status, body = answer
    return status, json.loads(body) if body else {}
