"""The keys with which a store speaks to the platform: set by its owner, sealed, journalled, tried out; never shown again."""

from collections.abc import Awaitable
from uuid import UUID

import msgspec

from zhanggui.core.auth import StaffMember
from zhanggui.core.changes import By, Change, latest, record
from zhanggui.core.crypto import Sealer
from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.errors import ShopError
from zhanggui.core.i18n import both, catalogue
from zhanggui.core.ids import new_id
from zhanggui.core.runtime import Runtime
from zhanggui.payments import connection_shapes as shapes
from zhanggui.payments.accounts import add_account, keys_in_use
from zhanggui.payments.keys import PAYMENT, SHOWN, NewKeys, replace_keys
from zhanggui.stores.queries import load
from zhanggui.wechat.apps import KINDS, PLATFORM_PAGES, AppRow, add_app, stored_app
from zhanggui.wechat.errors import WeChatRefused, WeChatUnknown
from zhanggui.wechat.mini_program import MiniProgram
from zhanggui.wechat.official_account import OfficialAccount
from zhanggui.wechat.pay_shapes import MerchantAccount
from zhanggui.wechat.pay_v3 import PayClient
from zhanggui.wechat.signing import MerchantSigner, PlatformKeys

CHANGES = 20
CODE_REFUSED = frozenset({"40029", "41008"})
"""The page's code was looked at: appid and secret were right."""
NOT_VERIFIED = {"bad_signature": "connection_signature", "api_v3_key": "connection_api_v3_key"}

ANY_STORE_BUT = statement(
    "payments.connections.any_store_but",
    "SELECT EXISTS (SELECT FROM store WHERE store_id <> ALL($1::uuid[]))",
)
STORES = statement("payments.connections.stores", "SELECT store_id FROM store")
MERCHANT_OF_OTHERS = statement(
    "payments.connections.merchant_of_others",
    "SELECT EXISTS (SELECT FROM payment_account WHERE mchid = $1 AND store_id <> ALL($2::uuid[]))",
)


async def connections(rt: Runtime, member: StaffMember, store_id: UUID) -> shapes.Connections:
    """What is set, since when and by whom; of a secret its last four characters."""
    changes = await latest(rt.db, store_id, [*KINDS, PAYMENT], CHANGES)
    held = await keys_in_use(rt, store_id)
    payment = None
    if held is not None:
        account, since = held
        last = _last(changes, PAYMENT, account.mchid)
        payment = shapes.PaymentConnection(
            appid=account.appid,
            mchid=account.mchid,
            sub_mchid=account.sub_mchid,
            serial=account.serial,
            public_key_id=account.public_key_id,
            ends_with=account.api_v3_key[-SHOWN:],
            set_at=last.at if last else since,
            set_by=last.who if last else None,
        )
    apps = [_app(kind, await stored_app(rt, kind), changes) for kind in KINDS]
    entity = (await load(rt, store_id)).settings.entity
    return shapes.Connections(apps, await owns_all(rt, member), payment, entity, changes)


async def owns_all(rt: Runtime, member: StaffMember) -> bool:
    """Whether somebody may write the settings of every store: the applications serve them all."""
    return not await rt.db.fetchval(ANY_STORE_BUT, _owned(member))


def _owned(member: StaffMember) -> list[UUID]:
    return [store_id for store_id, held in member.stores.items() if "settings.write" in held]


async def set_app(rt: Runtime, member: StaffMember, kind: shapes.AppKind, data: shapes.AppInput) -> None:
    """Give an application its secret, in force in every process at once, once the platform has accepted it.

    Raises 403 `apps_shared`; 409 `app_other` for another appid than the one in use: buyers are known by it; 422 or 503
    `connection_not_kept`.
    """
    if not await owns_all(rt, member):
        raise ShopError("apps_shared", 403)
    for one in KINDS:
        held = await stored_app(rt, one)
        if held is not None and (held.appid == data.appid) != (one == kind):
            raise ShopError("app_other", 409, field="appid", appid=held.appid)
    _must_work(await _answer(_ask_app(rt, kind, data.appid, data.secret), kind))

    async def work(conn: Connection) -> None:
        await keep_app(conn, rt.sealer, By(member.id, member.name), kind, data)

    await in_transaction(rt.db, work)


async def keep_app(
    conn: Connection, sealer: Sealer, by: By, kind: shapes.AppKind, data: shapes.AppInput
) -> None:
    """Write an application's secret, and that it was written into the journal of every store: it serves them all."""
    await add_app(conn, sealer, data.appid, data.secret, kind)
    stores = [row["store_id"] for row in await conn.fetch(STORES)]
    await record(conn, stores, by, kind, data.appid, {"ends_with": data.secret[-SHOWN:]})


async def set_payment(rt: Runtime, member: StaffMember, store_id: UUID, data: shapes.PaymentInput) -> None:
    """Give the store its account, or its merchant other keys, once the platform has accepted them.

    Raises 403 `apps_shared` when the merchant number serves stores of others too; 409 `account_of_other_entity`,
    `entity_needed`; 422 `key_needed`, `private_key_unreadable`, `public_key_unreadable`, `public_key_pair`; 422 or 503
    `connection_not_kept`.
    """
    if await rt.db.fetchval(MERCHANT_OF_OTHERS, data.mchid, _owned(member)):
        raise ShopError("apps_shared", 403)
    held = await keys_in_use(rt, store_id)
    known = held[0] if held is not None and held[0].mchid == data.mchid else None
    account = _complete(data, known)
    same = known is not None and (known.appid, known.sub_mchid) == (account.appid, account.sub_mchid)
    _must_work(await _answer(_ask_pay(rt, account), PAYMENT))
    by = By(member.id, member.name)

    async def work(conn: Connection) -> None:
        if not same:
            await add_account(conn, rt.sealer, store_id, account, by)
            return
        public = (account.public_key_id, account.public_key) if data.public_key else (None, None)
        private = (account.serial, account.private_key) if data.private_key else (None, None)
        await replace_keys(conn, rt.sealer, account.mchid, NewKeys(*private, data.api_v3_key, *public), by)

    await in_transaction(rt.db, work)


async def try_out(rt: Runtime, store_id: UUID, which: shapes.Connection) -> shapes.Tested:
    """Ask the platform something harmless with the keys in use, and say what its answer means.

    Raises 409 `payment_not_set_up`, `official_account_not_set_up`, 503 `wechat_not_set_up`.
    """
    if which == PAYMENT:
        held = await keys_in_use(rt, store_id)
        if held is None:
            raise ShopError("payment_not_set_up", 409)
        return await _answer(_ask_pay(rt, held[0]), which)
    app = await stored_app(rt, which)
    if app is None:
        known = which == "mini_program"
        raise ShopError("wechat_not_set_up", 503) if known else ShopError("official_account_not_set_up", 409)
    return await _answer(_ask_app(rt, which, app.appid, app.secret), which)


async def _answer(asking: Awaitable[str | None], which: shapes.Connection) -> shapes.Tested:
    """What the platform's answer means; `asking` may name a text of its own for what was proven."""
    try:
        proven = await asking
    except WeChatRefused as refused:
        code = f"connection_{refused.code}"
        text = both(code) if code in catalogue() else both("connection_refused", said=refused.code)
        return shapes.Tested(False, refused.code, text)
    except WeChatUnknown as unknown:
        code = NOT_VERIFIED.get(unknown.code, "connection_no_answer")
        return shapes.Tested(False, unknown.code, both(code))
    return shapes.Tested(True, None, both(proven or f"connection_works_{which}"))


def _must_work(tested: shapes.Tested) -> None:
    """Raises `connection_not_kept` with what was said: 422 for wrong keys, 503 when the platform could not be asked."""
    if not tested.ok:
        silent = tested.explanation == both("connection_no_answer")
        raise ShopError("connection_not_kept", 503 if silent else 422, said=tested.explanation)


async def _ask_app(rt: Runtime, kind: shapes.AppKind, appid: str, secret: str) -> None:
    origin = rt.config.wechat_api_origin
    if kind == "mini_program":
        await MiniProgram(rt.http, origin, appid, secret).access_token()
        return
    try:
        await OfficialAccount(rt.http, origin, PLATFORM_PAGES, appid, secret).openid_of("is-the-secret-right")
    except WeChatRefused as refused:
        if refused.code not in CODE_REFUSED:
            raise


async def _ask_pay(rt: Runtime, account: MerchantAccount) -> str | None:
    """The signed answer that there is no such order; and the certificates, which only the right APIv3 key opens.

    A merchant that has no certificates (public-key mode) is sent nothing sealed before its first notification.
    """
    alone = msgspec.structs.replace(
        account, former_api_v3_key=None
    )  # a former key proves nothing of this one
    client = PayClient(rt.http, rt.config.wechat_pay_origin, alone)
    if account.public_key_id is not None:
        try:
            await client.query(new_id().hex)
        except WeChatRefused as refused:
            if refused.code != "ORDER_NOT_EXIST":
                raise
    try:
        await client.certificates()
    except WeChatRefused:
        if account.public_key_id is None:
            raise
        return "connection_works_payment_but_api_v3"
    except WeChatUnknown as unknown:
        if unknown.code == "bad_signature":
            raise WeChatUnknown("api_v3_key", unknown.message, unknown.status) from unknown
        raise
    return None


def _complete(data: shapes.PaymentInput, held: MerchantAccount | None) -> MerchantAccount:
    private_key = data.private_key or (held.private_key if held else None)
    api_v3_key = data.api_v3_key or (held.api_v3_key if held else None)
    public_key = data.public_key or (
        held.public_key if held and held.public_key_id == data.public_key_id else None
    )
    if private_key is None or (held and not data.private_key and held.serial != data.serial.upper()):
        raise ShopError(
            "key_needed", 422, field="private_key"
        )  # a certificate's number is nothing without its key
    if api_v3_key is None:
        raise ShopError("key_needed", 422, field="api_v3_key")
    if (data.public_key_id is None) != (public_key is None):
        raise ShopError("public_key_pair", 422, field="public_key")
    account = MerchantAccount(
        mchid=data.mchid,
        appid=data.appid,
        serial=data.serial.upper(),
        private_key=private_key,
        api_v3_key=api_v3_key,
        public_key_id=data.public_key_id,
        public_key=public_key,
        certificates=held.certificates if held else {},
        sub_mchid=data.sub_mchid,
    )
    try:
        MerchantSigner(account.mchid, account.serial, account.private_key)
    except (ValueError, TypeError) as fault:
        raise ShopError("private_key_unreadable", 422, field="private_key") from fault
    try:
        PlatformKeys({}, {str(account.public_key_id): public_key} if public_key else {})
    except (ValueError, TypeError) as fault:
        raise ShopError("public_key_unreadable", 422, field="public_key") from fault
    return account


def _app(kind: shapes.AppKind, held: AppRow | None, changes: list[Change]) -> shapes.AppConnection:
    if held is None:
        return shapes.AppConnection(kind)
    last = _last(changes, kind, held.appid)
    return shapes.AppConnection(
        kind,
        held.appid,
        held.secret[-SHOWN:],
        last.at if last else held.created_at,
        last.who if last else None,
    )


def _last(changes: list[Change], what: str, subject: str) -> Change | None:
    return next((one for one in changes if (one.what, one.subject) == (what, subject)), None)
