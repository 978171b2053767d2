"""Which mini-programs this installation has, and the client for each."""

from zhanggui.core import clock
from zhanggui.core.crypto import Sealer
from zhanggui.core.db import Connection, statement
from zhanggui.core.errors import ShopError
from zhanggui.core.ids import new_id
from zhanggui.core.runtime import Runtime
from zhanggui.wechat.mini_program import MiniProgram

ADD = statement(
    "wechat.apps.add",
    """
    INSERT INTO wechat_app (appid, id, secret_sealed, created_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (appid) DO UPDATE SET id = EXCLUDED.id, secret_sealed = EXCLUDED.secret_sealed
    """,
)
FIND = statement(
    "wechat.apps.find",
    """
    SELECT appid, id, secret_sealed FROM wechat_app
    WHERE $1::text IS NULL OR appid = $1 ORDER BY created_at, appid LIMIT 1
    """,
)
FIRST = statement("wechat.apps.first", "SELECT appid FROM wechat_app ORDER BY created_at, appid LIMIT 1")


async def add_app(conn: Connection, sealer: Sealer, appid: str, secret: str) -> None:
    """Add a mini-program, or give a known one its new secret."""
    row = new_id()
    await conn.execute(ADD, appid, row, sealer.seal(secret, "wechat_app", "secret_sealed", row), clock.now())


async def own_appid(conn: Connection) -> str | None:
    """The appid of the shop's own mini-program (the first added), None before there is one."""
    return await conn.fetchval(FIRST)


async def mini_program(rt: Runtime, appid: str | None = None) -> MiniProgram:
    """The client for `appid` (the shop's own when None). Raises ShopError 503 `wechat_not_set_up`.

    The secret is read each time, so that a changed one works at once; the client with its access token is kept.
    """
    row = await rt.db.fetchrow(FIND, appid)
    if row is None:
        raise ShopError("wechat_not_set_up", 503)
    secret = rt.sealer.open(row["secret_sealed"], "wechat_app", "secret_sealed", row["id"])
    return rt.once(
        f"wechat.mini_program/{row['appid']}/{row['id']}",
        lambda: MiniProgram(rt.http, rt.config.wechat_api_origin, row["appid"], secret),
    )
