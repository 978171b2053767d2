"""Starting a payment: the one open attempt of an order is made or reused, then prepared at the provider.

The row is committed before the call and the answer after it, so that a crash in between leaves something that the query
schedule finds. An unknown outcome is asked about and then repeated with the SAME number.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.errors import ShopError, not_found
from zhanggui.core.idempotency import answer, claim, fingerprint
from zhanggui.core.ids import new_id
from zhanggui.core.jobs import NewJob, enqueue
from zhanggui.core.runtime import Runtime
from zhanggui.customers import wechat_pages
from zhanggui.customers.queries import identity
from zhanggui.orders.queries import OrderRecord, load_order
from zhanggui.payments.accounts import Account, account_by_id
from zhanggui.payments.extensions import is_frozen
from zhanggui.payments.inbox import NAME
from zhanggui.payments.provider import AttemptRecord, OutcomeUnknown, ProviderRefused, Scene
from zhanggui.payments.records import (
    end_attempt,
    insert_attempt,
    load_attempt,
    open_attempts,
    set_prepared,
)
from zhanggui.payments.rules import OPEN, PREPAY_LIFE, Method, Place, provider_deadline, query_delay
from zhanggui.payments.settle import ask, close_at_provider, close_attempt, together
from zhanggui.payments.shapes import PaymentAttempt
from zhanggui.wechat.apps import official_appid

PREPARE_TRIES = 2


class Wish(NamedTuple):
    """What the buyer asked: to pay this order this way. `client_ip` is where the request came from."""

    store_id: UUID
    order_id: UUID
    customer_id: UUID
    method: Method
    return_url: str | None
    client_ip: str
    idempotency_key: str
    place: Place = "mini_program"


class Payer(NamedTuple):
    """Who pays in which application: the openid where the buyer must be known beforehand."""

    openid: str | None
    appid: str


class _Claimed(NamedTuple):
    attempt: AttemptRecord
    superseded: bool  # the open attempt is another method's and must be closed first


async def start(rt: Runtime, wish: Wish, account: Account) -> PaymentAttempt:
    """Make or reuse the open attempt at the store's own merchant and prepare it; the same key answers the same attempt, signed afresh.

    Raises ShopError: 404; 409 `order_not_payable` (paid, closing, cancelled), `order_expired`, `payment_not_set_up`,
    `wechat_sign_in_needed` (no openid of this mini-program), `wechat_page_unknown` (none of the official account),
    `official_account_not_set_up`, `already_paid`, `payment_superseded`; 400
    `return_url_foreign`; 502 `payment_refused`; 503 `payment_busy`.
    """
    check_return_url(rt, wish.return_url)
    payer = await payer_of(rt, wish.customer_id, wish.method, account, wish.place)
    for _ in range(3):
        claimed = await in_transaction(rt.db, lambda conn: _claim(conn, wish, account, payer))
        if not claimed.superseded:
            ready = await _prepare(rt, claimed.attempt, wish.client_ip)
            return await present(rt, ready, wish.return_url)
        if await close_or_busy(rt, claimed.attempt) == "paid":
            raise ShopError("already_paid", 409)
    raise ShopError("payment_busy", 503, retry_after=2)


async def check(
    rt: Runtime, store_id: UUID, order_id: UUID, attempt_id: UUID, customer_id: UUID
) -> PaymentAttempt:
    """Ask the provider now (the buyer came back) and answer the attempt as it stands. Raises 404, 503."""
    attempt = await load_attempt(rt.db, store_id, attempt_id, customer_id=customer_id)
    if attempt.order_id != order_id:
        raise not_found("payment")
    if attempt.status != "succeeded":
        attempt = await ask_or_busy(rt, attempt)
    return await present(rt, attempt, None)


async def present(rt: Runtime, attempt: AttemptRecord, return_url: str | None) -> PaymentAttempt:
    """The attempt as the API answers it."""
    pay = None
    if attempt.status == "pending" and attempt.combined_id is not None:
        order, _ = await together(rt, attempt)
        pay = (await account_by_id(rt, order.account_id)).provider.instructions(order, return_url)
    elif attempt.status == "pending":
        pay = (await account_by_id(rt, attempt.account_id)).provider.instructions(attempt, return_url)
    return PaymentAttempt(
        attempt.id, attempt.order_id, attempt.method, attempt.status, attempt.amount, attempt.expires_at, pay
    )


def check_return_url(rt: Runtime, return_url: str | None) -> None:
    """Raises 400 `return_url_foreign` for an address that is not the own shop's."""
    if return_url is not None and not return_url.startswith(f"{rt.config.shop_origin}/"):
        raise ShopError("return_url_foreign", 400, field="return_url")


async def payer_of(rt: Runtime, customer_id: UUID, method: Method, account: Account, place: Place) -> Payer:
    """Who pays in which application, as far as the method needs to know.

    Raises 409 `wechat_sign_in_needed`, `wechat_page_unknown`, `official_account_not_set_up`.
    """
    if method != "wechat_jsapi":
        return Payer(None, account.appid)
    if place == "official_account":
        appid = await official_appid(rt.db)
        reader = await identity(rt, customer_id, wechat_pages.PROVIDER, appid)
        if reader is None:
            raise ShopError("wechat_page_unknown", 409)
        return Payer(reader, appid)
    openid = await identity(rt, customer_id, "wechat_mp", account.appid)
    if openid is None:
        raise ShopError("wechat_sign_in_needed", 409)
    return Payer(openid, account.appid)


async def _claim(conn: Connection, wish: Wish, account: Account, payer: Payer) -> _Claimed:
    print_ = fingerprint(
        "payments.start", [wish.order_id, wish.method, wish.return_url, *elsewhere(wish.place)]
    )
    known = await claim(conn, wish.store_id, wish.customer_id, wish.idempotency_key, print_)
    if known is not None:
        first = await load_attempt(conn, wish.store_id, UUID(known["attempt_id"]))
        return _Claimed(first, superseded=False)
    order = await load_order(conn, wish.store_id, wish.order_id, customer_id=wish.customer_id, lock=True)
    check_payable(order)
    attempt, superseded = await _open_attempt(conn, wish, order, account, payer)
    if not superseded:
        stored = {"attempt_id": str(attempt.id)}
        await answer(conn, wish.store_id, wish.customer_id, wish.idempotency_key, stored)
    return _Claimed(attempt, superseded)


def check_payable(order: OrderRecord) -> None:
    """Raises 409 for an order that cannot be paid (any more). It must be locked."""
    if order.status in {"paid", "preparing", "fulfilled", "completed"}:
        raise ShopError("already_paid", 409)
    if order.status != "pending_payment":
        raise ShopError("order_not_payable", 409)
    if order.pay_by <= clock.now():
        raise ShopError("order_expired", 409)
    if order.total <= 0:
        raise ShopError("nothing_to_pay", 409)


async def _open_attempt(
    conn: Connection, wish: Wish, order: OrderRecord, account: Account, payer: Payer
) -> tuple[AttemptRecord, bool]:
    """The order is locked, so nobody else opens one; payment_attempt_open_key holds it whatever happens."""
    for known in await open_attempts(conn, wish.store_id, wish.order_id):
        wanted = (wish.method, payer.openid, payer.appid, account.id, None)
        same = (known.method, known.payer, known.appid, known.account_id, known.combined_id) == wanted
        return known, not same
    now = clock.now()
    attempt = AttemptRecord(
        store_id=wish.store_id,
        id=new_id(),
        order_id=wish.order_id,
        customer_id=wish.customer_id,
        account_id=account.id,
        appid=payer.appid,
        method=wish.method,
        status="created",
        amount=order.total,
        currency=order.currency,
        payer=payer.openid,
        profit_sharing=await is_frozen(conn, wish.store_id, wish.order_id),
        prepay=None,
        prepared_at=None,
        transaction_id=None,
        expires_at=provider_deadline(order.pay_by, now),
        queries=0,
    )
    await insert_attempt(conn, attempt, NAME)
    job = NewJob(
        wish.store_id,
        "payments.query",
        str(attempt.id),
        {"attempt_id": str(attempt.id)},
        now + query_delay(0),
    )
    await enqueue(conn, [job])
    return attempt, False


async def _prepare(rt: Runtime, attempt: AttemptRecord, client_ip: str) -> AttemptRecord:
    """Place it at the provider unless what it answered is still fresh."""
    if attempt.status not in OPEN or (
        attempt.status == "pending" and is_fresh(attempt.method, attempt.prepared_at)
    ):
        return attempt
    account = await account_by_id(rt, attempt.account_id)
    number = (await load_order(rt.db, attempt.store_id, attempt.order_id)).number
    scene = Scene(f"订单 {number}", client_ip)
    for _ in range(PREPARE_TRIES):
        try:
            prepay = await account.provider.prepare(attempt, scene)
        except OutcomeUnknown:
            attempt = await ask_or_busy(rt, attempt)
            if attempt.status not in OPEN:
                return attempt
            continue
        except ProviderRefused as fault:
            return await _refused(rt, attempt, fault)
        if await set_prepared(rt.db, attempt, prepay):
            return await load_attempt(rt.db, attempt.store_id, attempt.id)
        return await _ended_meanwhile(rt, attempt)
    raise ShopError("payment_busy", 503, retry_after=2)


async def _ended_meanwhile(rt: Runtime, attempt: AttemptRecord) -> AttemptRecord:
    """Somebody closed the attempt while the call was on its way: nobody may pay what it left at the provider."""
    now = await load_attempt(rt.db, attempt.store_id, attempt.id)
    if now.status == "succeeded":
        return now
    try:
        result = await close_at_provider(rt, now)
    except (OutcomeUnknown, ProviderRefused) as fault:
        raise ShopError("payment_busy", 503, retry_after=2) from fault
    if result == "paid":
        return await load_attempt(rt.db, attempt.store_id, attempt.id)
    raise ShopError("payment_superseded", 409)


async def _refused(rt: Runtime, attempt: AttemptRecord, fault: ProviderRefused) -> AttemptRecord:
    """The provider will not take it: paid already, closed by another request of this buyer, or refused for good."""
    now = await ask_or_busy(rt, attempt)
    if now.status == "succeeded":
        return now
    if now.status not in OPEN:
        raise ShopError("payment_superseded", 409) from fault
    await end_attempt(rt.db, now, "failed")
    raise ShopError("payment_refused", 502, data={"provider_code": fault.code}) from fault


async def ask_or_busy(rt: Runtime, attempt: AttemptRecord) -> AttemptRecord:
    """The attempt as the provider says it stands. Raises 503 `payment_busy`."""
    try:
        return await ask(rt, attempt)
    except (OutcomeUnknown, ProviderRefused) as fault:
        raise ShopError("payment_busy", 503, retry_after=2) from fault


async def close_or_busy(rt: Runtime, attempt: AttemptRecord) -> str:
    """`closed` or `paid`. Raises 503 `payment_busy`, 409 `payment_under_way`."""
    try:
        result = await close_attempt(rt, attempt)
    except (OutcomeUnknown, ProviderRefused) as fault:
        raise ShopError("payment_busy", 503, retry_after=2) from fault
    if result == "paying":
        raise ShopError("payment_under_way", 409, retry_after=5)
    return result


def elsewhere(place: Place) -> list[Place]:
    """What a fingerprint says of the place: nothing of the mini-program, so that keys from before it was told still fit."""
    return [] if place == "mini_program" else [place]


def is_fresh(method: Method, prepared_at: datetime | None) -> bool:
    """Whether what the provider answered then can still be handed out."""
    return prepared_at is not None and clock.now() - prepared_at < PREPAY_LIFE[method]
