"""Settlement: who gets what of a payment besides the merchant, how it is paid out, and what the merchant is left with.

`receivers` and `rule_book` say who shares and how much; a payment that a rule concerns is frozen at the provider. When it is
paid, `plan` fixes the shares; when its order is completed, `carry_out` splits it (or credits people who withdraw later) and
unfreezes the rest; before a refund, `give_back` gets the needed part back. `withdrawals` pays people through a transfer
that they confirm; `statement` adds up a period. Every step is posted to the store's ledger by `postings`. The payer is always
the store's own payment account: money of other merchants is never collected into one.
"""
