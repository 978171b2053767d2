"""Text messages: a small protocol, the sandbox's inbox for development, Tencent Cloud SMS for real phones.

A new provider implements `SmsSender` and is chosen in `sender`.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import httpx
import msgspec

from zhanggui.core import clock
from zhanggui.core.runtime import Runtime, SmsAccount

HOST = "sms.tencentcloudapi.com"
REGION = "ap-guangzhou"


class SmsFailed(Exception):
    """The message was not taken by the provider; the text says why and holds no number and no code."""


class SmsSender(Protocol):
    """Sends one message to a number (E.164). Raises SmsFailed."""

    async def send(self, phone_e164: str, text: str, *, code: str) -> None: ...


@dataclass(frozen=True)
class SandboxSender:
    """Puts the message into the inbox that the sandbox's page shows."""

    http: httpx.AsyncClient
    origin: str

    async def send(self, phone_e164: str, text: str, *, code: str) -> None:  # noqa: ARG002  # the text holds the code
        try:
            answer = await self.http.post(
                f"{self.origin}/_sandbox/sms", json={"phone": phone_e164, "text": text}
            )
        except httpx.HTTPError as fault:
            raise SmsFailed(f"the sandbox did not answer: {type(fault).__name__}") from fault
        if answer.is_error:
            raise SmsFailed(f"the sandbox answered {answer.status_code}")


class _Status(msgspec.Struct, rename="pascal"):
    code: str
    message: str = ""


class _Error(msgspec.Struct, rename="pascal"):
    code: str
    message: str = ""


class _Response(msgspec.Struct, rename="pascal"):
    send_status_set: list[_Status] = []
    error: _Error | None = None


class _Answer(msgspec.Struct, rename="pascal"):
    response: _Response


@dataclass(frozen=True)
class TencentSender:
    """SendSms of Tencent Cloud (API 2021-01-11). The text is the merchant's approved template with one parameter,
    the code: carriers in China deliver nothing else, so `text` itself is not sent.
    """

    http: httpx.AsyncClient
    account: SmsAccount
    origin: str = f"https://{HOST}"

    async def send(self, phone_e164: str, text: str, *, code: str) -> None:  # noqa: ARG002  # see the class
        payload = {
            "PhoneNumberSet": [phone_e164],
            "SmsSdkAppId": self.account.sdk_app_id,
            "SignName": self.account.sign_name,
            "TemplateId": self.account.template_id,
            "TemplateParamSet": [code],
        }
        body = json.dumps(payload, ensure_ascii=False).encode()
        headers = signed_headers(
            self.account.secret_id, self.account.secret_key, "sms", HOST, body, clock.now()
        )
        headers |= {"X-TC-Action": "SendSms", "X-TC-Version": "2021-01-11", "X-TC-Region": REGION}
        try:
            answer = await self.http.post(self.origin, content=body, headers=headers)
            result = msgspec.json.decode(answer.content, type=_Answer).response
        except (httpx.HTTPError, msgspec.MsgspecError) as fault:
            raise SmsFailed(f"the provider did not answer: {type(fault).__name__}") from fault
        refused: Any = result.error or next((s for s in result.send_status_set if s.code != "Ok"), None)
        if refused is not None or not result.send_status_set:
            raise SmsFailed(f"refused: {refused.code}" if refused else "refused without a reason")


def signed_headers(
    secret_id: str, secret_key: str, service: str, host: str, body: bytes, at: datetime
) -> dict[str, str]:
    """Headers of a signed request (Tencent Cloud API 3.0, TC3-HMAC-SHA256, POST / with a JSON body) at `at` UTC."""
    kind = "application/json; charset=utf-8"
    stamp, day = str(int(at.timestamp())), at.astimezone(UTC).strftime("%Y-%m-%d")
    request = "\n".join(
        ["POST", "/", "", f"content-type:{kind}", f"host:{host}", "", "content-type;host", _sha256(body)]
    )
    scope = f"{day}/{service}/tc3_request"
    text = f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{_sha256(request.encode())}"
    key = f"TC3{secret_key}".encode()
    for part in (day, service, "tc3_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    return {
        "Authorization": f"TC3-HMAC-SHA256 Credential={secret_id}/{scope}, "
        f"SignedHeaders=content-type;host, Signature={signature}",
        "Content-Type": kind,
        "Host": host,
        "X-TC-Timestamp": stamp,
    }


def sender(rt: Runtime) -> SmsSender:
    """The provider of this installation. Raises SmsFailed when none is set up."""
    if rt.config.sms is not None:
        return TencentSender(rt.http, rt.config.sms)
    if rt.config.sandbox_origin is not None:
        return SandboxSender(rt.http, rt.config.sandbox_origin)
    raise SmsFailed("no SMS provider is set up (ZHANGGUI_SMS)")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
