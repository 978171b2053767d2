"""The keys with which a store speaks to the platform: set by its owner, sealed, journalled, tried out; never shown again."""

from uuid import UUID

from zhanggui.core.auth import StaffMember
from zhanggui.core.changes import By, Change, latest, record
from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.errors import ShopError
from zhanggui.core.i18n import Text, both, catalogue
from zhanggui.core.ids import new_id
from zhanggui.core.runtime import Runtime
from zhanggui.payments import connection_shapes as shapes
from zhanggui.payments.accounts import add_account, keys_in_use
from zhanggui.payments.replace_keys import NewKeys, replace_keys
from zhanggui.wechat.apps import KINDS, AppRow, add_app, official_account, stored_app
from zhanggui.wechat.errors import WeChatRefused, WeChatUnknown
from zhanggui.wechat.mini_program import MiniProgram
from zhanggui.wechat.pay_shapes import MerchantAccount
from zhanggui.wechat.pay_v3 import PayClient
from zhanggui.wechat.signing import MerchantSigner, PlatformKeys

PAYMENT = "payment"
SHOWN = 4
CHANGES = 20
CODE_REFUSED = frozenset({"40029", "41008"})
"""The page's code was looked at: appid and secret were right."""

ANY_STORE_BUT = statement(
    "payments.connections.any_store_but",
    "SELECT EXISTS (SELECT FROM store WHERE store_id <> ALL($1::uuid[]))",
)

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
    return shapes.Connections(apps, await owns_all(rt, member), payment, changes)


async def owns_all(rt: Runtime, member: StaffMember) -> bool:
    """Whether somebody may write the settings of every store: the applications serve them all."""
    return not await rt.db.fetchval(ANY_STORE_BUT, _owned(member))


def _owned(member: StaffMember) -> list[UUID]:
    return [store_id for store_id, held in member.stores.items() if "settings.write" in held]


async def set_app(
    rt: Runtime, member: StaffMember, store_id: UUID, kind: shapes.AppKind, data: shapes.AppInput
) -> None:
    """Give an application its secret, in force in every process at once.

    Raises 403 `apps_shared`; 409 `app_other` for another appid than the one in use: buyers are known by it.
    """
    if not await owns_all(rt, member):
        raise ShopError("apps_shared", 403)
    for one in KINDS:
        held = await stored_app(rt, one)
        if held is not None and (held.appid == data.appid) != (one == kind):
            raise ShopError("app_other", 409, field="appid", appid=held.appid)

    async def work(conn: Connection) -> None:
        await add_app(conn, rt.sealer, data.appid, data.secret, kind)
        detail = {"ends_with": data.secret[-SHOWN:]}
        await record(conn, store_id, By(member.id, member.name), kind, data.appid, detail)

    await in_transaction(rt.db, work)


async def set_payment(rt: Runtime, member: StaffMember, store_id: UUID, data: shapes.PaymentInput) -> None:
    """Give the store its account, or its merchant other keys. Keys that cannot be right are refused now.

    Raises 403 `apps_shared` when the merchant number serves stores of others too; 422 `key_needed`,
    `private_key_unreadable`, `public_key_unreadable`, `public_key_pair`.
    """
    if await rt.db.fetchval(MERCHANT_OF_OTHERS, data.mchid, _owned(member)):
        raise ShopError("apps_shared", 403)
    held = await keys_in_use(rt, store_id)
    known = held[0] if held is not None and held[0].mchid == data.mchid else None
    account = _complete(data, known)
    same = known is not None and (known.appid, known.sub_mchid) == (account.appid, account.sub_mchid)

    async def work(conn: Connection) -> None:
        if not same:
            await add_account(conn, rt.sealer, store_id, account)
        public = (account.public_key_id, account.public_key) if data.public_key else (None, None)
        private = (account.serial, account.private_key) if data.private_key else (None, None)
        await replace_keys(conn, rt.sealer, account.mchid, NewKeys(*private, data.api_v3_key, *public))
        detail = {"ends_with": account.api_v3_key[-SHOWN:], "serial": account.serial}
        await record(conn, store_id, By(member.id, member.name), PAYMENT, account.mchid, detail)

    await in_transaction(rt.db, work)


async def try_out(rt: Runtime, store_id: UUID, which: shapes.Connection) -> shapes.Tested:
    """Ask the platform something harmless with the keys in use, and say what its answer means.

    Raises 409 `payment_not_set_up`, `official_account_not_set_up`, 503 `wechat_not_set_up`.
    """
    try:
        if which == PAYMENT:
            await _ask_pay(rt, store_id)
        elif which == "official_account":
            await _ask_official(rt)
        else:
            held = await stored_app(rt, "mini_program")
            if held is None:
                raise ShopError("wechat_not_set_up", 503)
            await MiniProgram(rt.http, rt.config.wechat_api_origin, held.appid, held.secret).access_token()
    except WeChatRefused as refused:
        code = f"connection_{refused.code}"
        text = both(code) if code in catalogue() else both("connection_refused", said=refused.code)
        return shapes.Tested(False, refused.code, text)
    except WeChatUnknown as unknown:
        return shapes.Tested(False, unknown.code, _no_answer(unknown))
    return shapes.Tested(True, None, both(f"connection_works_{which}"))


async def _ask_pay(rt: Runtime, store_id: UUID) -> None:
    held = await keys_in_use(rt, store_id)
    if held is None:
        raise ShopError("payment_not_set_up", 409)
    try:
        await PayClient(rt.http, rt.config.wechat_pay_origin, held[0]).query(new_id().hex)
    except WeChatRefused as refused:
        if refused.code != "ORDER_NOT_EXIST":  # the signed answer that there is no such order is what we want
            raise


async def _ask_official(rt: Runtime) -> None:
    try:
        await (await official_account(rt)).openid_of("is-the-secret-right")
    except WeChatRefused as refused:
        if refused.code not in CODE_REFUSED:
            raise


def _no_answer(unknown: WeChatUnknown) -> Text:
    return both("connection_signature" if unknown.code == "bad_signature" else "connection_no_answer")


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
