"""Receivers: added with their real name sealed, told to the provider where it pays them, removed."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.errors import ShopError, not_found
from zhanggui.core.idempotency import answer, claim, fingerprint
from zhanggui.core.ids import new_id
from zhanggui.core.jobs import Later, NewJob, enqueue
from zhanggui.core.runtime import Runtime
from zhanggui.payments.accounts import active_account
from zhanggui.payments.provider import OutcomeUnknown, ProviderRefused
from zhanggui.payments.wechat_pay import translated
from zhanggui.settlement.agreed import learn_daily
from zhanggui.settlement.payer import UNREACHABLE, active_payer
from zhanggui.settlement.rules import PEOPLE, RELATIONS, AccountType, Kind, Payout, masked

ADD = statement(
    "settlement.receivers.add",
    """
    INSERT INTO split_receiver (store_id, id, kind, payout, account_type, account, appid, label, name_sealed,
                                name_masked, state, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)
    ON CONFLICT (store_id, account_type, account, payout) WHERE state <> 'removed' DO NOTHING RETURNING id
    """,
)
LOAD = statement(
    "settlement.receivers.load",
    """
    SELECT id, kind, payout, account_type, account, appid, name_sealed, state FROM split_receiver
    WHERE store_id = $1 AND id = $2
    """,
)
SET_STATE = statement(
    "settlement.receivers.set_state",
    """
    UPDATE split_receiver SET state = $4, error = $5, updated_at = $6
    WHERE store_id = $1 AND id = $2 AND state = ANY($3::text[]) RETURNING id
    """,
)
RULES_OFF = statement(
    "settlement.receivers.rules_off",
    "UPDATE split_rule SET enabled = false, updated_at = $3 WHERE store_id = $1 AND receiver_id = $2 AND enabled",
)
LIVE = statement(
    "settlement.receivers.live",
    """
    SELECT id FROM split_receiver
    WHERE store_id = $1 AND account_type = $2 AND account = $3 AND payout = 'sharing' AND state <> 'removed'
    """,
)
OWED = statement(
    "settlement.receivers.owed",
    """
    SELECT EXISTS (
      SELECT FROM split_share s JOIN order_split o ON o.store_id = s.store_id AND o.id = s.split_id
      WHERE s.store_id = $1 AND s.receiver_id = $2 AND s.state IN ('planned', 'sent', 'closed')
        AND o.state IN ('held', 'due', 'stuck'))
    """,
)
STILL_OWED = timedelta(hours=6)


class NewReceiver(NamedTuple):
    """Whom to add: `account` is a mchid or an openid, `name` the real name (of a merchant: its full name)."""

    kind: Kind
    payout: Payout
    account_type: AccountType
    account: str
    label: str
    name: str


async def add(rt: Runtime, store_id: UUID, staff_id: UUID, new: NewReceiver, key: str) -> UUID:
    """Add a receiver; the same key again is the same one. One the provider pays is told to it by a job.

    Raises ShopError: 422 `person_needed` (a balance is a person's), `balance_not_for_kind`, `merchant_name_needed`; 409 `receiver_exists`,
    `payment_not_set_up`, `own_account`, `not_below_a_platform` (a balance is paid from an account of the store's own).
    """
    if new.payout == "balance" and new.account_type != "PERSONAL_OPENID":
        raise ShopError("person_needed", 422, field="account_type")
    if new.payout == "balance" and new.kind not in PEOPLE:
        raise ShopError("balance_not_for_kind", 422, field="kind")
    if new.account_type == "MERCHANT_ID" and not new.name:
        raise ShopError("merchant_name_needed", 422, field="name")
    account = await active_account(rt, store_id)
    if new.payout == "balance" and account.sub_mchid:  # its transfers would be paid by the platform
        raise ShopError("not_below_a_platform", 409, field="payout")
    if new.account in {account.mchid, account.sub_mchid}:
        raise ShopError("own_account", 409, field="account")
    appid = account.appid if new.account_type == "PERSONAL_OPENID" else ""

    async def work(conn: Connection) -> UUID:
        known = await claim(conn, store_id, staff_id, key, fingerprint("settlement.receiver", list(new)))
        if known is not None:
            return UUID(known["receiver_id"])
        receiver_id = new_id()
        sealed = rt.sealer.seal(new.name, "split_receiver", "name_sealed", receiver_id) if new.name else None
        added = await conn.fetchval(
            ADD,
            store_id,
            receiver_id,
            new.kind,
            new.payout,
            new.account_type,
            new.account,
            appid,
            new.label,
            sealed,
            masked(new.name),
            "pending" if new.payout == "sharing" else "active",
            clock.now(),
        )
        if added is None:
            raise ShopError("receiver_exists", 409, field="account")
        if new.payout == "sharing":
            await _enqueue(conn, store_id, receiver_id, "add")
        await answer(conn, store_id, staff_id, key, {"receiver_id": str(receiver_id)})
        return receiver_id

    return await in_transaction(rt.db, work)


async def remove(rt: Runtime, store_id: UUID, receiver_id: UUID) -> None:
    """No new payment is shared with him; what was planned still is, then the provider is told. Raises 404.

    Removed before, nothing changes.
    """

    async def work(conn: Connection) -> None:
        row = await conn.fetchrow(LOAD, store_id, receiver_id)
        if row is None:
            raise not_found("receiver")
        now = clock.now()
        gone = await conn.fetchval(
            SET_STATE, store_id, receiver_id, ["pending", "active", "refused"], "removed", None, now
        )
        await conn.execute(RULES_OFF, store_id, receiver_id, now)
        if gone is not None and row["payout"] == "sharing":
            key = str(receiver_id)
            await enqueue(conn, [NewJob(store_id, "settlement.unregister", key, {"receiver_id": key})])

    await in_transaction(rt.db, work)


async def try_again(rt: Runtime, store_id: UUID, receiver_id: UUID) -> None:
    """Tell the provider once more of a receiver that it refused. Raises 404, 409 `wrong_state`."""

    async def work(conn: Connection) -> None:
        if await conn.fetchrow(LOAD, store_id, receiver_id) is None:
            raise not_found("receiver")
        now = clock.now()
        if not await conn.fetchval(SET_STATE, store_id, receiver_id, ["refused"], "pending", None, now):
            raise ShopError("wrong_state", 409)
        await _enqueue(conn, store_id, receiver_id, f"{now:%Y%m%d%H%M%S%f}")

    await in_transaction(rt.db, work)


async def register(rt: Runtime, store_id: UUID, receiver_id: UUID) -> None:
    """Tell the provider of a receiver (it takes the same one again); raises Later while it cannot be reached."""
    row = await rt.db.fetchrow(LOAD, store_id, receiver_id)
    if row is None or row["state"] != "pending":
        return
    sealed = row["name_sealed"]
    name = rt.sealer.open(sealed, "split_receiver", "name_sealed", receiver_id) if sealed else ""
    kind: Kind = row["kind"]
    payer = await active_payer(rt, store_id)
    state, error = "active", None
    try:
        with translated():
            await payer.sharing.add_receiver(
                row["account_type"], row["account"], RELATIONS[kind], name, row["appid"]
            )
    except OutcomeUnknown as fault:
        raise Later(UNREACHABLE, str(fault)) from fault
    except ProviderRefused as fault:
        state, error = "refused", str(fault)[:300]
    await rt.db.fetchval(SET_STATE, store_id, receiver_id, ["pending"], state, error, clock.now())
    await learn_daily(rt, store_id)


async def unregister(rt: Runtime, store_id: UUID, receiver_id: UUID) -> None:
    """Tell the provider that a receiver was removed, once nothing is to be paid to it any more. Raises Later until then.

    An account that was added again meanwhile stays; should it have been added while it was deleted, it is registered anew.
    """
    row = await rt.db.fetchrow(LOAD, store_id, receiver_id)
    if row is None or row["state"] != "removed":
        return
    same = (store_id, row["account_type"], row["account"])
    if await rt.db.fetchval(LIVE, *same) is not None:
        return
    if await rt.db.fetchval(OWED, store_id, receiver_id):
        raise Later(STILL_OWED, "something is to be paid to it")
    payer = await active_payer(rt, store_id)
    try:
        with translated():
            await payer.sharing.delete_receiver(row["account_type"], row["account"], row["appid"])
    except OutcomeUnknown as fault:
        raise Later(UNREACHABLE, str(fault)) from fault

    async def again(conn: Connection) -> None:
        live, now = await conn.fetchval(LIVE, *same), clock.now()
        if live is not None and await conn.fetchval(
            SET_STATE, store_id, live, ["active"], "pending", None, now
        ):
            await _enqueue(conn, store_id, live, f"{now:%Y%m%d%H%M%S%f}")

    await in_transaction(rt.db, again)


async def _enqueue(conn: Connection, store_id: UUID, receiver_id: UUID, mark: str) -> None:
    payload = {"receiver_id": str(receiver_id)}
    await enqueue(conn, [NewJob(store_id, "settlement.register", f"{receiver_id}/{mark}", payload)])
