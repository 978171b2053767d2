"""Large made-up catalogues and order histories, for trying out and measuring a shop of any size.

`catalogue` makes goods out of the word lists in `words`, `history` makes orders with a plausible skew, `write` puts both into
the database with COPY. The same seed and day give the same rows, ids included.
"""
