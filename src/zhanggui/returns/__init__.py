"""Returns: what happens when a buyer wants money back, sends goods back or has them exchanged after paying.

A *return* (售后单) names lines and units of one order. `apply` opens one and lets the store's rules decide it at once where
they can (`policy`, pure); `decide` is the merchant's word, `send_back`, `inspect`, `reship` the way of the goods, `appeal`
the platform operator's last word. `moves.move` is the only way its state changes; `rules` says what may be given back, to
the fen. Money goes through payments (a number for each refund), goods through inventory's journal, and every step has a
time limit whose outcome follows by itself (`limits`, `jobs`).
"""
