"""Orders: placing them, their states, their timeline, and the pages and lists of both sides.

`place` decides a batch of orders of one store in one transaction. `moves.move` is the only way an order changes its
state: a compare-and-set that writes the timeline and the event. Payments and fulfillment call `paid`, `cancel` and
`progress` for what they do to an order.
"""

from zhanggui.orders.moves import move
from zhanggui.orders.queries import OrderRecord, load_order
from zhanggui.orders.rules import MOVES, Actor
from zhanggui.orders.timeline import TimelineEntry, append_timeline

__all__ = ["MOVES", "Actor", "OrderRecord", "TimelineEntry", "append_timeline", "load_order", "move"]
