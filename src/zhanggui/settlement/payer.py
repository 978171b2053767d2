"""The store's own payment account as the payer of shares and transfers."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import NamedTuple, TypeVar
from uuid import UUID

from zhanggui.core.errors import ShopError
from zhanggui.core.jobs import Later
from zhanggui.core.runtime import Runtime
from zhanggui.payments.accounts import Account, account_by_id, active_account
from zhanggui.payments.provider import OutcomeUnknown, ProviderRefused
from zhanggui.payments.wechat_pay import translated
from zhanggui.wechat.sharing import SharingClient

T = TypeVar("T")
UNREACHABLE = timedelta(seconds=30)
NEVER_SEEN = frozenset({"NOT_FOUND", "RESOURCE_NOT_EXISTS"})


class Payer(NamedTuple):
    """An account with what it can do here."""

    account: Account
    mchid: str
    sharing: SharingClient
    notify_url: str


async def payer_of(rt: Runtime, store_id: UUID, account_id: UUID) -> Payer:
    """The payer of a payment: the account that took it. Raises 404 for an account of another store."""
    return _payer(await account_by_id(rt, account_id), store_id)


async def active_payer(rt: Runtime, store_id: UUID) -> Payer:
    """The account in use. Raises 409 `payment_not_set_up` without one."""
    return _payer(await active_account(rt, store_id), store_id)


def _payer(account: Account, store_id: UUID) -> Payer:
    if account.store_id != store_id:  # the money of one merchant never pays for another
        raise ShopError("payment_not_set_up", 409)
    provider = account.provider
    return Payer(account, account.sub_mchid or account.mchid, provider.sharing, provider.notify_url)


async def outcome(call: Awaitable[T], look: Callable[[], Awaitable[T]]) -> T:
    """What came of a call: its answer, or after an unknown outcome or a refusal what the provider has under its number.

    A refusal is not the last word: what was accepted before is refused too when it is repeated with anything else (the
    address for news has changed, say). Raises ProviderRefused for what was refused and never seen, Later for what may be
    sent again under the same number.
    """
    try:
        with translated():
            return await call
    except (OutcomeUnknown, ProviderRefused) as fault:
        why = fault
    try:
        with translated():
            return await look()
    except OutcomeUnknown as fault:
        raise Later(UNREACHABLE, str(why)) from fault
    except ProviderRefused as fault:
        if isinstance(why, ProviderRefused) and fault.code in NEVER_SEEN:
            raise why from fault
        raise Later(UNREACHABLE, str(why)) from fault
