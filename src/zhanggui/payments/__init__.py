"""Payments: attempts to be paid, the one confirmation of money that came, closing what was not paid, and refunds.

`attempt.start` makes or reuses the one open attempt of an order with a provider, `combine.start` one payment for several
orders; `confirm.confirm` is the only way money is believed, whether a notification or a query brought the facts; `inbox`
keeps what was said either way; `closing` ends what was not paid (query → close at the provider → release); `cancel` and
`refund` give money back; `entities` keeps an account to one legal entity. Network calls stand between transactions, never
inside.
"""

from zhanggui.payments.entities import may_become
from zhanggui.stores.entity import ON_ENTITY

ON_ENTITY.append(may_become)
