"""Every day's bill of the provider against what is in the ledger and on the orders.

`run.run_day` fetches the trade bill and the fund-flow bill of a payment account, checks their hash, keeps their lines and compares
them, set-based, with attempts, refunds, orders and the book. What differs is classified (`missing_here`, `missing_there`,
`amount`, `state`, `fee`) and waits for somebody: `resolve.finish` asks the provider and does what was missed, `resolve.adjust`
posts the difference with who and why. A job runs it each morning (`jobs`), and one run follows another whatever became of it.
"""
