"""Amounts are integers in the currency's minor unit (fen for CNY); no float, no Decimal."""

from collections.abc import Sequence

MAX_AMOUNT = 10_000_000_00  # ten million yuan: no order, refund or balance change of this shop is larger


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """Share `total` (minor units, ≥ 0) over `weights` (≥ 0) by the largest-remainder method.

    The parts always sum to `total`. Ties go to the earlier weight, so the caller decides the order. With weights that
    are all zero the total is spread evenly. Raises ValueError for negative input or for nothing to share over.
    """
    if total < 0 or any(w < 0 for w in weights):
        raise ValueError("allocation needs amounts and weights that are not negative")
    if not weights:
        if total:
            raise ValueError("nothing to allocate over")
        return []
    whole = sum(weights)
    shares = list(weights) if whole else [1] * len(weights)
    whole = whole or len(weights)
    parts = [total * w // whole for w in shares]
    remainders = [total * w % whole for w in shares]
    order = sorted(range(len(shares)), key=lambda i: (-remainders[i], i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts


def amount_text(amount: int, currency: str = "CNY") -> str:
    """`123456` → `¥1234.56`; other currencies carry their code: `USD 12.00`."""
    sign, cents = ("-" if amount < 0 else ""), abs(amount)
    body = f"{sign}{cents // 100}.{cents % 100:02d}"
    return f"¥{body}" if currency == "CNY" else f"{currency} {body}"
