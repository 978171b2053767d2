"""One account collects for one legal entity: money of other merchants never comes into it (二清).

The account is the number that collects: the sub_mchid below a platform, else the mchid. It collects for a store while it is
the one in use there, or while something of the store can still be paid into it.
"""

from uuid import UUID

from zhanggui.core.db import Connection, statement
from zhanggui.core.errors import ShopError

# Accounts and entities change rarely: one at a time, so that two changes cannot each miss the other.
LOCK = statement(
    "payments.entities.lock", "SELECT pg_advisory_xact_lock(hashtextextended('payment_account.entity', 0))"
)
OWN = statement("payments.entities.own", "SELECT settings #>> '{entity,code}' FROM store WHERE store_id = $1")
OTHERS = statement(
    "payments.entities.others",
    """
    WITH collecting AS (
        SELECT a.store_id, coalesce(a.sub_mchid, a.mchid) AS number FROM payment_account a
        WHERE a.active = 1 OR EXISTS (
            SELECT FROM payment_attempt p
            WHERE p.store_id = a.store_id AND p.account_id = a.id AND p.status IN ('created', 'pending')
        )
    )
    SELECT DISTINCT s.settings #>> '{entity,code}' AS code FROM collecting c JOIN store s USING (store_id)
    WHERE c.store_id <> $1
      AND c.number = ANY (SELECT $2::text UNION ALL SELECT o.number FROM collecting o WHERE o.store_id = $1 AND $2 IS NULL)
    """,
)


async def may_collect(conn: Connection, store_id: UUID, mchid: str, sub_mchid: str | None) -> None:
    """Whether the account may collect for this store too; nobody changes that before the transaction ends.

    Raises 409 `account_of_other_entity`; `entity_needed` when another store has it and one of the two names no entity.
    """
    await conn.execute(LOCK)
    own = await conn.fetchval(OWN, store_id)
    codes = [row["code"] for row in await conn.fetch(OTHERS, store_id, sub_mchid or mchid)]
    if not codes:
        return
    if own is None or None in codes:
        raise ShopError("entity_needed", 409)
    if any(code != own for code in codes):
        raise ShopError("account_of_other_entity", 409)


APPLIED = statement(
    "payments.entities.applied",
    """
    SELECT EXISTS (
        SELECT FROM merchant_applyment WHERE store_id = $1 AND entity IS DISTINCT FROM $2
          AND state IN ('submitting', 'checking', 'account_need_verify', 'auditing', 'need_sign', 'frozen'))
    """,
)


async def may_become(conn: Connection, store_id: UUID, code: str | None) -> None:
    """Whether the store may be of this entity: not while its account collects for stores of another one.

    Raises 409 `entity_shares_account`; `entity_applied_for` while another one's application is with the platform.
    """
    await conn.execute(LOCK)
    if await conn.fetchval(APPLIED, store_id, code):
        raise ShopError("entity_applied_for", 409, field="entity.code")
    codes = [row["code"] for row in await conn.fetch(OTHERS, store_id, None)]
    if any(other is not None and other != code for other in codes):
        raise ShopError("entity_shares_account", 409, field="entity.code")
