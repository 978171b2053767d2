"""Rules: saved, switched off, and tried on an order that nobody placed."""

from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, Row, in_transaction, statement
from zhanggui.core.errors import ShopError, not_found
from zhanggui.core.idempotency import Asked, answer, claim, fingerprint, is_new
from zhanggui.core.ids import new_id
from zhanggui.core.runtime import Runtime
from zhanggui.settlement.agreed import learn
from zhanggui.settlement.plan import RULES
from zhanggui.settlement.policy import load_policy
from zhanggui.settlement.rules import WHOLE, Line, Rule, percent, plan
from zhanggui.settlement.shapes import Preview, PreviewInput, PreviewShare, RuleInput

RECEIVER = statement(
    "settlement.rule_book.receiver",
    "SELECT state FROM split_receiver WHERE store_id = $1 AND id = $2 FOR SHARE",
)
PRODUCT = statement(
    "settlement.rule_book.product", "SELECT EXISTS (SELECT FROM product WHERE store_id = $1 AND id = $2)"
)
SAVE = statement(
    "settlement.rule_book.save",
    """
    INSERT INTO split_rule (store_id, id, receiver_id, product_id, ratio, amount, priority, active_from, active_to,
                            enabled, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
    ON CONFLICT (store_id, id) DO UPDATE SET receiver_id = $3, product_id = $4, ratio = $5, amount = $6,
      priority = $7, active_from = $8, active_to = $9, enabled = $10, updated_at = $11
    """,
)
EXISTS = statement(
    "settlement.rule_book.exists", "SELECT id FROM split_rule WHERE store_id = $1 AND id = $2 FOR UPDATE"
)
REMOVE = statement(
    "settlement.rule_book.remove", "DELETE FROM split_rule WHERE store_id = $1 AND id = $2 RETURNING id"
)
RATIOS = statement(
    "settlement.rule_book.ratios",
    """
    SELECT product_id, sum(ratio)::integer AS ratio FROM split_rule
    WHERE store_id = $1 AND enabled AND ratio IS NOT NULL AND (active_to IS NULL OR active_to > $2)
    GROUP BY product_id
    """,
)
LABELS = statement("settlement.rule_book.labels", "SELECT id, label FROM split_receiver WHERE store_id = $1")
LOCK_STORE = statement(
    "settlement.rule_book.lock",
    "SELECT pg_advisory_xact_lock(hashtextextended('split_rule/' || $1::text, 0))",
)


async def add_rule(rt: Runtime, store_id: UUID, staff_id: UUID, body: RuleInput, key: str) -> UUID:
    """A new rule for payments from now on; the same key again is the same one.

    Raises ShopError 404 for a receiver or product that is not there; 422 `rule_basis`, `rule_window`,
    `ratio_over_maximum` (with what is agreed).
    """

    asked = Asked(store_id, staff_id, key, fingerprint("settlement.rule", body))

    async def work(conn: Connection) -> UUID:
        known = await claim(conn, *asked)
        if known is not None:
            return UUID(known["rule_id"])
        rule_id = new_id()
        await _save(conn, store_id, rule_id, body)
        await answer(conn, store_id, staff_id, key, {"rule_id": str(rule_id)})
        return rule_id

    if await is_new(rt.db, asked):
        await learn(rt, store_id)
    return await in_transaction(rt.db, work)


async def change_rule(rt: Runtime, store_id: UUID, rule_id: UUID, body: RuleInput) -> None:
    """Replace a rule; what was planned stays as it was planned. Raises as `add_rule`, 404."""

    async def work(conn: Connection) -> None:
        if await conn.fetchval(EXISTS, store_id, rule_id) is None:
            raise not_found("rule")
        await _save(conn, store_id, rule_id, body)

    await learn(rt, store_id)
    await in_transaction(rt.db, work)


async def remove_rule(rt: Runtime, store_id: UUID, rule_id: UUID) -> None:
    """Raises 404."""
    if await rt.db.fetchval(REMOVE, store_id, rule_id) is None:
        raise not_found("rule")


async def preview(rt: Runtime, store_id: UUID, body: PreviewInput) -> Preview:
    """What an order paid now would give to whom."""
    policy = await load_policy(rt.db, store_id)
    rows = await rt.db.fetch(RULES, store_id, clock.now(), True)
    rules = [Rule(*row) for row in rows]
    lines = [Line(body.product_id, body.amount, 1)] if body.product_id else []
    labels = {row["id"]: row["label"] for row in await rt.db.fetch(LABELS, store_id)}
    shares = plan(body.amount, lines, rules, policy.most)
    unlimited = sum(s.amount for s in plan(body.amount, lines, rules, WHOLE))
    total = sum(s.amount for s in shares)
    return Preview(
        amount=body.amount,
        shares=[PreviewShare(s.receiver_id, labels[s.receiver_id], s.payout, s.amount) for s in shares],
        merchant=body.amount - total,
        most=body.amount * policy.most // WHOLE,
        capped=unlimited > total,
    )


async def _save(conn: Connection, store_id: UUID, rule_id: UUID, body: RuleInput) -> None:
    if (body.ratio is None) == (body.amount is None):
        raise ShopError("rule_basis", 422, field="ratio")
    if body.active_from and body.active_to and body.active_to <= body.active_from:
        raise ShopError("rule_window", 422, field="active_to")
    await conn.fetchval(
        LOCK_STORE, str(store_id)
    )  # so that two rules at once cannot pass the maximum together
    receiver: Row | None = await conn.fetchrow(RECEIVER, store_id, body.receiver_id)
    if receiver is None or receiver["state"] == "removed":
        raise not_found("receiver", "receiver_id")
    if body.product_id is not None and not await conn.fetchval(PRODUCT, store_id, body.product_id):
        raise not_found("product", "product_id")
    now = clock.now()
    await conn.execute(
        SAVE,
        store_id,
        rule_id,
        body.receiver_id,
        body.product_id,
        body.ratio,
        body.amount,
        body.priority,
        body.active_from,
        body.active_to,
        body.enabled,
        now,
    )
    await _within_maximum(conn, store_id)


async def _within_maximum(conn: Connection, store_id: UUID) -> None:
    """The whole payment's ratios and those of the dearest product together stay within what was agreed."""
    most, sum_ = (await load_policy(conn, store_id)).most, await together(conn, store_id)
    if sum_ > most:
        raise ShopError(
            "ratio_over_maximum",
            422,
            field="ratio",
            data={"most": most, "together": sum_},
            most=percent(most),
            together=percent(sum_),
        )


async def together(conn: Connection, store_id: UUID) -> int:
    """Ten-thousandths of a payment that rules in force share at most: of the whole, and of the dearest product."""
    sums = {row["product_id"]: row["ratio"] for row in await conn.fetch(RATIOS, store_id, clock.now())}
    return sums.pop(None, 0) + max(sums.values(), default=0)
