"""The door of WeChat Pay: every /v3 request is verified, served, answered with a signature, and recorded."""

import asyncio
import hashlib
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import msgspec
from cryptography.hazmat.primitives.asymmetric import rsa
from litestar.response import Response

from wechat_sandbox import ids, keys
from wechat_sandbox.accounts.merchants import Merchant
from wechat_sandbox.faults import Fault
from wechat_sandbox.http import Answer, HttpRequest, broken_answer, origin_of, raw_target
from wechat_sandbox.pay.authorization import answering_key, authenticate
from wechat_sandbox.pay.envelope import headers as signature_headers
from wechat_sandbox.pay.envelope import with_wrong_amount
from wechat_sandbox.pay.errors import PayError, invalid_request, param_error
from wechat_sandbox.seen import excerpt
from wechat_sandbox.state import Sandbox

_FAILURES: dict[str, PayError] = {
    "http_500": PayError(500, "SYSTEM_ERROR", "系统异常，请稍后重试"),
    "system_error": PayError(500, "SYSTEM_ERROR", "系统异常，请用相同参数重新调用"),
    "http_429": PayError(429, "FREQUENCY_LIMITED", "请求频率超限，请降低请求接口频率"),
}


@dataclass(frozen=True, slots=True)
class PayCall:
    """A verified request."""

    merchant: Merchant
    body: dict[str, Any]
    query: Mapping[str, str]
    origin: str
    now: float
    below: str | None = None
    """The merchant below a platform in whose name an address of the e-commerce product is asked."""
    opener: rsa.RSAPrivateKey | None = None
    """The platform's key under which sensitive fields were encrypted, when Wechatpay-Serial names one."""

    def sensitive(self, field: str, ciphertext: str) -> str:
        """A field that has to come encrypted. Raises PayError."""
        if self.opener is None:
            raise param_error(
                "Wechatpay-Serial",
                "敏感字段需说明加密所用的公钥 / names the key of encrypted fields",
                None,
                "header",
            )
        try:
            return keys.open_field(self.opener, ciphertext)
        except (ValueError, UnicodeDecodeError) as error:
            raise param_error(field, "解密失败 / does not decrypt", ciphertext) from error


@dataclass(frozen=True, slots=True)
class PayReply:
    """An answer: HTTP status and body (None: empty), or a file, which is answered without a signature."""

    status: int
    body: dict[str, Any] | None
    file: bytes | None = None


Operation = Callable[[PayCall], PayReply]


async def serve(sandbox: Sandbox, request: HttpRequest, operation: Operation) -> Answer:
    """Verify, run `operation`, sign. Faults ordered for this path strike before or after the operation."""
    begin = time.perf_counter()
    target, raw = raw_target(request), await request.body()
    struck = sandbox.faults.draw(target)
    merchant: Merchant | None = None
    signer: tuple[str, Any] | None = None
    picture: _Picture | None = None
    try:
        header = request.headers.get("authorization", "")
        picture = _picture(raw, request)
        signed = raw if picture is None else picture.meta
        merchant = authenticate(sandbox.merchants, header, request.method, target, signed)
        wanted = request.headers.get("wechatpay-serial")
        signer = answering_key(merchant, sandbox.merchants, sandbox.platform, wanted)
        _fail_on(struck, "before")
        call = PayCall(
            merchant=merchant,
            body=_parse(raw, request) if picture is None else picture.described(),
            query=cast(Mapping[str, str], request.query_params),
            origin=origin_of(request),
            now=sandbox.clock.now(),
            opener=signer[1] if wanted else None,
        )
        reply = operation(call)
        _fail_on(struck, "after")
    except PayError as error:
        reply = PayReply(error.status, error.body())
    if reply.file is not None:
        sandbox.seen.record("pay", f"{request.method} {request.url.path} → {len(reply.file)} B", subject="")
        spoiled = any(fault.kind == "bad_signature" for fault in struck)
        content = bytes([reply.file[0] ^ 1]) + reply.file[1:] if spoiled else reply.file
        return await _let_go(reply.status, content, {}, struck, "application/octet-stream")
    content = b"" if reply.body is None else msgspec.json.encode(_spoiled(reply.body, struck))
    headers = _signed(sandbox, signer, content, struck)
    sandbox.seen.record(
        "pay",
        f"{request.method} {target} → {reply.status}",
        mood="ok" if reply.status < 400 else "warn",
        subject=_subject(request, raw),
        mchid=merchant.mchid if merchant else None,
        request=excerpt(raw if picture is None else picture.meta),
        response=excerpt(content),
        took_ms=round((time.perf_counter() - begin) * 1000, 1),
        faults=[fault.kind for fault in struck],
    )
    return await _let_go(reply.status, content, headers, struck)


@dataclass(frozen=True, slots=True)
class _Picture:
    """A form with a picture: only its description is signed, in which the picture's hash stands."""

    meta: bytes
    content: bytes

    def described(self) -> dict[str, Any]:
        """The description, if the picture is what it says. Raises PayError."""
        told = msgspec.json.decode(self.meta)
        if told.get("sha256") != hashlib.sha256(self.content).hexdigest():
            raise param_error("/meta/sha256", "与图片不一致 / is not the picture's", told.get("sha256"))
        if not str(told.get("filename", "")).lower().endswith((".jpg", ".jpeg", ".bmp", ".png")):
            raise param_error(
                "/meta/filename", "只支持 JPG、BMP、PNG / JPG, BMP or PNG", told.get("filename")
            )
        if not 0 < len(self.content) <= 2 * 1024 * 1024:
            raise param_error("/file", "不能超过 2M / at most 2 MB", len(self.content))
        return cast(dict[str, Any], told)


def _picture(raw: bytes, request: HttpRequest) -> _Picture | None:
    """The parts `meta` and `file` of a multipart form; None for any other body. Raises PayError."""
    kind, _, rest = request.headers.get("content-type", "").partition(";")
    if kind.strip() != "multipart/form-data":
        return None
    parts: dict[str, bytes] = {}
    border = rest.partition("boundary=")[2].strip().strip('"').encode()
    for part in raw.split(b"--" + border)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        named = re.search(rb'name="([^"]*)"', head)
        if named:
            parts[named.group(1).decode("latin-1")] = content.removesuffix(b"\r\n")
    if not border or parts.keys() != {"meta", "file"}:
        raise PayError(400, "PARAM_ERROR", "应有 meta 和 file / the form has meta and file")
    return _Picture(parts["meta"], parts["file"])


def _parse(raw: bytes, request: HttpRequest) -> dict[str, Any]:
    if request.method == "GET":
        return {}
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise invalid_request("Content-Type 应为 application/json")
    try:
        body = msgspec.json.decode(raw or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PayError(400, "PARAM_ERROR", "请求体不是有效的 JSON") from error
    if not isinstance(body, dict):
        raise PayError(400, "PARAM_ERROR", "请求体应为 JSON 对象")
    return cast(dict[str, Any], body)


def _fail_on(struck: list[Fault], stage: str) -> None:
    for fault in struck:
        if fault.stage != stage:
            continue
        if fault.kind == "refuse":
            raise PayError(fault.status, fault.code, "沙箱按要求拒绝 / refused as ordered")
        if fault.kind in _FAILURES:
            raise _FAILURES[fault.kind]


def _spoiled(body: dict[str, Any], struck: list[Fault]) -> dict[str, Any]:
    return with_wrong_amount(body) if any(f.kind == "wrong_amount" for f in struck) else body


def _signed(
    sandbox: Sandbox, signer: tuple[str, Any] | None, content: bytes, struck: list[Fault]
) -> dict[str, str]:
    """The answer's headers; who could not be identified gets no signature."""
    headers = {"Request-ID": ids.nonce(24)}
    if signer is None:
        return headers
    serial, key = signer
    kinds = {fault.kind for fault in struck}
    if "forge_key" in kinds:
        key = sandbox.platform.forger
    stamp, mark = str(int(time.time())), ids.nonce()
    text = "another body" if "bad_signature" in kinds else content.decode()
    return headers | signature_headers(serial, stamp, mark, keys.sign(key, stamp, mark, text))


def _subject(request: HttpRequest, raw: bytes) -> str:
    """The out_trade_no, if one is to be seen: for the search on the page, so a plain look is enough."""
    number = request.path_params.get("out_trade_no", "")
    if number or not raw:
        return str(number)
    try:
        body = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    known = cast(dict[str, Any], body) if isinstance(body, dict) else {}
    return str(known.get("out_trade_no") or known.get("combine_out_trade_no") or "")


async def _let_go(
    status: int,
    content: bytes,
    headers: dict[str, str],
    struck: list[Fault],
    media_type: str = "application/json",
) -> Answer:
    for fault in struck:
        if fault.kind in ("delay", "timeout"):
            await asyncio.sleep(fault.seconds)
    if any(fault.kind == "drop" for fault in struck):
        return broken_answer(headers)
    if status == 204:
        headers.pop("Content-Type", None)
        return Response(content=None, status_code=204, headers=headers)
    return Response(content=content, status_code=status, media_type=media_type, headers=headers)
