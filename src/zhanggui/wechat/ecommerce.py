"""Profit sharing as a platform asks for it in the name of a merchant below it (pay.weixin.qq.com, 平台收付通 · 分账).

The e-commerce product has addresses of its own (/v3/ecommerce/…), the same operations and other names of fields. Receivers
belong to the platform: every merchant below it may share with them.
"""

from datetime import datetime
from typing import Any, Literal

import msgspec

from zhanggui.wechat.pay_v3 import PayClient
from zhanggui.wechat.sharing import Around, Part, ReturnAnswer, SharingClient, SplitAnswer, whom

BASE = "/v3/ecommerce/profitsharing"
RELATIONS = frozenset({"SUPPLIER", "DISTRIBUTOR", "SERVICE_PROVIDER", "PLATFORM"})
OTHERS = "OTHERS"


class _Part(msgspec.Struct, frozen=True):
    receiver_account: str
    amount: int
    type: str = "MERCHANT_ID"
    result: Literal["PENDING", "SUCCESS", "CLOSED"] = "PENDING"
    detail_id: str = ""
    fail_reason: str = ""
    finish_time: datetime | None = None


class _Split(msgspec.Struct, frozen=True):
    out_order_no: str
    order_id: str
    status: Literal["PROCESSING", "FINISHED"] = "PROCESSING"
    receivers: list[_Part] = []

    def answer(self) -> SplitAnswer:
        """Under the names of the other product."""
        parts = [
            Part(p.type, p.receiver_account, p.amount, p.result, p.detail_id, p.fail_reason, p.finish_time)
            for p in self.receivers
        ]
        return SplitAnswer(self.out_order_no, self.order_id, self.status, parts)


class _Nothing(msgspec.Struct):
    pass


class EcommerceSharing(SharingClient):
    """Sharing of the money of the account's sub_mchid."""

    def __init__(self, client: PayClient, around: Around) -> None:
        super().__init__(client, around)
        sub = client.account.sub_mchid
        if not sub:
            raise ValueError("the account is not below a platform")
        self._below = {"sub_mchid": sub}

    async def add_receiver(self, type_: str, account: str, relation: str, name: str, appid: str) -> None:
        """Add a receiver of the platform; a person's name goes encrypted, a merchant's as it is."""
        body = {
            **self._named(type_, account, appid),
            "relation_type": relation if relation in RELATIONS else OTHERS,
        }
        async with self._around("add_receiver", **whom(type_, account)):
            if name and type_ == "MERCHANT_ID":
                body["name"] = name
            elif name:
                body["encrypted_name"] = await self._client.encrypt(name)
            await self._client.call("POST", f"{BASE}/receivers/add", _Nothing, body=body)

    async def delete_receiver(self, type_: str, account: str, appid: str) -> None:
        """Remove a receiver of the platform; one that is not there is removed already."""
        body = self._named(type_, account, appid)
        async with self._around("delete_receiver", **whom(type_, account)):
            await self._client.call("POST", f"{BASE}/receivers/delete", _Nothing, body=body)

    async def split(
        self, transaction_id: str, out_order_no: str, parts: list[dict[str, Any]], appid: str
    ) -> SplitAnswer:
        """As of a merchant of its own: parts are [{type, account, amount, description}]."""
        receivers = [
            {"receiver_account" if key == "account" else key: value for key, value in part.items()}
            for part in parts
        ]
        body = {
            **self._below,
            "appid": appid or self._client.account.appid,
            "transaction_id": transaction_id,
            "out_order_no": out_order_no,
            "receivers": receivers,
            "finish": False,
        }
        async with self._around("split", number=out_order_no):
            return (await self._client.call("POST", f"{BASE}/orders", _Split, body=body)).answer()

    async def query_split(self, transaction_id: str, out_order_no: str) -> SplitAnswer:
        """A split order (or its end) by our number. Refused RESOURCE_NOT_EXISTS when it was never seen."""
        query = {**self._below, "transaction_id": transaction_id, "out_order_no": out_order_no}
        async with self._around("query_split", number=out_order_no):
            return (await self._client.call("GET", f"{BASE}/orders", _Split, query=query)).answer()

    async def unfreeze(self, transaction_id: str, out_order_no: str, description: str) -> SplitAnswer:
        """End the sharing: the rest goes to the merchant. The answer has no state, so how it stands is asked at once."""
        body = {
            **self._below,
            "transaction_id": transaction_id,
            "out_order_no": out_order_no,
            "description": description,
        }
        async with self._around("unfreeze", number=out_order_no):
            await self._client.call("POST", f"{BASE}/finish-order", _Split, body=body)
        return await self.query_split(transaction_id, out_order_no)

    async def give_back(
        self, out_order_no: str, out_return_no: str, mchid: str, amount: int, description: str
    ) -> ReturnAnswer:
        """Have a receiving merchant give back."""
        body = {
            **self._below,
            "out_order_no": out_order_no,
            "out_return_no": out_return_no,
            "return_mchid": mchid,
            "amount": amount,
            "description": description,
        }
        async with self._around("give_back", number=out_return_no):
            return await self._client.call("POST", f"{BASE}/returnorders", ReturnAnswer, body=body)

    async def query_return(self, out_order_no: str, out_return_no: str) -> ReturnAnswer:
        """A return by our number. Refused RESOURCE_NOT_EXISTS when it was never seen."""
        query = {**self._below, "out_order_no": out_order_no, "out_return_no": out_return_no}
        async with self._around("query_give_back", number=out_return_no):
            return await self._client.call("GET", f"{BASE}/returnorders", ReturnAnswer, query=query)

    def _named(self, type_: str, account: str, appid: str) -> dict[str, str]:
        return {"appid": appid or self._client.account.appid, "type": type_, "account": account}


def sharing_of(client: PayClient, around: Around) -> SharingClient:
    """Profit sharing of an account: of a merchant of its own, or of one below a platform."""
    return (EcommerceSharing if client.account.sub_mchid else SharingClient)(client, around)
