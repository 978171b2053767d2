"""Paying the orders of several stores at once: one combined payment, one attempt per order in its own store.

As with a single attempt the rows are committed before the call and the answer after it; the combined payment's id is the
number at the provider, so that an unknown outcome is asked about and repeated under the SAME number.
"""

from typing import NamedTuple
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.errors import ShopError
from zhanggui.core.idempotency import answer, claim, fingerprint
from zhanggui.core.ids import new_id
from zhanggui.core.jobs import NewJob, enqueue
from zhanggui.core.runtime import Runtime
from zhanggui.orders.queries import OrderRecord, load_order
from zhanggui.payments.accounts import Account, account_by_id, active_account
from zhanggui.payments.attempt import (
    PREPARE_TRIES,
    Payer,
    ask_or_busy,
    check_payable,
    check_return_url,
    close_or_busy,
    elsewhere,
    is_fresh,
    payer_of,
)
from zhanggui.payments.combined_records import (
    end_parts,
    insert_combined,
    load_combined,
    load_parts,
    set_combined_prepared,
)
from zhanggui.payments.extensions import is_frozen
from zhanggui.payments.inbox import NAME
from zhanggui.payments.provider import (
    AttemptRecord,
    CombinedRecord,
    OutcomeUnknown,
    ProviderRefused,
    Scene,
)
from zhanggui.payments.records import insert_attempt, open_attempts
from zhanggui.payments.rules import (
    NOT_COMBINABLE,
    OPEN,
    Method,
    Place,
    combinable,
    provider_deadline,
    query_delay,
    status_of_parts,
)
from zhanggui.payments.settle import close_at_provider
from zhanggui.payments.shapes import CombinedPayment, CombinedShare, OrderRef


class Wish(NamedTuple):
    """What the buyer asked: to pay these orders at once this way. `client_ip` is where the request came from."""

    orders: list[OrderRef]
    customer_id: UUID
    method: Method
    return_url: str | None
    client_ip: str
    idempotency_key: str
    place: Place = "mini_program"


class _Claimed(NamedTuple):
    combined_id: UUID | None  # None: the attempts in the way must be closed first
    in_the_way: list[AttemptRecord]


async def start(rt: Runtime, wish: Wish) -> CombinedPayment:
    """Make or reuse the one payment for all these orders and prepare it; the same key answers the same payment.

    Raises ShopError as `attempt.start` does, and 409 `payment_not_combinable` where the stores' accounts cannot be paid
    together: then each order is paid alone.
    """
    check_return_url(rt, wish.return_url)
    orders = sorted(set(wish.orders), key=lambda one: (one.store_id, one.order_id))
    for one in orders:  # another's order is not found
        await load_order(rt.db, one.store_id, one.order_id, customer_id=wish.customer_id)
    accounts = {one.store_id: await active_account(rt, one.store_id) for one in orders}
    if not combinable([(a.appid, a.mchid, a.sub_mchid) for a in accounts.values()]):
        raise ShopError("payment_not_combinable", 409)
    lead = accounts[wish.orders[0].store_id]
    payer = await payer_of(rt, wish.customer_id, wish.method, lead, wish.place)
    for _ in range(len(orders) + 2):
        claimed = await in_transaction(
            rt.db, lambda conn: _claim(conn, wish._replace(orders=orders), accounts, lead, payer)
        )
        if claimed.combined_id is not None:
            await _prepare(rt, wish.customer_id, claimed.combined_id, wish.client_ip)
            return await present(rt, wish.customer_id, claimed.combined_id, wish.return_url)
        for attempt in claimed.in_the_way:
            if await close_or_busy(rt, attempt) == "paid":
                raise ShopError("already_paid", 409)
    raise ShopError("payment_busy", 503, retry_after=2)


async def check(rt: Runtime, customer_id: UUID, combined_id: UUID) -> CombinedPayment:
    """Ask the provider now (the buyer came back) and answer the payment as it stands. Raises 404, 503."""
    await load_combined(rt.db, customer_id, combined_id)
    for part in await load_parts(rt.db, combined_id):
        if part.attempt.status != "succeeded":
            await ask_or_busy(rt, part.attempt)
            break  # one answer speaks of all parts
    return await present(rt, customer_id, combined_id, None)


async def present(
    rt: Runtime, customer_id: UUID, combined_id: UUID, return_url: str | None
) -> CombinedPayment:
    """The payment as the API answers it."""
    order, parts = await load_combined(rt.db, customer_id, combined_id), await load_parts(rt.db, combined_id)
    status = status_of_parts({part.attempt.status for part in parts})
    pay = None
    if status == "pending" and order.prepay is not None:
        account = await account_by_id(rt, order.account_id)
        pay = account.provider.instructions(order, return_url)
    shares = [
        CombinedShare(one.store_id, one.order_id, one.id, one.status, one.amount)
        for one in (part.attempt for part in parts)
    ]
    return CombinedPayment(order.id, order.method, status, order.amount, order.expires_at, shares, pay)


async def _claim(
    conn: Connection, wish: Wish, accounts: dict[UUID, Account], lead: Account, payer: Payer
) -> _Claimed:
    """The orders are locked, stores ascending, so nobody else opens an attempt; payment_attempt_open_key holds it."""
    print_ = fingerprint(
        "payments.combine", [wish.orders, wish.method, wish.return_url, *elsewhere(wish.place)]
    )
    first = wish.orders[0].store_id
    known = await claim(conn, first, wish.customer_id, wish.idempotency_key, print_)
    if known is not None:
        return _Claimed(UUID(known["combined_id"]), [])
    orders: list[OrderRecord] = []
    for one in wish.orders:
        orders.append(
            await load_order(conn, one.store_id, one.order_id, customer_id=wish.customer_id, lock=True)
        )
        check_payable(orders[-1])
    if len({order.currency for order in orders}) != 1:
        raise ShopError("payment_not_combinable", 409)
    opened = [a for order in orders for a in await open_attempts(conn, order.store_id, order.id)]
    combined_id = await _reusable(conn, wish, orders, opened, lead, payer)
    if combined_id is None and opened:
        return _Claimed(None, opened)
    if combined_id is None:
        combined_id = await _open(conn, wish, orders, accounts, lead, payer)
    stored = {"combined_id": str(combined_id)}
    await answer(conn, first, wish.customer_id, wish.idempotency_key, stored)
    return _Claimed(combined_id, [])


async def _reusable(
    conn: Connection,
    wish: Wish,
    orders: list[OrderRecord],
    opened: list[AttemptRecord],
    lead: Account,
    payer: Payer,
) -> UUID | None:
    """The open payment that is exactly this one."""
    ids = {attempt.combined_id for attempt in opened}
    (combined_id, *others) = ids or {None}
    if combined_id is None or others or len(opened) != len(orders):
        return None
    before = await load_combined(conn, wish.customer_id, combined_id)
    same = (before.method, before.payer, before.appid) == (wish.method, payer.openid, payer.appid)
    parts = await load_parts(conn, combined_id)
    return combined_id if same and before.account_id == lead.id and len(parts) == len(orders) else None


async def _open(
    conn: Connection,
    wish: Wish,
    orders: list[OrderRecord],
    accounts: dict[UUID, Account],
    lead: Account,
    payer: Payer,
) -> UUID:
    now = clock.now()
    made = CombinedRecord(
        customer_id=wish.customer_id,
        id=new_id(),
        store_id=lead.store_id,
        account_id=lead.id,
        appid=payer.appid,
        method=wish.method,
        amount=sum(order.total for order in orders),
        currency=orders[0].currency,
        payer=payer.openid,
        prepay=None,
        prepared_at=None,
        expires_at=provider_deadline(min(order.pay_by for order in orders), now),
    )
    await insert_combined(conn, made)
    jobs: list[NewJob] = []
    for order in orders:
        attempt = AttemptRecord(
            store_id=order.store_id,
            id=new_id(),
            order_id=order.id,
            customer_id=wish.customer_id,
            account_id=accounts[order.store_id].id,
            combined_id=made.id,
            appid=payer.appid,
            method=wish.method,
            status="created",
            amount=order.total,
            currency=order.currency,
            payer=payer.openid,
            profit_sharing=await is_frozen(conn, order.store_id, order.id),
            prepay=None,
            prepared_at=None,
            transaction_id=None,
            expires_at=made.expires_at,
            queries=0,
        )
        await insert_attempt(conn, attempt, NAME)
        payload = {"attempt_id": str(attempt.id)}
        jobs.append(NewJob(order.store_id, "payments.query", str(attempt.id), payload, now + query_delay(0)))
    await enqueue(conn, jobs)
    return made.id


async def _prepare(rt: Runtime, customer_id: UUID, combined_id: UUID, client_ip: str) -> None:
    """Place it at the provider unless what it answered is still fresh."""
    order, parts = await load_combined(rt.db, customer_id, combined_id), await load_parts(rt.db, combined_id)
    account, first = await account_by_id(rt, order.account_id), parts[0].attempt
    for _ in range(PREPARE_TRIES):
        if any(part.attempt.status not in OPEN for part in parts) or is_fresh(
            order.method, order.prepared_at
        ):
            return
        try:
            prepay = await account.provider.prepare_combined(order, parts, Scene("", client_ip))
        except OutcomeUnknown:
            await ask_or_busy(rt, first)
            parts = await load_parts(rt.db, combined_id)
            continue
        except ProviderRefused as fault:
            await _refused(rt, order, first, fault)
            return
        if not await set_combined_prepared(rt.db, order, parts, prepay):
            await _ended_meanwhile(rt, first)
        return
    if all(part.attempt.status in OPEN for part in parts):
        raise ShopError("payment_busy", 503, retry_after=2)


async def _ended_meanwhile(rt: Runtime, first: AttemptRecord) -> None:
    """Somebody closed the payment while the call was on its way: nobody may pay what it left at the provider."""
    try:
        result = await close_at_provider(rt, first)
    except (OutcomeUnknown, ProviderRefused) as fault:
        raise ShopError("payment_busy", 503, retry_after=2) from fault
    if result != "paid":
        await end_parts(rt.db, first.combined_id or first.id, "closed")
        raise ShopError("payment_superseded", 409)


async def _refused(rt: Runtime, order: CombinedRecord, first: AttemptRecord, fault: ProviderRefused) -> None:
    """The provider will not take it: paid already, closed meanwhile, not to be combined, or refused for good."""
    if fault.code not in NOT_COMBINABLE:
        now = await ask_or_busy(rt, first)
        if now.status == "succeeded":
            return
        if now.status not in OPEN:
            raise ShopError("payment_superseded", 409) from fault
    await end_parts(rt.db, order.id, "failed")
    if fault.code in NOT_COMBINABLE:
        raise ShopError("payment_not_combinable", 409) from fault
    raise ShopError("payment_refused", 502, data={"provider_code": fault.code}) from fault
