"""One call of the platform's server API: HTTP 200 with {errcode, errmsg} is how it refuses."""

import logging
from typing import Any, TypeVar

import httpx
import msgspec

from zhanggui.wechat.errors import WeChatRefused, WeChatUnknown

# The platform wants its secrets in query strings, and httpx logs addresses at INFO: they must not reach a log.
logging.getLogger("httpx").setLevel(logging.WARNING)

BUSY = {-1, 45009, 45011}
T = TypeVar("T")


class _Fault(msgspec.Struct):
    errcode: int = 0
    errmsg: str = ""


async def send(
    http: httpx.AsyncClient,
    method: str,
    address: str,
    *,
    params: dict[str, str] | None = None,
    body: Any = None,
) -> httpx.Response:
    """The answer of a call that was not refused. Raises WeChatRefused (`code` is the errcode), WeChatUnknown."""
    content = None if body is None else msgspec.json.encode(body)
    headers = {} if content is None else {"Content-Type": "application/json"}
    try:
        answer = await http.request(method, address, params=params, content=content, headers=headers)
    except httpx.TransportError as fault:
        raise WeChatUnknown("no_answer", type(fault).__name__) from fault
    if answer.status_code != 200:
        raise WeChatUnknown("http", f"HTTP {answer.status_code}", answer.status_code)
    if not answer.headers.get("content-type", "").startswith("image/"):
        fault = decode(answer, _Fault)
        if fault.errcode in BUSY:
            raise WeChatUnknown(str(fault.errcode), fault.errmsg, 200)
        if fault.errcode:
            raise WeChatRefused(str(fault.errcode), fault.errmsg, 200)
    return answer


def decode(answer: httpx.Response, shape: type[T]) -> T:
    """The answer's JSON as `shape`. Raises WeChatUnknown for anything else."""
    try:
        return msgspec.json.decode(answer.content, type=shape)
    except msgspec.MsgspecError as fault:
        raise WeChatUnknown("malformed", str(fault), answer.status_code) from fault
