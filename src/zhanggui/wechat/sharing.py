"""Profit sharing and transfers to users as one merchant (pay.weixin.qq.com, 分账 · 商家转账).

As a merchant of its own; for one below a platform see `wechat.ecommerce`.
"""

from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime
from typing import Any, Literal, Protocol
from urllib.parse import quote

import msgspec

from zhanggui.wechat.pay_v3 import PayClient

BILLS = "/v3/fund-app/mch-transfer/transfer-bills"
COMMISSION = "1005"  # transfer scene 佣金报酬
REPORT = [
    {"info_type": "岗位类型", "info_content": "推广员"},
    {"info_type": "报酬说明", "info_content": "推广佣金"},
]
NAME_FROM = 30
"""Fen from which the platform takes a name with a transfer."""


class Part(msgspec.Struct, frozen=True):
    """One receiver's part of a split order, in fen."""

    type: str
    account: str
    amount: int
    result: Literal["PENDING", "SUCCESS", "CLOSED"] = "PENDING"
    detail_id: str = ""
    fail_reason: str = ""
    finish_time: datetime | None = None


class SplitAnswer(msgspec.Struct, frozen=True):
    """A split order as accepting and querying answer it."""

    out_order_no: str
    order_id: str
    state: Literal["PROCESSING", "FINISHED"]
    receivers: list[Part] = []


class ReturnAnswer(msgspec.Struct, frozen=True):
    """A return as accepting and querying answer it; fen."""

    out_return_no: str
    amount: int
    result: Literal["PROCESSING", "SUCCESS", "FAILED"]
    fail_reason: str = ""
    finish_time: datetime | None = None


class TransferAnswer(msgspec.Struct, frozen=True):
    """A transfer as accepting and querying answer it; `package_info` while the user may confirm it."""

    out_bill_no: str
    transfer_bill_no: str
    state: str
    package_info: str | None = None
    transfer_amount: int | None = None
    fail_reason: str = ""
    update_time: datetime | None = None


class _Nothing(msgspec.Struct):
    pass


class _Ratio(msgspec.Struct):
    max_ratio: int


class Around(Protocol):
    """What stands around each call: which one it is, and what tells it from others (its number, whom it names)."""

    def __call__(self, kind: str, /, **facts: str) -> AbstractAsyncContextManager[None]: ...


def _nothing(_kind: str, /, **_facts: str) -> AbstractAsyncContextManager[None]:
    return nullcontext()


class SharingClient:
    """Raises WeChatRefused and WeChatUnknown as PayClient does, unless `around` makes something else of them."""

    def __init__(self, client: PayClient, around: Around = _nothing) -> None:
        self._client, self._around = client, around

    async def maximum_ratio(self) -> int:
        """Ten-thousandths of a payment that the merchant may share."""
        mchid = self._client.account.sub_mchid or self._client.account.mchid
        path = f"/v3/profitsharing/merchant-configs/{quote(mchid, safe='')}"
        async with self._around("maximum_ratio", mchid=mchid):
            return (await self._client.call("GET", path, _Ratio)).max_ratio

    async def add_receiver(self, type_: str, account: str, relation: str, name: str, appid: str) -> None:
        """Add a receiver; the same again is the same."""
        body = {
            "appid": appid or self._client.account.appid,
            "type": type_,
            "account": account,
            "relation_type": relation,
        }
        async with self._around("add_receiver", **whom(type_, account)):
            if name:
                body["name"] = await self._client.encrypt(name)
            await self._client.call("POST", "/v3/profitsharing/receivers/add", _Nothing, body=body)

    async def delete_receiver(self, type_: str, account: str, appid: str) -> None:
        """Remove a receiver; one that is not there is removed already."""
        body = {
            "appid": appid or self._client.account.appid,
            "type": type_,
            "account": account,
        }
        async with self._around("delete_receiver", **whom(type_, account)):
            await self._client.call("POST", "/v3/profitsharing/receivers/delete", _Nothing, body=body)

    async def split(
        self, transaction_id: str, out_order_no: str, parts: list[dict[str, Any]], appid: str
    ) -> SplitAnswer:
        """Split to at most 50 receivers: [{type, account, amount, description}]; the number makes it idempotent."""
        body = {
            "appid": appid or self._client.account.appid,
            "transaction_id": transaction_id,
            "out_order_no": out_order_no,
            "receivers": parts,
            "unfreeze_unsplit": False,
        }
        async with self._around("split", number=out_order_no):
            return await self._client.call("POST", "/v3/profitsharing/orders", SplitAnswer, body=body)

    async def query_split(self, transaction_id: str, out_order_no: str) -> SplitAnswer:
        """A split order (or unfreezing) by our number. Refused RESOURCE_NOT_EXISTS when it was never seen."""
        path = f"/v3/profitsharing/orders/{quote(out_order_no, safe='')}"
        query = {"transaction_id": transaction_id}
        async with self._around("query_split", number=out_order_no):
            return await self._client.call("GET", path, SplitAnswer, query=query)

    async def unfreeze(self, transaction_id: str, out_order_no: str, description: str) -> SplitAnswer:
        """Give the rest of a payment to the merchant; nothing can be split afterwards."""
        body = {
            "transaction_id": transaction_id,
            "out_order_no": out_order_no,
            "description": description,
        }
        path = "/v3/profitsharing/orders/unfreeze"
        async with self._around("unfreeze", number=out_order_no):
            return await self._client.call("POST", path, SplitAnswer, body=body)

    async def give_back(
        self, out_order_no: str, out_return_no: str, mchid: str, amount: int, description: str
    ) -> ReturnAnswer:
        """Have a receiving merchant give back; people cannot be asked."""
        body = {
            "out_order_no": out_order_no,
            "out_return_no": out_return_no,
            "return_mchid": mchid,
            "amount": amount,
            "description": description,
        }
        async with self._around("give_back", number=out_return_no):
            return await self._client.call("POST", "/v3/profitsharing/return-orders", ReturnAnswer, body=body)

    async def query_return(self, out_order_no: str, out_return_no: str) -> ReturnAnswer:
        """A return by our number. Refused RESOURCE_NOT_EXISTS when it was never seen."""
        path = f"/v3/profitsharing/return-orders/{quote(out_return_no, safe='')}"
        query = {"out_order_no": out_order_no}
        async with self._around("query_give_back", number=out_return_no):
            return await self._client.call("GET", path, ReturnAnswer, query=query)

    async def transfer(
        self, out_bill_no: str, openid: str, amount: int, name: str, appid: str, notify_url: str
    ) -> TransferAnswer:
        """Ask for a transfer of `amount` fen; the user confirms it within a day. The number makes it idempotent."""
        body: dict[str, Any] = {
            "appid": appid or self._client.account.appid,
            "out_bill_no": out_bill_no,
            "transfer_scene_id": COMMISSION,
            "openid": openid,
            "transfer_amount": amount,
            "transfer_remark": "推广佣金",
            "notify_url": notify_url,
            "transfer_scene_report_infos": REPORT,
        }
        async with self._around("transfer", number=out_bill_no):
            if name and amount >= NAME_FROM:
                body["user_name"] = await self._client.encrypt(name)
            return await self._client.call("POST", BILLS, TransferAnswer, body=body)

    async def query_transfer(self, out_bill_no: str) -> TransferAnswer:
        """A transfer by our number. Refused NOT_FOUND when it was never seen."""
        path = f"{BILLS}/out-bill-no/{quote(out_bill_no, safe='')}"
        async with self._around("query_transfer", number=out_bill_no):
            return await self._client.call("GET", path, TransferAnswer)


def whom(type_: str, account: str) -> dict[str, str]:
    """Which receiver a call is about, under the name of what tells it."""
    return {"openid" if type_ == "PERSONAL_OPENID" else "mchid": account}
