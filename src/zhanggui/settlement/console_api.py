"""Settlement in the console: receivers, rules, splits, withdrawals, statements."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, delete, get, post, put
from litestar.params import QueryParameter

from zhanggui.core.auth import StaffMember, staff
from zhanggui.core.errors import ShopError
from zhanggui.core.http import Page
from zhanggui.core.i18n import Locale
from zhanggui.core.idempotency import Key
from zhanggui.core.runtime import Runtime
from zhanggui.settlement import (
    agreed,
    buyers,
    desk,
    give_back,
    hooks,
    listing,
    receivers,
    rule_book,
    shapes,
    withdrawals,
)
from zhanggui.settlement.policy import Policy, load_policy, save_policy
from zhanggui.settlement.rules import SplitState, WithdrawalState, percent
from zhanggui.settlement.sheet import sheet
from zhanggui.settlement.statement import period, statement

assert hooks  # noqa: S101  # importing it puts settlement's functions into payments.extensions
READ, WRITE = staff("money.read"), staff("money.write")
BASE = "/stores/{store_id:uuid}/settlement"
RECEIVER = f"{BASE}/receivers/{{receiver_id:uuid}}"
RULE = f"{BASE}/rules/{{rule_id:uuid}}"
SPLIT = f"{BASE}/splits/{{split_id:uuid}}"
WITHDRAWAL = f"{BASE}/withdrawals/{{withdrawal_id:uuid}}"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Search = Annotated[str, QueryParameter(max_length=40)]
Cursor = Annotated[str | None, QueryParameter(max_length=200)]
# `state` itself is a name that Litestar keeps for its own.
OfSplit = Annotated[SplitState | None, QueryParameter(name="state")]
OfWithdrawal = Annotated[WithdrawalState | None, QueryParameter(name="state")]
From = Annotated[date, QueryParameter(name="from")]


@get(f"{BASE}/policy", opt=READ, operation_id="settlement_policy")
async def read_policy(rt: Runtime, store_id: UUID) -> Policy:
    """What the store agreed with the provider, and how it pays people."""
    return await load_policy(rt.db, store_id)


@put(f"{BASE}/policy", opt=WRITE, operation_id="save_settlement_policy")
async def change_policy(rt: Runtime, store_id: UUID, data: shapes.PolicyBody) -> Policy:
    """Keep it; what was planned stays as it was planned.

    422 `withdrawal_amount` when the limits contradict each other, `ratio_over_agreed` above what the provider allows.
    """
    if data.withdraw_max < data.withdraw_min:
        raise ShopError("withdrawal_amount", 422, field="withdraw_max")
    await agreed.learn(rt, store_id)
    most = (await load_policy(rt.db, store_id)).agreed_ratio
    if most is not None and data.max_ratio > most:
        raise ShopError("ratio_over_agreed", 422, field="max_ratio", data={"most": most}, most=percent(most))
    await save_policy(rt.db, store_id, msgspec.convert(msgspec.structs.asdict(data), Policy))
    return await load_policy(rt.db, store_id)


@get(f"{BASE}/buyers", opt=WRITE, operation_id="find_split_buyers")
async def find_buyers(rt: Runtime, store_id: UUID, q: Search = "") -> shapes.StoreBuyers:
    """Buyers who may become receivers: by phone or order number, or the recent ones. 409 `payment_not_set_up`."""
    return shapes.StoreBuyers(await buyers.find(rt, store_id, q.strip()))


@get(f"{BASE}/receivers", opt=READ, operation_id="split_receivers")
async def list_receivers(rt: Runtime, store_id: UUID) -> shapes.Receivers:
    """All receivers with what is owed to each."""
    return await listing.list_receivers(rt, store_id)


@post(f"{BASE}/receivers", opt=WRITE, operation_id="add_split_receiver", status_code=201)
async def add_receiver(
    rt: Runtime, member: StaffMember, store_id: UUID, data: shapes.ReceiverInput, idempotency_key: Key
) -> shapes.Receivers:
    """Add a receiver; one that the provider pays is told to it at once and shows how that went.

    422 `account_or_buyer` unless there is exactly one of them; 404 for who never bought here, 409 `buyer_unknown_there`.
    """
    person = data.account_type == "PERSONAL_OPENID"
    if (data.account is None) == (data.customer_id is None) or (data.customer_id and not person):
        raise ShopError("account_or_buyer", 422, field="account")
    account = data.account or ""
    if data.customer_id is not None:
        account = await buyers.openid_of(rt, store_id, data.customer_id)
    new = receivers.NewReceiver(
        data.kind, data.payout, data.account_type, account, data.label, data.name.strip()
    )
    await receivers.add(rt, store_id, member.id, new, idempotency_key)
    return await listing.list_receivers(rt, store_id)


@delete(RECEIVER, opt=WRITE, operation_id="remove_split_receiver", status_code=200)
async def remove_receiver(rt: Runtime, store_id: UUID, receiver_id: UUID) -> shapes.Receivers:
    """No new payment is shared with it, its rules go off; what was planned is still paid."""
    await receivers.remove(rt, store_id, receiver_id)
    return await listing.list_receivers(rt, store_id)


@post(f"{RECEIVER}/retry", opt=WRITE, operation_id="retry_split_receiver", status_code=200)
async def retry_receiver(rt: Runtime, store_id: UUID, receiver_id: UUID) -> shapes.Receivers:
    """Tell the provider once more of a receiver that it refused. 409 `wrong_state`."""
    await receivers.try_again(rt, store_id, receiver_id)
    return await listing.list_receivers(rt, store_id)


@get(f"{BASE}/rules", opt=READ, operation_id="split_rules")
async def list_rules(rt: Runtime, store_id: UUID) -> shapes.SplitRules:
    """All rules, first by priority."""
    policy = await load_policy(rt.db, store_id)
    return shapes.SplitRules(
        await listing.list_rules(rt, store_id),
        policy.most,
        await rule_book.together(rt.db, store_id),
        policy.frozen_days,
        await listing.beyond_freeze(rt, store_id, policy.frozen_days),
    )


@post(f"{BASE}/rules", opt=WRITE, operation_id="add_split_rule", status_code=201)
async def add_rule(
    rt: Runtime, member: StaffMember, store_id: UUID, data: shapes.RuleInput, idempotency_key: Key
) -> shapes.SplitRules:
    """A rule for payments from now on. 422 `rule_basis`, `rule_window`, `ratio_over_maximum`."""
    await rule_book.add_rule(rt, store_id, member.id, data, idempotency_key)
    return await list_rules.fn(rt, store_id)


@put(RULE, opt=WRITE, operation_id="change_split_rule")
async def change_rule(
    rt: Runtime, store_id: UUID, rule_id: UUID, data: shapes.RuleInput
) -> shapes.SplitRules:
    """Replace a rule; what was planned stays as it was planned. 422 as for adding."""
    await rule_book.change_rule(rt, store_id, rule_id, data)
    return await list_rules.fn(rt, store_id)


@delete(RULE, opt=WRITE, operation_id="remove_split_rule", status_code=200)
async def remove_rule(rt: Runtime, store_id: UUID, rule_id: UUID) -> shapes.SplitRules:
    """Take a rule away."""
    await rule_book.remove_rule(rt, store_id, rule_id)
    return await list_rules.fn(rt, store_id)


@post(f"{BASE}/preview", opt=READ, operation_id="preview_split", status_code=200)
async def preview(rt: Runtime, store_id: UUID, data: shapes.PreviewInput) -> shapes.Preview:
    """What an order of this amount, paid now, would give to whom."""
    return await rule_book.preview(rt, store_id, data)


@get(f"{BASE}/splits", opt=READ, operation_id="order_splits")
async def list_splits(
    rt: Runtime,
    store_id: UUID,
    split_state: OfSplit = None,
    unreturned: bool = False,
    cursor: Cursor = None,
) -> Page[shapes.Split]:
    """Payments that are shared, newest first; `unreturned`: those of which a refund waits for a receiver."""
    return await listing.list_splits(rt, store_id, split_state, cursor, unreturned=unreturned)


@post(f"{SPLIT}/retry", opt=WRITE, operation_id="retry_split", status_code=200)
async def retry_split(rt: Runtime, store_id: UUID, split_id: UUID) -> shapes.Split:
    """Ask the provider again for what it refused or closed. 409 `wrong_state`."""
    await desk.retry(rt, store_id, split_id)
    return await listing.read_split(rt, store_id, split_id)


@post(f"{SPLIT}/finish", opt=WRITE, operation_id="finish_split", status_code=200)
async def finish_split(rt: Runtime, store_id: UUID, split_id: UUID) -> shapes.Split:
    """Give up what could not be paid; the rest is unfrozen for the merchant. 409 `wrong_state`."""
    await desk.finish(rt, store_id, split_id)
    return await listing.read_split(rt, store_id, split_id)


@post(f"{SPLIT}/advance", opt=WRITE, operation_id="advance_split_returns", status_code=200)
async def advance_returns(rt: Runtime, store_id: UUID, split_id: UUID) -> shapes.Split:
    """Pay now, instead of the receivers, what refunds wait for. 409 `wrong_state` when none waits."""
    await give_back.advance(rt, store_id, split_id)
    return await listing.read_split(rt, store_id, split_id)


@get(f"{BASE}/withdrawals", opt=READ, operation_id="receiver_withdrawals")
async def list_withdrawals(
    rt: Runtime, store_id: UUID, withdrawal_state: OfWithdrawal = None, cursor: Cursor = None
) -> Page[shapes.ConsoleWithdrawal]:
    """People's withdrawals, newest first."""
    return await listing.list_withdrawals(rt, store_id, withdrawal_state, cursor)


@post(f"{WITHDRAWAL}/approve", opt=WRITE, operation_id="approve_withdrawal", status_code=200)
async def approve(
    rt: Runtime, member: StaffMember, store_id: UUID, withdrawal_id: UUID
) -> shapes.ConsoleWithdrawal:
    """Agree: the transfer is made, and the person has a day to confirm it. 409 `withdrawal_decided`."""
    await withdrawals.approve(rt, store_id, withdrawal_id, member.name)
    return await listing.read_withdrawal(rt, store_id, withdrawal_id)


@post(f"{WITHDRAWAL}/reject", opt=WRITE, operation_id="reject_withdrawal", status_code=200)
async def reject(
    rt: Runtime, member: StaffMember, store_id: UUID, withdrawal_id: UUID, data: shapes.RejectInput
) -> shapes.ConsoleWithdrawal:
    """Refuse with a reason; the amount is the person's balance again. 409 `withdrawal_decided`."""
    await withdrawals.reject(rt, store_id, withdrawal_id, member.name, data.reason)
    return await listing.read_withdrawal(rt, store_id, withdrawal_id)


@get(f"{BASE}/statement", opt=READ, operation_id="settlement_statement")
async def read_statement(
    rt: Runtime, store_id: UUID, from_day: From, to: date, cursor: Cursor = None
) -> shapes.Statement:
    """The store's account of some days (both included), out of its ledger. 422 `statement_period`."""
    return await statement(rt, store_id, await period(rt, store_id, from_day, to), cursor)


@get(f"{BASE}/statement.xlsx", opt=READ, operation_id="settlement_statement_sheet", media_type=XLSX)
async def download_statement(
    rt: Runtime, store_id: UUID, from_day: From, to: date, locale: Locale
) -> Response[bytes]:
    """The same as a spreadsheet, with every order."""
    content = await sheet(rt, store_id, await period(rt, store_id, from_day, to), locale)
    name = f'attachment; filename="statement-{from_day}-{to}.xlsx"'
    return Response(content, media_type=XLSX, headers={"Content-Disposition": name})


routes: list[Any] = [
    read_policy,
    change_policy,
    find_buyers,
    list_receivers,
    add_receiver,
    remove_receiver,
    retry_receiver,
    list_rules,
    add_rule,
    change_rule,
    remove_rule,
    preview,
    list_splits,
    retry_split,
    finish_split,
    advance_returns,
    list_withdrawals,
    approve,
    reject,
    read_statement,
    download_statement,
]
