"""Inventory: balances, the journal they sum from, and reservations.

Every function takes a connection inside the caller's transaction and a list, and locks the balances it touches in SKU
order before it writes. `reserve` promises units to a holder (an order), `release` gives them back, `consume` deducts
them at payment, `restock` takes goods back, `adjust` corrects counts, `set_sold_out` takes items off sale for a while.
Units are sold from the store's main location, whose id is the store's own; `locations` knows the others.
"""

from zhanggui.catalog.save_product import ON_INITIAL_STOCK
from zhanggui.inventory.corrections import (
    Adjustment,
    Restocked,
    adjust,
    receive_initial,
    restock,
    set_sold_out,
)
from zhanggui.inventory.locations import use_locations
from zhanggui.inventory.queries import Availability, availability
from zhanggui.inventory.reservations import consume, release, reserve
from zhanggui.inventory.rules import Shortage, Want

__all__ = [
    "Adjustment",
    "Availability",
    "Restocked",
    "Shortage",
    "Want",
    "adjust",
    "availability",
    "consume",
    "receive_initial",
    "release",
    "reserve",
    "restock",
    "set_sold_out",
    "use_locations",
]

# The catalogue lies below and cannot call up: new SKUs bring their first stock through its registry. Every process that
# imports the tables (server, worker, commands) passes here.
ON_INITIAL_STOCK.append(receive_initial)
