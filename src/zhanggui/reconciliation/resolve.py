"""Settling a difference: by asking the provider and doing what was missed, or by posting it with who and why."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from uuid import UUID

import msgspec

from zhanggui import ledger
from zhanggui.core import clock
from zhanggui.core.db import Connection, Row, in_transaction, statement
from zhanggui.core.errors import ShopError, not_found
from zhanggui.core.idempotency import answer, claim, fingerprint
from zhanggui.core.jobs import Later
from zhanggui.core.runtime import Runtime
from zhanggui.ledger import Posting
from zhanggui.payments.foreign_refund import find_foreign
from zhanggui.payments.provider import OutcomeUnknown, ProviderRefused
from zhanggui.payments.records import load_attempt
from zhanggui.payments.refund import carry_out, load_refund
from zhanggui.payments.refund_result import apply_refund
from zhanggui.payments.settle import ask
from zhanggui.reconciliation.rules import Difference, Subject, can_finish, settlement
from zhanggui.settlement import transfer
from zhanggui.settlement.carry_out import carry_out as carry_out_split
from zhanggui.settlement.listing import read_withdrawal
from zhanggui.settlement.records import load_shares

COLUMNS = """
    id, account_id, bill_date, subject, number, kind, order_id, ref_id, ours, theirs, our_fee, their_fee, our_state,
    their_state, status
"""
LOAD = statement(
    "reconciliation.resolve.load",
    f"SELECT {COLUMNS} FROM bill_difference WHERE store_id = $1 AND id = $2",  # noqa: S608  # constant
)
LOCK = statement(
    "reconciliation.resolve.lock",
    f"SELECT {COLUMNS} FROM bill_difference WHERE store_id = $1 AND id = $2 FOR UPDATE",  # noqa: S608  # constant
)
RESOLVE = statement(
    "reconciliation.resolve.done",
    """
    UPDATE bill_difference SET status = $3, resolved_at = $4, resolved_by = $5, reason = $6
    WHERE store_id = $1 AND id = $2 AND status = 'open'
    """,
)


class By(msgspec.Struct, frozen=True):
    """Who settles a difference."""

    staff_id: UUID
    name: str


async def finish(rt: Runtime, store_id: UUID, difference_id: UUID, by: By) -> None:
    """Ask the provider about what was missed and do it: confirm a payment (or refund it when it came too late), bring a
    refund, a split or a transfer to the state it has there, or book a refund that was made there by hand.

    Raises 404; 409 `difference_settled`, `difference_not_finishable` (unknown here, or not of that kind),
    `difference_not_confirmed` (the provider does not say what its bill says); 503 `payment_busy`.
    """
    row = await rt.db.fetchrow(LOAD, store_id, difference_id)
    found = _open(row)
    if row is None or not can_finish(found):
        raise ShopError("difference_not_finishable", 409)
    try:
        if found.ref_id is None:
            done = await find_foreign(rt, store_id, row["account_id"], found.number)
        else:
            done = await FINDERS[found.subject](rt, store_id, found.ref_id)
    except (OutcomeUnknown, ProviderRefused) as fault:
        raise ShopError("payment_busy", 503, retry_after=2) from fault
    if not done:
        raise ShopError("difference_not_confirmed", 409)
    await rt.db.execute(RESOLVE, store_id, difference_id, "finished", clock.now(), by.name, None)


async def adjust(rt: Runtime, store_id: UUID, difference_id: UUID, by: By, reason: str, key: str) -> None:
    """Post what brings the book to the provider's figure, with who and why; once for a difference.

    An order whose own row differs has nothing to post: it is marked with the reason. Raises 404, 409 `difference_settled`.
    """
    print_ = fingerprint("reconciliation.adjust", [difference_id, reason])

    async def work(conn: Connection) -> None:
        if await claim(conn, store_id, by.staff_id, key, print_) is not None:
            return
        row = await conn.fetchrow(LOCK, store_id, difference_id)
        found = _open(row)
        await conn.execute(RESOLVE, store_id, difference_id, "adjusted", clock.now(), by.name, reason)
        await answer(conn, store_id, by.staff_id, key, {"adjusted": True})
        transfers = settlement(found, row["account_id"]) if row is not None else []
        if transfers:
            posting = Posting(
                f"adjustment/{difference_id.hex}",
                transfers,
                order_id=found.order_id,
                ref_id=difference_id,
                actor="merchant",
                actor_name=by.name,
                reason=reason,
            )
            await ledger.post(conn, store_id, [posting])

    await in_transaction(rt.db, work)


def _open(row: Row | None) -> Difference:
    if row is None:
        raise not_found("difference")
    if row["status"] != "open":
        raise ShopError("difference_settled", 409)
    return msgspec.convert({name: row[name] for name in Difference.__struct_fields__}, Difference)


async def _find_payment(rt: Runtime, store_id: UUID, attempt_id: UUID) -> bool:
    attempt = await ask(rt, await load_attempt(rt.db, store_id, attempt_id))
    return attempt.status == "succeeded"


async def _find_refund(rt: Runtime, store_id: UUID, refund_id: UUID) -> bool:
    row = await load_refund(rt.db, store_id, refund_id)
    fact = await carry_out(rt, row) if row is not None else None
    if fact is None:
        return False
    await apply_refund(rt, store_id, fact)
    now = await load_refund(rt.db, store_id, refund_id)
    return now is not None and now["status"] == "succeeded"


async def _find_split(rt: Runtime, store_id: UUID, split_id: UUID) -> bool:
    with suppress(Later):  # the rest may still have to be unfrozen: its job goes on with that
        await carry_out_split(rt, store_id, split_id)
    return all(share.state != "sent" for share in await load_shares(rt.db, store_id, split_id))


async def _find_transfer(rt: Runtime, store_id: UUID, withdrawal_id: UUID) -> bool:
    with suppress(Later):
        await transfer.carry_on(rt, store_id, withdrawal_id)
    return (await read_withdrawal(rt, store_id, withdrawal_id)).state == "paid"


FINDERS: dict[Subject, Callable[[Runtime, UUID, UUID], Awaitable[bool]]] = {
    "payment": _find_payment,
    "refund": _find_refund,
    "split": _find_split,
    "transfer": _find_transfer,
}
