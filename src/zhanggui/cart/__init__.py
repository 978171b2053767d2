"""Carts: what a buyer or guest means to buy, over all stores, re-priced and flagged whenever it is shown.

A guest's cart moves to the buyer at sign-in: `merge` registers itself with customers when this package is imported,
which every process does that imports the tables.
"""

from zhanggui.cart.merge import merge
from zhanggui.customers.merge import ON_MERGE

ON_MERGE.append(merge)
