"""A person's share of sales: balances, withdrawals, confirming them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import get, post

from zhanggui.core.auth import BUYER, Buyer
from zhanggui.core.idempotency import Key
from zhanggui.core.ratelimit import Limit, take
from zhanggui.core.runtime import Runtime
from zhanggui.settlement import hooks, person, transfer, withdrawals
from zhanggui.settlement.shapes import MerchantTransfer, ShareAccounts, WithdrawalInput

assert hooks  # noqa: S101  # importing it puts settlement's functions into payments.extensions
ONE = "/stores/{store_id:uuid}/withdrawals/{withdrawal_id:uuid}"


@get("/me/shares", opt=BUYER, operation_id="my_shares")
async def my_shares(rt: Runtime, buyer: Buyer) -> ShareAccounts:
    """What the buyer has as somebody's receiver, with his withdrawals; empty for who is nobody's."""
    return await person.accounts(rt.db, buyer.id)


@post(
    "/stores/{store_id:uuid}/shares/{receiver_id:uuid}/withdrawals",
    opt=BUYER,
    operation_id="ask_withdrawal",
    status_code=201,
)
async def ask_withdrawal(
    rt: Runtime,
    buyer: Buyer,
    store_id: UUID,
    receiver_id: UUID,
    data: WithdrawalInput,
    idempotency_key: Key,
) -> ShareAccounts:
    """Ask for a withdrawal; the store's owner decides. 422 `withdrawal_amount`; 409 `balance_too_low`, `withdrawals_today`."""
    await take(rt.db, [Limit("settlement.withdraw", str(buyer.id), 20, timedelta(minutes=1))])
    openid = await person.openid_for(rt, store_id, receiver_id, buyer.id)
    ask = withdrawals.Ask(store_id, receiver_id, buyer.id, openid, data.amount)
    await withdrawals.request(rt, ask, idempotency_key)
    return await person.accounts(rt.db, buyer.id)


@post(f"{ONE}/cancel", opt=BUYER, operation_id="cancel_withdrawal", status_code=200)
async def cancel_withdrawal(rt: Runtime, buyer: Buyer, store_id: UUID, withdrawal_id: UUID) -> ShareAccounts:
    """Take a request back before anybody decided. 409 `withdrawal_decided`."""
    await withdrawals.withdraw_request(rt, store_id, withdrawal_id, buyer.id)
    return await person.accounts(rt.db, buyer.id)


@post(f"{ONE}/confirm", opt=BUYER, operation_id="confirm_withdrawal", status_code=200)
async def confirm_withdrawal(
    rt: Runtime, buyer: Buyer, store_id: UUID, withdrawal_id: UUID
) -> MerchantTransfer:
    """Arguments of `wx.requestMerchantTransfer`. 409 `withdrawal_not_ready` unless it waits for the buyer."""
    return await person.to_confirm(rt, store_id, withdrawal_id, buyer.id)


@post(f"{ONE}/check", opt=BUYER, operation_id="check_withdrawal", status_code=200)
async def check_withdrawal(rt: Runtime, buyer: Buyer, store_id: UUID, withdrawal_id: UUID) -> ShareAccounts:
    """The buyer came back from confirming: ask the provider now. 503 while it does not answer."""
    await transfer.check(rt, store_id, withdrawal_id, buyer.id)
    return await person.accounts(rt.db, buyer.id)


routes: list[Any] = [my_shares, ask_withdrawal, cancel_withdrawal, confirm_withdrawal, check_withdrawal]
