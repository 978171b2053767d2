"""The official account that pages inside WeChat are paid with, where the sandbox stands in for the platform."""

from urllib.parse import urlsplit

import httpx
import msgspec

from zhanggui.core.db import statement
from zhanggui.core.errors import ShopError
from zhanggui.core.runtime import Runtime
from zhanggui.wechat.apps import add_app, stored_app

MERCHANTS = statement(
    "payments.official.merchants",
    "SELECT DISTINCT mchid FROM payment_account WHERE provider = $1 AND active = 1 ORDER BY mchid",
)


class _App(msgspec.Struct):
    appid: str
    secret: str


async def provision_official(rt: Runtime) -> str:
    """The appid of the official account at the sandbox, made there when there is none.

    The shop's address may get codes there and every merchant in use is bound to it. Raises ShopError 409
    `official_account_not_set_up` where no sandbox stands in for the platform.
    """
    if rt.config.sandbox_origin is None:
        raise ShopError("official_account_not_set_up", 409)
    order: dict[str, object] = {
        "name": "公众号",
        "kind": "official_account",
        "page_hosts": [urlsplit(rt.config.shop_origin).netloc],
    }
    known = await stored_app(rt, "official_account")
    if known is not None:
        order["appid"] = known.appid
    made = msgspec.json.decode(await _tell(rt, "apps", order), type=_App)
    if known is None or made.appid != known.appid:
        await add_app(rt.db, rt.sealer, made.appid, made.secret, "official_account")
    for row in await rt.db.fetch(MERCHANTS, "wechat_pay"):
        await _tell(rt, "merchants", {"mchid": row["mchid"], "appid": made.appid})
    return made.appid


async def _tell(rt: Runtime, what: str, order: dict[str, object]) -> bytes:
    answer: httpx.Response = await rt.http.post(f"{rt.config.sandbox_origin}/_sandbox/{what}", json=order)
    answer.raise_for_status()
    return answer.content
