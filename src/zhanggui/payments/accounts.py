"""A store's own accounts at providers: added by people or, with the sandbox, made on demand."""

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Literal
from uuid import UUID

import msgspec

from zhanggui.core import clock
from zhanggui.core.changes import By
from zhanggui.core.crypto import Sealer
from zhanggui.core.db import Connection, Row, in_transaction, statement
from zhanggui.core.errors import ShopError, not_found
from zhanggui.core.events import LoggedEvent
from zhanggui.core.ids import new_id
from zhanggui.core.jobs import NewJob, enqueue
from zhanggui.core.runtime import Runtime
from zhanggui.payments.entities import may_collect
from zhanggui.payments.inbox import NAME
from zhanggui.payments.keys import KEYS_REPLACED, check_keys, keys_of, open_keys, replace_keys, seal_keys
from zhanggui.payments.wechat_pay import WeChatPay
from zhanggui.wechat.apps import add_app, own_appid
from zhanggui.wechat.pay_shapes import MerchantAccount

BILL_ZONE = timezone(timedelta(hours=8))  # the provider's days
KeyMode = Literal["certificate", "public_key", "both"]

RETIRE = statement(
    "payments.accounts.retire",
    "UPDATE payment_account SET active = 0 WHERE store_id = $1 AND provider = $2 AND active = 1",
)
ADD = statement(
    "payments.accounts.add",
    """
    INSERT INTO payment_account (store_id, id, provider, appid, mchid, sealed, active, created_at, sub_mchid)
    VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8)
    """,
)
ACTIVE = statement(
    "payments.accounts.active",
    """
    SELECT store_id, id, appid, mchid, sub_mchid, sealed, version, created_at FROM payment_account
    WHERE store_id = $1 AND provider = $2 AND active = 1
    """,
)
BY_ID = statement(
    "payments.accounts.by_id",
    "SELECT store_id, id, appid, mchid, sub_mchid, sealed, version FROM payment_account WHERE id = $1",
)


class Account(msgspec.Struct, frozen=True):
    """An account ready for use."""

    store_id: UUID
    id: UUID
    appid: str
    mchid: str
    sub_mchid: str | None
    version: int
    provider: WeChatPay


class _Opened:
    """The accounts that this process has opened, and the versions that it has heard of (`least`)."""

    def __init__(self) -> None:
        self.accounts: dict[UUID, Account] = {}
        self.least: dict[UUID, int] = {}


class _Merchant(msgspec.Struct):
    """What the sandbox tells of a merchant it made."""

    mchid: str
    appid: str
    app_secret: str
    serial_no: str
    private_key: str
    api_v3_key: str
    public_key_id: str
    platform_public_key: str
    platform_certificate_serial: str
    platform_certificate: str


async def add_account(
    conn: Connection, sealer: Sealer, store_id: UUID, account: MerchantAccount, by: By | None = None
) -> UUID:
    """Put a WeChat Pay account to use for new payments of the store; one it replaces still serves its old ones.

    The merchant's other accounts are given its keys too. Raises ValueError for keys that cannot be right, and 409 when the
    account collects for another legal entity (`entities.may_collect`).
    """
    check_keys(account)
    await may_collect(conn, store_id, account.mchid, account.sub_mchid)
    account_id = new_id()
    sealed = seal_keys(sealer, account_id, account)
    await conn.execute(RETIRE, store_id, NAME)
    now = clock.now()
    await conn.execute(
        ADD, store_id, account_id, NAME, account.appid, account.mchid, sealed, now, account.sub_mchid
    )
    await replace_keys(conn, sealer, account.mchid, keys_of(account), by)
    await enqueue(conn, [_first_reconciliation(store_id, account_id, now)])
    return account_id


async def keys_in_use(rt: Runtime, store_id: UUID) -> tuple[MerchantAccount, datetime] | None:
    """The keys of the account in use (never to be shown) and when it was added; None without one."""
    row = await rt.db.fetchrow(ACTIVE, store_id, NAME)
    return (open_keys(rt.sealer, row), row["created_at"]) if row else None


async def keys_now(rt: Runtime, conn: Connection, account_id: UUID) -> MerchantAccount:
    """The keys of an account as this transaction sees them. Raises 404."""
    row = await conn.fetchrow(BY_ID, account_id)
    if row is None:
        raise not_found("payment account")
    return open_keys(rt.sealer, row)


async def active_account(rt: Runtime, store_id: UUID) -> Account:
    """The account that new payments of the store go to. Raises 409 `payment_not_set_up` without one."""
    row = await rt.db.fetchrow(ACTIVE, store_id, NAME)
    if row is None:
        raise ShopError("payment_not_set_up", 409)
    return _account(rt, row)


async def account_by_id(rt: Runtime, account_id: UUID) -> Account:
    """The account of an attempt, in use or retired. Raises 404 when there is none.

    It is opened once per process, and again when its keys were replaced, which whoever follows the event log hears of.
    """
    known = _opened(rt).accounts.get(account_id)
    if known is not None and "event_follower" in rt.singletons:
        return known
    return await read_again(rt, account_id)


async def read_again(rt: Runtime, account_id: UUID) -> Account:
    """The account as it is kept now: the same object unless its keys were replaced. Raises 404."""
    row = await rt.db.fetchrow(BY_ID, account_id)
    if row is None:
        raise not_found("payment account")
    return _account(rt, row)


async def follow(rt: Runtime, events: Sequence[LoggedEvent]) -> None:
    """Forget accounts whose keys were replaced."""
    opened = _opened(rt)
    for event in events:
        if event.topic == KEYS_REPLACED:
            opened.least[event.entity_id] = event.payload["version"]
            known = opened.accounts.get(event.entity_id)
            if known is not None and known.version < event.payload["version"]:
                del opened.accounts[event.entity_id]


async def provision(rt: Runtime, store_id: UUID, *, name: str = "", mode: KeyMode = "both") -> Account:
    """The store's account with the sandbox, made there (merchant and mini-program) when the store has none.

    Every store is a merchant of its own; all share the installation's mini-program. Raises ShopError 409
    `payment_not_set_up` where no sandbox stands in for the platform.
    """
    if rt.config.sandbox_origin is None:
        raise ShopError("payment_not_set_up", 409)
    if await rt.db.fetchrow(ACTIVE, store_id, NAME):
        return await active_account(rt, store_id)
    order: dict[str, str] = {"mode": mode}
    appid = await own_appid(rt.db)
    if appid:
        order["appid"] = appid
    if name:
        order["name"] = name
    answer = await rt.http.post(f"{rt.config.sandbox_origin}/_sandbox/merchants", json=order)
    answer.raise_for_status()
    merchant = msgspec.json.decode(answer.content, type=_Merchant)

    async def work(conn: Connection) -> None:
        if appid is None:
            await add_app(conn, rt.sealer, merchant.appid, merchant.app_secret)
        await add_account(conn, rt.sealer, store_id, _as_account(merchant, mode))

    await in_transaction(rt.db, work)
    return await active_account(rt, store_id)


def _first_reconciliation(store_id: UUID, account_id: UUID, now: datetime) -> NewJob:
    """Today's bills are compared as soon as they are ready; from then on each day's job plans the next."""
    today = now.astimezone(BILL_ZONE).date().isoformat()
    payload = {"account_id": str(account_id), "date": today}
    return NewJob(store_id, "reconciliation.day", f"{account_id}/{today}", payload, now + timedelta(days=1))


def _as_account(merchant: _Merchant, mode: KeyMode) -> MerchantAccount:
    public, certificate = mode != "certificate", mode != "public_key"
    return MerchantAccount(
        mchid=merchant.mchid,
        appid=merchant.appid,
        serial=merchant.serial_no,
        private_key=merchant.private_key,
        api_v3_key=merchant.api_v3_key,
        public_key_id=merchant.public_key_id if public else None,
        public_key=merchant.platform_public_key if public else None,
        certificates={merchant.platform_certificate_serial: merchant.platform_certificate}
        if certificate
        else {},
    )


def _opened(rt: Runtime) -> _Opened:
    return rt.once("payments.accounts", _Opened)


def _account(rt: Runtime, row: Row) -> Account:
    opened, account_id, version = _opened(rt), row["id"], row["version"]
    known = opened.accounts.get(account_id)
    if known is not None and known.version >= version:
        return known
    keys = open_keys(rt.sealer, row)
    made = Account(
        row["store_id"],
        account_id,
        row["appid"],
        row["mchid"],
        row["sub_mchid"],
        version,
        WeChatPay(rt, row["store_id"], account_id, keys),
    )
    if version >= opened.least.get(account_id, 0):  # unless a newer one was heard of while this was read
        opened.accounts[account_id] = made
    return made
