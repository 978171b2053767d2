"""Promotions: flash sales (秒杀).

A sale sets units of its SKUs aside from ordinary stock when it is scheduled; `flash_item` counts where they are: free, held
by places, in orders, returned to stock. `reserve` gives places to buyers, many in one transaction that touches one row a
SKU; `redeem` turns a place into a part of an order while it is placed, `give_back` takes it back when the order is cancelled,
`expire` frees places nobody redeemed and ends sales. Locks are taken in this order: sale, stock, places,
items.
"""

from zhanggui.promotions.give_back import give_back
from zhanggui.promotions.redeem import Redeemed, load_hold, lock_holds, redeem
from zhanggui.promotions.rules import FlashHold

__all__ = ["FlashHold", "Redeemed", "give_back", "load_hold", "lock_holds", "redeem"]
