"""What follows from a return's kind and reason for the goods; pure."""

from zhanggui.returns.rules import REASONS, Kind, Payer, Reason


def freight_by(kind: Kind, reason: Reason) -> Payer | None:
    """Who pays for sending the goods back; None where nothing is sent.

    Buyers do without a reason (Consumer Protection Law art. 25), sellers where they are at fault (art. 24).
    """
    return None if kind == "refund_only" else REASONS[reason].fault
