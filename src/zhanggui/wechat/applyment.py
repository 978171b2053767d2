"""Becoming a merchant below a platform (pay.weixin.qq.com, 平台收付通 · 二级商户进件): submit, and ask how it stands."""

from typing import Any, Literal
from urllib.parse import quote

import msgspec

from zhanggui.wechat.pay_v3 import PayClient

APPLYMENTS = "/v3/ecommerce/applyments/"
State = Literal[
    "CHECKING",
    "ACCOUNT_NEED_VERIFY",
    "AUDITING",
    "REJECTED",
    "NEED_SIGN",
    "FINISH",
    "FROZEN",
    "CANCELED",
]


class Validation(msgspec.Struct, frozen=True):
    """The small transfer that proves whose bank account it is; fen. Names and numbers of the payer come encrypted: not read."""

    pay_amount: int
    destination_account_number: str
    destination_account_name: str
    destination_account_bank: str
    city: str = ""
    remark: str = ""
    deadline: str = ""


class Audit(msgspec.Struct, frozen=True):
    """What was found wrong with one field, in the platform's words."""

    param_name: str = ""
    reject_reason: str = ""


class ApplymentAnswer(msgspec.Struct, frozen=True):
    """How an application stands."""

    out_request_no: str
    applyment_id: int
    applyment_state: State
    sign_url: str = ""
    legal_validation_url: str = ""
    sub_mchid: str = ""
    account_validation: Validation | None = None
    audit_detail: list[Audit] = []


class _Accepted(msgspec.Struct):
    applyment_id: int


class ApplymentClient:
    """Raises WeChatRefused and WeChatUnknown as PayClient does."""

    def __init__(self, client: PayClient) -> None:
        self._client = client

    async def upload(self, name: str, jpeg: bytes) -> str:
        """A picture's media id."""
        return await self._client.upload(f"{name}.jpg", jpeg)

    async def sealed(self, text: str) -> str:
        """A personal field as it is submitted."""
        return await self._client.encrypt(text)

    async def submit(self, body: dict[str, Any]) -> int:
        """Submit; answers the platform's number. `out_request_no` makes it idempotent."""
        return (await self._client.call("POST", APPLYMENTS, _Accepted, body=body)).applyment_id

    async def query(self, out_request_no: str) -> ApplymentAnswer:
        """The application by our number. Refused RESOURCE_NOT_EXISTS when it was never seen."""
        path = f"{APPLYMENTS}out-request-no/{quote(out_request_no, safe='')}"
        return await self._client.call("GET", path, ApplymentAnswer)
