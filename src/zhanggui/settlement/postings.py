"""What settlement writes into the ledger, as postings; pure. Amounts in fen.

A share moves from the merchant to its receiver: pending while the provider works on it, then settled and paid out of what the
provider holds. A person's share stays owed (`split.due`) until it is withdrawn; a withdrawal is pending from the request
on, and the account is strict, so that nothing is spent twice.
"""

from uuid import UUID

from zhanggui.ledger import Posting, Transfer
from zhanggui.ledger.chart import STORE_PAYABLE, clearing, platform_clearing, platform_payable, split_due
from zhanggui.ledger.rules import settle, void


def share_sent(share_id: UUID, order_id: UUID, receiver_id: UUID, amount: int, call: str) -> Posting:
    """A share was asked for at the provider in the call named so; a later call is another posting."""
    transfer = Transfer(STORE_PAYABLE, split_due(receiver_id), amount, "split")
    key = f"split/{share_id.hex}/{call}"
    return Posting(key, [transfer], phase="pending", order_id=order_id, ref_id=share_id)


def share_paid(sent: Posting, account_id: UUID) -> list[Posting]:
    """The provider paid it out of what it holds."""
    moved = sent.transfers[0]
    paid = Transfer(moved.credit, clearing(account_id), moved.amount, "split_paid")
    return [
        settle(sent, actor="platform"),
        Posting(f"{sent.key}/paid", [paid], order_id=sent.order_id, ref_id=sent.ref_id, actor="platform"),
    ]


def commission(sent: Posting, store_id: UUID, mchid: str) -> Posting:
    """The other half of a share that the platform was paid, in its own book."""
    transfer = Transfer(
        platform_clearing(mchid), platform_payable(store_id), sent.transfers[0].amount, "commission"
    )
    return Posting(
        f"{sent.key}/commission", [transfer], order_id=sent.order_id, ref_id=sent.ref_id, actor="platform"
    )


def commission_returned(return_id: UUID, order_id: UUID, store_id: UUID, mchid: str, amount: int) -> Posting:
    """The platform gave a share back before a refund."""
    transfer = Transfer(platform_payable(store_id), platform_clearing(mchid), amount, "commission_returned")
    key = f"split-return/{return_id.hex}/commission"
    return Posting(key, [transfer], order_id=order_id, ref_id=return_id, actor="platform")


def share_dropped(sent: Posting) -> Posting:
    """The provider closed or refused it."""
    return void(sent, actor="platform")


def share_credited(share_id: UUID, order_id: UUID, receiver_id: UUID, amount: int) -> Posting:
    """A person's share is owed until it is withdrawn."""
    transfer = Transfer(STORE_PAYABLE, split_due(receiver_id), amount, "split")
    return Posting(f"split/{share_id.hex}", [transfer], order_id=order_id, ref_id=share_id)


def share_returned(return_id: UUID, order_id: UUID, amount: int, account_id: UUID) -> Posting:
    """A receiver gave a share back before a refund: the provider holds it and it is the merchant's again."""
    transfer = Transfer(clearing(account_id), STORE_PAYABLE, amount, "split_returned")
    key = f"split-return/{return_id.hex}"
    return Posting(key, [transfer], order_id=order_id, ref_id=return_id, actor="platform")


def credit_taken_back(return_id: UUID, order_id: UUID, receiver_id: UUID, amount: int) -> Posting:
    """A person's share is the merchant's again, before a refund."""
    transfer = Transfer(split_due(receiver_id), STORE_PAYABLE, amount, "split_returned")
    return Posting(f"split-return/{return_id.hex}", [transfer], order_id=order_id, ref_id=return_id)


def withdrawal_asked(withdrawal_id: UUID, receiver_id: UUID, account_id: UUID, amount: int) -> Posting:
    """A person wants his balance."""
    transfer = Transfer(split_due(receiver_id), clearing(account_id), amount, "withdrawal")
    return Posting(
        f"receiver-withdrawal/{withdrawal_id.hex}",
        [transfer],
        phase="pending",
        ref_id=withdrawal_id,
        actor="buyer",
    )


def withdrawal_paid(asked: Posting) -> Posting:
    """He confirmed the transfer: the money has left the provider."""
    return settle(asked, actor="platform")


def withdrawal_dropped(asked: Posting, actor: str = "platform") -> Posting:
    """Rejected, failed or not confirmed in time: it is his balance again."""
    return void(asked, actor=actor)
