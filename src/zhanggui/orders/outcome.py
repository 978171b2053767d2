"""What became of a ticket."""

from typing import NamedTuple
from uuid import UUID

from zhanggui.orders.decide import Refusal


class Placed(NamedTuple):
    """The orders of a ticket, in the order asked for; `again` when they stood already under the same key."""

    order_ids: list[UUID]
    again: bool = False


Outcome = Placed | Refusal
