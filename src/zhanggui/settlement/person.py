"""What a person who receives shares sees: balances with every store, and withdrawals."""

from uuid import UUID

import msgspec

from zhanggui.core.db import Connection, statement
from zhanggui.core.errors import ShopError, not_found
from zhanggui.core.i18n import Text
from zhanggui.core.runtime import Runtime
from zhanggui.customers.queries import identity
from zhanggui.settlement.payer import payer_of
from zhanggui.settlement.policy import Policy
from zhanggui.settlement.shapes import MerchantTransfer, ShareAccount, ShareAccounts, ShareWithdrawal

MINE = statement(
    "settlement.person.mine",
    """
    SELECT r.store_id, r.id, s.slug, s.name, p.withdraw_min, p.withdraw_max, p.withdraw_daily,
      coalesce(a.credits_posted - a.debits_posted - a.debits_pending, 0) AS available,
      coalesce(a.debits_pending, 0) AS pending, coalesce(a.credits_posted, 0) AS earned
    FROM customer_identity i
    JOIN split_receiver r ON r.account = i.subject AND r.appid = i.appid AND r.payout = 'balance'
    JOIN store s ON s.store_id = r.store_id
    LEFT JOIN settlement_policy p ON p.store_id = r.store_id
    LEFT JOIN ledger_account a ON a.store_id = r.store_id AND a.code = 'split.due' AND a.owner_id = r.id
      AND a.currency = 'CNY'
    WHERE i.customer_id = $1 AND i.provider = 'wechat_mp'
      AND (r.state = 'active' OR a.credits_posted > a.debits_posted)
    ORDER BY r.id LIMIT 100
    """,
)
WITHDRAWALS = statement(
    "settlement.person.withdrawals",
    """
    SELECT w.receiver_id, w.id, w.amount, w.state, w.reason, w.created_at, w.confirm_by, w.ended_at
    FROM receiver_withdrawal w WHERE w.receiver_id = ANY($1::uuid[]) AND w.customer_id = $2
    ORDER BY w.id DESC LIMIT 100
    """,
)
RECEIVER = statement(
    "settlement.person.receiver",
    "SELECT appid FROM split_receiver WHERE store_id = $1 AND id = $2 AND payout = 'balance'",
)
OPEN = statement(
    "settlement.person.open",
    """
    SELECT account_id, package_info FROM receiver_withdrawal
    WHERE store_id = $1 AND id = $2 AND customer_id = $3
    """,
)


async def accounts(conn: Connection, customer_id: UUID) -> ShareAccounts:
    """Everything the person has with any store; two statements."""
    rows = await conn.fetch(MINE, customer_id)
    if not rows:
        return ShareAccounts([])
    of: dict[UUID, list[ShareWithdrawal]] = {}
    for row in await conn.fetch(WITHDRAWALS, [r["id"] for r in rows], customer_id):
        shown = {key: row[key] for key in ShareWithdrawal.__struct_fields__}
        of.setdefault(row["receiver_id"], []).append(msgspec.convert(shown, ShareWithdrawal))
    usual = Policy()
    return ShareAccounts(
        [
            ShareAccount(
                store_id=row["store_id"],
                store_slug=row["slug"],
                store_name=msgspec.convert(row["name"], Text),
                receiver_id=row["id"],
                available=row["available"],
                pending=row["pending"],
                earned=row["earned"],
                least=row["withdraw_min"] or usual.withdraw_min,
                most=row["withdraw_max"] or usual.withdraw_max,
                daily=row["withdraw_daily"] or usual.withdraw_daily,
                withdrawals=of.get(row["id"], []),
            )
            for row in rows
        ]
    )


async def openid_for(rt: Runtime, store_id: UUID, receiver_id: UUID, customer_id: UUID) -> str:
    """The person's openid in the application that the balance belongs to. Raises 404 for a balance that is not his."""
    appid = await rt.db.fetchval(RECEIVER, store_id, receiver_id)
    openid = await identity(rt, customer_id, "wechat_mp", appid) if appid else None
    if openid is None:
        raise not_found("receiver")
    return openid


async def to_confirm(rt: Runtime, store_id: UUID, withdrawal_id: UUID, customer_id: UUID) -> MerchantTransfer:
    """What the person's client needs to confirm it. Raises 404; 409 `withdrawal_not_ready` unless it waits for him."""
    row = await rt.db.fetchrow(OPEN, store_id, withdrawal_id, customer_id)
    if row is None:
        raise not_found("withdrawal")
    package = row["package_info"]
    if package is None:
        raise ShopError("withdrawal_not_ready", 409)
    payer = await payer_of(rt, store_id, row["account_id"])
    sandbox = rt.config.sandbox_origin
    page = f"{sandbox}/_sandbox/transfer?package={package}" if sandbox else None
    return MerchantTransfer(payer.account.mchid, payer.account.appid, package, page)
