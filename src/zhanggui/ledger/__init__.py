"""Where every fen is: a double-entry book for each store, append-only, with amounts that are pending and posted.

`chart` lists the accounts, `recipes` says which transfers each thing that happens to money consists of, `post` is the only
writer, `proof` shows that balances are the sums of the journal. An entry names the account debited, the account credited
and one amount, so an unbalanced one cannot be written, and the trial balance is zero whatever was posted.

The book is the last thing a transaction locks: call `post` after orders, stock and everything else.
"""

from zhanggui.ledger.chart import Account
from zhanggui.ledger.post import post
from zhanggui.ledger.rules import Posting, PostingRefused, Transfer

__all__ = ["Account", "Posting", "PostingRefused", "Transfer", "post"]
