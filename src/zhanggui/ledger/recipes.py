"""What happens to money, as postings; pure. Amounts in fen.

A payment belongs to the merchant at once (`store.payable`) and is held by the provider (`provider.clearing`); the provider's
fee is owed until the provider's bill takes it. Money that nobody was to pay (late, or a second time) never becomes the
merchant's: it is the buyer's from the start.

A refund has two halves. The *claim* moves the amount from the merchant to the buyer; the *payout* from the buyer's account out
of what the provider holds. Both are pending from the request on. Success settles both and returns the fee; `abnormal` (the
buyer's card is gone) settles the claim only, so that what is still owed stays visible; closed voids what is pending and takes
the claim back.

Coupons of the provider pay a part of an order. What somebody prefunded is a subsidy: owed to the store, and paid by the provider
with the payment. What the store gives itself is a discount that nobody pays: the payment is posted in full and the discount
written off, so that what the provider holds is what it settles. How much of a refund goes back to whom the provider says at its end.
"""

from typing import Literal, NamedTuple
from uuid import UUID

from zhanggui.ledger.chart import (
    DISCOUNT,
    STORE_PAYABLE,
    SUBSIDY,
    Account,
    clearing,
    provider_fee,
    refund_due,
)
from zhanggui.ledger.rules import Kind, Posting, Transfer, settle, void

RefundState = Literal["requested", "processing", "succeeded", "abnormal", "closed"]


class Money(NamedTuple):
    """Money that came: one payment attempt of one order of this store. Coupons paid `subsidy` and `discount` of the amount."""

    attempt_id: UUID
    order_id: UUID
    customer_id: UUID
    account_id: UUID
    amount: int
    fee: int
    currency: str = "CNY"
    subsidy: int = 0
    discount: int = 0


class Back(NamedTuple):
    """A refund. `fee` is what the provider returns of its fee; `ours` is False for money that never was the merchant's.

    `subsidy` of the amount goes back to who funded a coupon and `discount` was never settled; known when it succeeds.
    """

    refund_id: UUID
    order_id: UUID
    customer_id: UUID
    account_id: UUID
    amount: int
    fee: int
    ours: bool = True
    currency: str = "CNY"
    subsidy: int = 0
    discount: int = 0


def _in(account: Account, currency: str) -> Account:
    return account if account.currency == currency else account._replace(currency=currency)


def payment(money: Money) -> Posting:
    """An order was paid."""
    return _received(money, _in(STORE_PAYABLE, money.currency), "payment")


def late_payment(money: Money) -> Posting:
    """Money for an order that cannot take it any more: it is the buyer's. The fee is the merchant's until it comes back."""
    return _received(money, _in(refund_due(money.customer_id), money.currency), "late_payment")


def payment_key(attempt_id: UUID) -> str:
    """The key that an attempt's money is posted under, whatever it was for."""
    return f"payment/{attempt_id.hex}"


def _received(money: Money, whose: Account, kind: Literal["payment", "late_payment"]) -> Posting:
    held = _in(clearing(money.account_id), money.currency)
    fees = _in(provider_fee(money.account_id), money.currency)
    payable, owed = _in(STORE_PAYABLE, money.currency), _in(SUBSIDY, money.currency)
    given = _in(DISCOUNT, money.currency)
    transfers = [Transfer(held, whose, money.amount - money.subsidy - money.discount, kind)]
    if money.subsidy:
        transfers.append(Transfer(owed, whose, money.subsidy, "subsidy"))
        transfers.append(Transfer(held, owed, money.subsidy, "subsidy_paid"))
    if money.discount:
        transfers.append(Transfer(given, whose, money.discount, kind))
        if kind == "payment":
            transfers.append(Transfer(payable, given, money.discount, "discount"))
    if money.fee:
        transfers.append(Transfer(payable, fees, money.fee, "fee"))
    return Posting(
        payment_key(money.attempt_id),
        transfers,
        order_id=money.order_id,
        ref_id=money.attempt_id,
        actor="platform",
    )


def refund_requested(back: Back, actor: str = "system") -> list[Posting]:
    """A refund was asked for: both halves are pending."""
    due = _in(refund_due(back.customer_id), back.currency)
    payout = Transfer(due, _in(clearing(back.account_id), back.currency), back.amount, "refund_paid")
    postings = [_half(back, "payout", payout, actor)]
    if back.ours:
        claim = Transfer(_in(STORE_PAYABLE, back.currency), due, back.amount, "refund")
        postings.insert(0, _half(back, "claim", claim, actor))
    return postings


def refund_moved(back: Back, before: RefundState, now: RefundState) -> list[Posting]:
    """What the provider made of a refund that was in state `before`; nothing while it is under way."""
    *claim, payout = refund_requested(back)
    open_claim = [] if before == "abnormal" else claim
    if now == "succeeded":
        return [
            *(settle(c, actor="platform") for c in open_claim),
            settle(payout, actor="platform"),
            *_coupons_returned(back),
            *_fee_returned(back),
        ]
    if now == "abnormal":
        return [settle(c, actor="platform") for c in open_claim]
    if now == "closed":
        dropped = (
            [_dropped(c) for c in claim]
            if before == "abnormal"
            else [void(c, actor="platform") for c in claim]
        )
        return [void(payout, actor="platform"), *dropped]
    return []


def _half(back: Back, name: str, transfer: Transfer, actor: str) -> Posting:
    return Posting(
        f"refund/{back.refund_id.hex}/{name}",
        [transfer],
        phase="pending",
        order_id=back.order_id,
        ref_id=back.refund_id,
        actor=actor,
    )


def _dropped(claim: Posting) -> Posting:
    """The claim of a refund that came to nothing after it had been settled."""
    back = [Transfer(t.credit, t.debit, t.amount, "refund_dropped") for t in claim.transfers]
    return claim._replace(key=f"{claim.key}/dropped", transfers=back, phase="posted", actor="platform")


def _coupons_returned(back: Back) -> list[Posting]:
    """The payout is the whole amount: what the provider did not take for it is put back, what a funder got is told apart."""
    payable, owed = _in(STORE_PAYABLE, back.currency), _in(SUBSIDY, back.currency)
    transfers: list[Transfer] = []
    if back.discount:
        whose = payable if back.ours else _in(DISCOUNT, back.currency)
        held = _in(clearing(back.account_id), back.currency)
        transfers.append(Transfer(held, whose, back.discount, "discount_returned"))
    if back.subsidy and back.ours:
        transfers.append(Transfer(owed, payable, back.subsidy, "coupon_refund"))
        transfers.append(Transfer(payable, owed, back.subsidy, "subsidy_returned"))
    if not transfers:
        return []
    key = f"refund/{back.refund_id.hex}/coupon"
    return [Posting(key, transfers, order_id=back.order_id, ref_id=back.refund_id, actor="platform")]


def _fee_returned(back: Back) -> list[Posting]:
    if not back.fee:
        return []
    fees = _in(provider_fee(back.account_id), back.currency)
    returned = Transfer(fees, _in(STORE_PAYABLE, back.currency), back.fee, "fee_returned")
    return [
        Posting(
            f"refund/{back.refund_id.hex}/fee",
            [returned],
            order_id=back.order_id,
            ref_id=back.refund_id,
            actor="platform",
        )
    ]


def fee_billed(key: str, account_id: UUID, amount: int, ref_id: UUID | None = None) -> Posting:
    """The provider took its fees (negative: gave more back than it took) out of what it holds. `amount` is not 0."""
    return _billed(f"bill/{key}", provider_fee(account_id), account_id, amount, "fee_billed", ref_id)


def drawn(key: str, account_id: UUID, amount: int, ref_id: UUID | None = None) -> Posting:
    """The merchant drew his money to his bank (negative: it came back), as the day's bill says. `amount` is not 0."""
    return _billed(f"drawn/{key}", STORE_PAYABLE, account_id, amount, "withdrawal", ref_id)


def _billed(
    key: str, debit: Account, account_id: UUID, amount: int, kind: Kind, ref_id: UUID | None
) -> Posting:
    held = clearing(account_id)
    sides = (debit, held) if amount > 0 else (held, debit)
    return Posting(key, [Transfer(*sides, abs(amount), kind)], ref_id=ref_id, actor="platform")
