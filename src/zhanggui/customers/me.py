"""What buyers change of themselves: name, language, phone number, consents."""

from uuid import UUID

import asyncpg

from zhanggui.core import clock
from zhanggui.core.db import statement
from zhanggui.core.errors import ShopError, not_found
from zhanggui.core.i18n import Locale
from zhanggui.core.ids import new_id
from zhanggui.core.runtime import Runtime
from zhanggui.customers.phones import parse_phone
from zhanggui.customers.sign_in import WECHAT, phone_index
from zhanggui.wechat.apps import mini_program
from zhanggui.wechat.errors import WeChatRefused, WeChatUnknown

CHANGE = statement(
    "customers.me.change",
    """
    UPDATE customer SET nickname = coalesce($2, nickname), locale = coalesce($3, locale)
    WHERE customer_id = $1 AND merged_into IS NULL RETURNING customer_id
    """,
)
SET_PHONE = statement(
    "customers.me.set_phone",
    "UPDATE customer SET phone_sealed = $2, phone_index = $3 WHERE customer_id = $1 RETURNING customer_id",
)
LAST_APP = statement(
    "customers.me.last_app",
    """
    SELECT appid FROM customer_identity WHERE customer_id = $1 AND provider = $2 ORDER BY id DESC LIMIT 1
    """,
)
AGREE = statement(
    "customers.me.agree",
    "INSERT INTO customer_consent (customer_id, id, kind, version, at) VALUES ($1, $2, $3, $4, $5)",
)


async def change_profile(rt: Runtime, customer_id: UUID, nickname: str | None, locale: Locale | None) -> None:
    """Set what is given. Raises 400 `missing` for a blank name, 404 `not_found`."""
    if nickname is not None and not nickname.strip():
        raise ShopError("missing", 400, field="nickname")
    name = nickname.strip() if nickname else None
    if await rt.db.fetchval(CHANGE, customer_id, name, locale) is None:
        raise not_found("customer")


async def set_phone(rt: Runtime, customer_id: UUID, code: str) -> None:
    """Take the number that the platform vouches for (getPhoneNumber's code).

    Raises 409 `no_wechat` for a buyer without a WeChat identity, 400 `wechat_code_refused`, 502 `wechat_unavailable`,
    409 `phone_in_use` when the number is another account's.
    """
    appid = await rt.db.fetchval(LAST_APP, customer_id, WECHAT)
    if appid is None:
        raise ShopError("no_wechat", 409)
    app = await mini_program(rt, appid)
    try:
        number = await app.phone_number(code)
    except WeChatRefused as fault:
        raise ShopError("wechat_code_refused", 400, field="code") from fault
    except WeChatUnknown as fault:
        raise ShopError("wechat_unavailable", 502) from fault
    phone = parse_phone(number.e164)
    sealed = rt.sealer.seal(phone, "customer", "phone_sealed", customer_id)
    try:
        await rt.db.execute(SET_PHONE, customer_id, sealed, phone_index(rt.sealer, phone))
    except asyncpg.UniqueViolationError as fault:
        raise ShopError("phone_in_use", 409) from fault


async def consent(rt: Runtime, customer_id: UUID, kind: str, version: str) -> None:
    """Record agreement to the text in force. Raises 409 `consent_version` for another version."""
    if version != rt.config.privacy_version:
        raise ShopError("consent_version", 409, field="version", data={"version": rt.config.privacy_version})
    await rt.db.execute(AGREE, customer_id, new_id(), kind, version, clock.now())
