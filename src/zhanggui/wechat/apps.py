"""Which mini-programs and official accounts this installation has, and the client for each."""

from datetime import datetime
from typing import Literal, NamedTuple, get_args
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.crypto import Sealer
from zhanggui.core.db import Connection, statement
from zhanggui.core.errors import ShopError
from zhanggui.core.ids import new_id
from zhanggui.core.runtime import Runtime
from zhanggui.wechat.mini_program import MiniProgram
from zhanggui.wechat.official_account import OfficialAccount

Kind = Literal["mini_program", "official_account"]
KINDS: tuple[Kind, ...] = get_args(Kind)
PLATFORM_PAGES = "https://open.weixin.qq.com"

ADD = statement(
    "wechat.apps.add",
    """
    INSERT INTO wechat_app (appid, id, secret_sealed, created_at, kind) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (appid) DO UPDATE SET id = EXCLUDED.id, secret_sealed = EXCLUDED.secret_sealed, kind = EXCLUDED.kind
    """,
)
FIND = statement(
    "wechat.apps.find",
    """
    SELECT appid, id, secret_sealed, created_at FROM wechat_app
    WHERE kind = $2 AND ($1::text IS NULL OR appid = $1) ORDER BY created_at, appid LIMIT 1
    """,
)
FIRST = statement(
    "wechat.apps.first",
    "SELECT appid FROM wechat_app WHERE kind = $1 ORDER BY created_at, appid LIMIT 1",
)


async def add_app(
    conn: Connection, sealer: Sealer, appid: str, secret: str, kind: Kind = "mini_program"
) -> None:
    """Add a mini-program or an official account, or give a known one its new secret."""
    row = new_id()
    sealed = sealer.seal(secret, "wechat_app", "secret_sealed", row)
    await conn.execute(ADD, appid, row, sealed, clock.now(), kind)


class AppRow(NamedTuple):
    """An application with its secret: never to be shown."""

    appid: str
    id: UUID
    """Another one for each secret."""
    secret: str
    created_at: datetime


async def stored_app(rt: Runtime, kind: Kind, appid: str | None = None) -> AppRow | None:
    """An application of a kind, the first added when no `appid` is named; None when there is none."""
    row = await rt.db.fetchrow(FIND, appid, kind)
    if row is None:
        return None
    secret = rt.sealer.open(row["secret_sealed"], "wechat_app", "secret_sealed", row["id"])
    return AppRow(row["appid"], row["id"], secret, row["created_at"])


async def own_appid(conn: Connection) -> str | None:
    """The appid of the shop's own mini-program (the first added), None before there is one."""
    return await conn.fetchval(FIRST, "mini_program")


async def official_appid(conn: Connection) -> str:
    """The appid of the official account (the first added). Raises ShopError 409 `official_account_not_set_up`."""
    appid = await conn.fetchval(FIRST, "official_account")
    if appid is None:
        raise ShopError("official_account_not_set_up", 409)
    return appid


async def mini_program(rt: Runtime, appid: str | None = None) -> MiniProgram:
    """The client for `appid` (the shop's own when None). Raises ShopError 503 `wechat_not_set_up`.

    The secret is read each time, so that a changed one works at once; the client with its access token is kept.
    """
    held = await stored_app(rt, "mini_program", appid)
    if held is None:
        raise ShopError("wechat_not_set_up", 503)
    return rt.once(
        f"wechat.mini_program/{held.appid}/{held.id}",
        lambda: MiniProgram(rt.http, rt.config.wechat_api_origin, held.appid, held.secret),
    )


async def official_account(rt: Runtime) -> OfficialAccount:
    """The client of the official account (the first added). Raises ShopError 409 `official_account_not_set_up`."""
    held = await stored_app(rt, "official_account")
    if held is None:
        raise ShopError("official_account_not_set_up", 409)
    pages = rt.config.sandbox_origin or PLATFORM_PAGES
    return OfficialAccount(rt.http, rt.config.wechat_api_origin, pages, held.appid, held.secret)
