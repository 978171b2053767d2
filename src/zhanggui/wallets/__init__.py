"""Points of a store: what a buyer has there, and the journal it sums from.

Points are no money: a discount that the store grants, given for what was paid for goods and taken in its own shop only.
`rules` says what they are worth (pure), `post` is the one way a balance changes, `queries` reads. Who earns, spends and
loses points by an order is decided in `orders.points`.
"""

from zhanggui.wallets.post import Entry, lock, post, post_locked

__all__ = ["Entry", "lock", "post", "post_locked"]
