"""The store's own payment account as the payer of shares and transfers."""

from typing import NamedTuple
from uuid import UUID

from zhanggui.core.errors import ShopError
from zhanggui.core.runtime import Runtime
from zhanggui.payments.accounts import Account, account_by_id, active_account
from zhanggui.wechat.sharing import SharingClient


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
    return Payer(
        account, account.sub_mchid or account.mchid, SharingClient(provider.client), provider.notify_url
    )
