"""The chart of accounts (会计科目); pure.

A book is kept for each store and shows the money that a licensed institution holds for it: every account belongs to the store,
a buyer, a receiver, the provider or the platform by its code, so that what is the merchant's is never mixed with what is not.

    code                 side    owner              what its balance is
    provider.clearing    debit   payment account    held by the provider for this store
    provider.fee         credit  payment account    provider's fees owed and not yet taken by it
    store.payable        credit  -                  the merchant's own money
    buyer.refund_due     credit  customer           money that is to go back to a buyer; strict
    split.due            credit  receiver           a receiver's share, not yet paid out; strict
    coupon.subsidy       debit   -                  owed to the store by who prefunded a coupon; the provider pays it at once
    coupon.discount      debit   -                  what the store's own coupons took off, until that is written off
    adjustment           credit  -                  differences that a person has settled

The platform, whose people run the marketplace, has a book of its own (PLATFORM_BOOK): what stores share with it is its money
and stands beside theirs, so that all books together are what the provider holds.

    platform.clearing    debit   merchant number    held by the provider for the platform
    platform.payable     credit  store              the platform's own money, by the store that shared it

A strict account's balance can never be on its other side (CHECK ledger_account_side_check). `store.payable` is not strict,
because a refund that the law demands must not fail when the merchant has withdrawn already.
"""

from functools import lru_cache
from hashlib import blake2b
from typing import Literal, NamedTuple
from uuid import UUID

Side = Literal["debit", "credit"]
Code = Literal[
    "provider.clearing",
    "provider.fee",
    "store.payable",
    "buyer.refund_due",
    "split.due",
    "coupon.subsidy",
    "coupon.discount",
    "adjustment",
    "platform.clearing",
    "platform.payable",
]
PLATFORM_BOOK = UUID(int=1)
"""Stands where a store's id does."""
NOBODY = UUID(int=0)


class Kind(NamedTuple):
    """The side that an account's balance is on, and whether it may never be on the other."""

    normal: Side
    strict: bool


CHART: dict[Code, Kind] = {
    "provider.clearing": Kind("debit", strict=False),
    "provider.fee": Kind("credit", strict=False),
    "store.payable": Kind("credit", strict=False),
    "buyer.refund_due": Kind("credit", strict=True),
    "split.due": Kind("credit", strict=True),
    "coupon.subsidy": Kind("debit", strict=False),
    "coupon.discount": Kind("debit", strict=False),
    "adjustment": Kind("credit", strict=False),
    "platform.clearing": Kind("debit", strict=False),
    "platform.payable": Kind("credit", strict=False),
}


class Account(NamedTuple):
    """An account of a store's book; it is opened by its first posting."""

    code: Code
    owner_id: UUID = NOBODY
    currency: str = "CNY"


@lru_cache(maxsize=50_000)
def account_id(store_id: UUID, account: Account) -> UUID:
    """The account's id, the same wherever and whenever it is asked for."""
    name = f"{store_id.hex}/{account.code}/{account.owner_id.hex}/{account.currency}"
    return UUID(bytes=blake2b(name.encode(), digest_size=16).digest())


STORE_PAYABLE = Account("store.payable")
ADJUSTMENT = Account("adjustment")
SUBSIDY = Account("coupon.subsidy")
DISCOUNT = Account("coupon.discount")


def clearing(payment_account_id: UUID) -> Account:
    """What the provider holds under a payment account."""
    return Account("provider.clearing", payment_account_id)


def provider_fee(payment_account_id: UUID) -> Account:
    """Fees that the provider has not taken yet."""
    return Account("provider.fee", payment_account_id)


def refund_due(customer_id: UUID) -> Account:
    """What is to go back to a buyer."""
    return Account("buyer.refund_due", customer_id)


def split_due(receiver_id: UUID) -> Account:
    """A profit-sharing receiver's share."""
    return Account("split.due", receiver_id)


def platform_clearing(mchid: str) -> Account:
    """What the provider holds under a merchant number of the platform (digits, which end the owner's id)."""
    return Account("platform.clearing", UUID(hex=mchid.zfill(32)))


def platform_payable(store_id: UUID) -> Account:
    """What a store has shared with the platform."""
    return Account("platform.payable", store_id)
