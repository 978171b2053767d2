"""The greatest part of a payment that the provider lets the store share: read from it, and kept beside the store's own figure."""

from datetime import timedelta
from uuid import UUID

import structlog

from zhanggui.core import clock
from zhanggui.core.db import statement
from zhanggui.core.errors import ShopError
from zhanggui.core.jobs import NewJob, enqueue
from zhanggui.core.runtime import Runtime
from zhanggui.payments.provider import OutcomeUnknown, ProviderRefused
from zhanggui.payments.wechat_pay import translated
from zhanggui.settlement.payer import active_payer

log = structlog.get_logger()
KIND = "settlement.agreed"
SHARES = statement(
    "settlement.agreed.shares",
    """
    SELECT EXISTS (SELECT FROM split_receiver
                   WHERE store_id = $1 AND payout = 'sharing' AND state IN ('pending', 'active'))
    """,
)
KEEP = statement(
    "settlement.agreed.keep",
    """
    INSERT INTO settlement_policy (store_id, agreed_ratio, agreed_at, updated_at) VALUES ($1, $2, $3, $3)
    ON CONFLICT (store_id) DO UPDATE SET agreed_ratio = $2, agreed_at = $3
    """,
)


async def learn(rt: Runtime, store_id: UUID) -> None:
    """Ask the provider and keep what it says; what it said before stays when it does not say (not every merchant is told)."""
    try:
        payer = await active_payer(rt, store_id)
        with translated():
            ratio = await payer.sharing.maximum_ratio()
    except (OutcomeUnknown, ProviderRefused, ShopError) as fault:
        log.info("maximum_ratio_not_told", store=str(store_id), why=str(fault))
        return
    await rt.db.execute(KEEP, store_id, ratio, clock.now())


async def learn_daily(rt: Runtime, store_id: UUID) -> None:
    """Ask today and again tomorrow, as long as the store shares anything through the provider."""
    if not await rt.db.fetchval(SHARES, store_id):
        return
    await learn(rt, store_id)
    await enqueue(rt.db, [tomorrow(store_id)])


def tomorrow(store_id: UUID) -> NewJob:
    """The next day's question; one a day, whoever plans it."""
    due = clock.now() + timedelta(days=1)
    return NewJob(store_id, KIND, f"{due:%Y-%m-%d}", {}, due)
