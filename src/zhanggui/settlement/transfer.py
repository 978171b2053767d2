"""Making the transfer of an approved withdrawal and following it until the person confirmed it or his day is over."""

from datetime import timedelta
from uuid import UUID

from zhanggui.core.db import Row, statement
from zhanggui.core.errors import ShopError, not_found
from zhanggui.core.jobs import Later
from zhanggui.core.runtime import Runtime
from zhanggui.payments.provider import OutcomeUnknown, ProviderRefused
from zhanggui.payments.wechat_pay import translated
from zhanggui.settlement.payer import UNREACHABLE, outcome, payer_of
from zhanggui.settlement.transfer_result import TransferFact, apply, end_of
from zhanggui.wechat.sharing import TransferAnswer

LOAD = statement(
    "settlement.transfer.load",
    """
    SELECT w.id, w.receiver_id, w.customer_id, w.account_id, w.amount, w.state, w.package_info, r.account, r.appid,
      r.name_sealed
    FROM receiver_withdrawal w JOIN split_receiver r ON r.store_id = w.store_id AND r.id = w.receiver_id
    WHERE w.store_id = $1 AND w.id = $2
    """,
)
NOTE = statement(
    "settlement.transfer.note",
    "UPDATE receiver_withdrawal SET reason = $3 WHERE store_id = $1 AND id = $2 AND state = 'approved'",
)
NO_MONEY = timedelta(minutes=30)
ASK_AGAIN = timedelta(minutes=10)


async def carry_on(rt: Runtime, store_id: UUID, withdrawal_id: UUID) -> None:
    """One step: ask for the transfer, or how it stands. Raises Later until it has ended."""
    row = await rt.db.fetchrow(LOAD, store_id, withdrawal_id)
    if row is None or row["state"] not in {"approved", "waiting"}:
        return
    fact = await (_ask(rt, store_id, row) if row["state"] == "approved" else _query(rt, store_id, row))
    decision = await apply(rt, store_id, fact)
    if decision.verdict == "refused":
        raise RuntimeError(f"the provider answered about another transfer: {decision.why}")
    if end_of(fact) is None:
        raise Later(ASK_AGAIN, "the person has not confirmed it yet")


async def check(rt: Runtime, store_id: UUID, withdrawal_id: UUID, customer_id: UUID) -> None:
    """The person came back from confirming: ask the provider now. Raises 404; 503 `payment_busy`."""
    row = await rt.db.fetchrow(LOAD, store_id, withdrawal_id)
    if row is None or row["customer_id"] != customer_id:
        raise not_found("withdrawal")
    if row["state"] == "waiting":
        try:
            await apply(rt, store_id, await _query(rt, store_id, row))
        except Later as fault:
            raise ShopError("payment_busy", 503, retry_after=2) from fault


async def _ask(rt: Runtime, store_id: UUID, row: Row) -> TransferFact:
    """Raises Later when the outcome is not known or there is no money; what was refused and never seen is a failed transfer."""
    payer = await payer_of(rt, store_id, row["account_id"])
    sealed = row["name_sealed"]
    name = rt.sealer.open(sealed, "split_receiver", "name_sealed", row["receiver_id"]) if sealed else ""
    number: str = row["id"].hex
    call = payer.sharing.transfer(number, row["account"], row["amount"], name, row["appid"], payer.notify_url)
    try:
        return _fact(row, await outcome(call, lambda: payer.sharing.query_transfer(number)))
    except ProviderRefused as fault:
        if fault.code == "NOT_ENOUGH":
            await rt.db.execute(NOTE, store_id, row["id"], fault.code)
            raise Later(NO_MONEY, str(fault)) from fault
        return TransferFact(row["id"], "FAIL", "", None, None, fault.code)


async def _query(rt: Runtime, store_id: UUID, row: Row) -> TransferFact:
    payer = await payer_of(rt, store_id, row["account_id"])
    try:
        with translated():
            return _fact(row, await payer.sharing.query_transfer(row["id"].hex))
    except (OutcomeUnknown, ProviderRefused) as fault:
        raise Later(UNREACHABLE, str(fault)) from fault


def _fact(row: Row, answer: TransferAnswer) -> TransferFact:
    if answer.out_bill_no != row["id"].hex:
        raise Later(UNREACHABLE, "the provider answered about another number")
    return TransferFact(
        row["id"],
        answer.state,
        answer.transfer_bill_no,
        answer.transfer_amount,
        answer.package_info,
        answer.fail_reason,
        answer.update_time,
    )
