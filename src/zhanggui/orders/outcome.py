"""What became of a ticket."""

from typing import NamedTuple
from uuid import UUID

from zhanggui.orders.decide import Refusal
from zhanggui.orders.insert import NewOrder


class Placed(NamedTuple):
    """The orders of a ticket, in the order asked for; `again` when they stood already under the same key.

    `fresh` are the rows just written, as long as nothing has happened to them since: their pages need no reading.
    """

    order_ids: list[UUID]
    again: bool = False
    fresh: tuple[NewOrder, ...] = ()


Outcome = Placed | Refusal
