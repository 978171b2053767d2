"""The three ways in: as a guest, through WeChat, by phone and one-time code. A guest who signs in is merged."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.auth import Buyer
from zhanggui.core.crypto import Sealer
from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.errors import ShopError
from zhanggui.core.i18n import Locale
from zhanggui.core.ids import new_id
from zhanggui.core.runtime import Runtime
from zhanggui.customers import codes, sessions
from zhanggui.customers.merge import merge_guest
from zhanggui.customers.phones import national_phone
from zhanggui.customers.sessions import Tokens
from zhanggui.wechat.apps import mini_program
from zhanggui.wechat.errors import WeChatRefused, WeChatUnknown
from zhanggui.wechat.mini_program import CodeSession

WECHAT = "wechat_mp"
# What somebody is called until they say what they want to be called.
NEWCOMER: dict[Locale, str] = {"zh": "用户", "en": "Guest "}
FROM_WECHAT: dict[Locale, str] = {"zh": "微信用户", "en": "WeChat user"}

NEW = statement(
    "customers.sign_in.new",
    """
    INSERT INTO customer (customer_id, guest, nickname, phone_sealed, phone_index, locale, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    """,
)
BY_PHONE = statement(
    "customers.sign_in.by_phone",
    """
    INSERT INTO customer (customer_id, guest, nickname, phone_sealed, phone_index, locale, created_at)
    VALUES ($1, false, $2, $3, $4, $5, $6)
    ON CONFLICT (phone_index) WHERE phone_index IS NOT NULL DO UPDATE SET guest = false
    RETURNING customer_id
    """,
)
SAME_PERSON = statement(
    "customers.sign_in.same_person",
    "SELECT customer_id FROM customer_identity WHERE unionid = $1 ORDER BY created_at, id LIMIT 1",
)
IDENTIFY = statement(
    "customers.sign_in.identify",
    """
    INSERT INTO customer_identity (customer_id, id, provider, appid, subject, unionid, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (provider, appid, subject)
      DO UPDATE SET unionid = coalesce(excluded.unionid, customer_identity.unionid)
    RETURNING customer_id
    """,
)


async def as_guest(rt: Runtime, locale: Locale, client: str) -> Tokens:
    """A new guest with a session."""

    async def work(conn: Connection) -> Tokens:
        return await sessions.begin(rt, conn, await new_guest(conn, locale), guest=True, client=client)

    return await in_transaction(rt.db, work)


async def by_wechat(
    rt: Runtime, code: str, appid: str | None, guest: Buyer | None, locale: Locale, client: str
) -> Tokens:
    """Sign in with a wx.login code. Raises 400 `wechat_code_refused`, 502 `wechat_unavailable`."""
    app = await mini_program(rt, appid)
    try:
        who = await app.code_to_session(code)
    except WeChatRefused as fault:
        raise ShopError("wechat_code_refused", 400, field="code") from fault
    except WeChatUnknown as fault:
        raise ShopError("wechat_unavailable", 502) from fault
    return await _enter(rt, guest, client, lambda conn: customer_by_wechat(conn, app.appid, who, locale))


async def by_phone(
    rt: Runtime, phone: str, code: str, guest: Buyer | None, locale: Locale, client: str
) -> Tokens:
    """Sign in with the code sent to `phone` (E.164). Raises 400 `code_wrong`, 400 `code_over`."""
    await codes.check(rt, phone, code)
    return await _enter(rt, guest, client, lambda conn: customer_by_phone(conn, rt.sealer, phone, locale))


async def new_guest(conn: Connection, locale: Locale) -> UUID:
    """A visitor who has not signed in yet."""
    guest = new_id()
    await conn.execute(NEW, guest, True, "", None, None, locale, clock.now())
    return guest


async def customer_by_phone(conn: Connection, sealer: Sealer, phone: str, locale: Locale) -> UUID:
    """The buyer with this number (E.164), a new one if need be; two sign-ins at once find one buyer."""
    new = new_id()
    return await conn.fetchval(
        BY_PHONE,
        new,
        f"{NEWCOMER[locale]}{national_phone(phone)[-4:]}",
        sealer.seal(phone, "customer", "phone_sealed", new),
        phone_index(sealer, phone),
        locale,
        clock.now(),
    )


async def customer_by_wechat(conn: Connection, appid: str, who: CodeSession, locale: Locale) -> UUID:
    """The buyer the platform names, known by openid or by unionid from another application; a new one if need be."""
    same = await conn.fetchval(SAME_PERSON, who.unionid) if who.unionid else None
    wanted: UUID = same or new_id()
    now = clock.now()
    found: UUID = await conn.fetchval(IDENTIFY, wanted, new_id(), WECHAT, appid, who.openid, who.unionid, now)
    if found == wanted and same is None:
        await conn.execute(NEW, wanted, False, FROM_WECHAT[locale], None, None, locale, now)
    return found


def phone_index(sealer: Sealer, phone: str) -> bytes:
    """By which a buyer is found from a number without opening any."""
    return sealer.blind_index(phone, "customer-phone")


async def _enter(
    rt: Runtime, guest: Buyer | None, client: str, find: Callable[[Connection], Awaitable[UUID]]
) -> Tokens:
    """Find the buyer, merge the guest that came along and open the session, all or nothing."""

    async def work(conn: Connection) -> Tokens:
        buyer_id = await find(conn)
        if guest is not None and guest.guest:
            await merge_guest(conn, guest.id, buyer_id)
        return await sessions.begin(rt, conn, buyer_id, guest=False, client=client)

    return await in_transaction(rt.db, work)
