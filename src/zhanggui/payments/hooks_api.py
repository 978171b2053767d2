"""What WeChat Pay tells us: signature over the raw body first, then decryption, then facts against what was asked."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

import msgspec
import structlog
from litestar import Response, post

from zhanggui.core.auth import HOOK
from zhanggui.core.errors import ShopError
from zhanggui.core.http import AnyRequest
from zhanggui.core.runtime import Runtime
from zhanggui.payments.accounts import Account, account_by_id, read_again
from zhanggui.payments.confirm import confirm
from zhanggui.payments.confirm_combined import confirm_combined
from zhanggui.payments.extensions import act_on
from zhanggui.payments.foreign_refund import take_foreign
from zhanggui.payments.inbox import NOBODY, Source, keep_failed, keep_unverified, note_messages, of_one_store
from zhanggui.payments.nonces import reused_nonces
from zhanggui.payments.provider import BadMessage, Message, Unfit
from zhanggui.payments.refund_result import apply_refund
from zhanggui.payments.rules import Decision

log = structlog.get_logger()
FOREIGN = take_foreign  # importing it has `act_on` hear of refunds made by hand


class Taken(NamedTuple):
    """What the platform is answered; JSON."""

    status: int
    body: bytes


@post("/wechat-pay/{account_id:uuid}", opt=HOOK, status_code=200)
async def wechat_pay(rt: Runtime, request: AnyRequest, account_id: UUID) -> Response[bytes]:
    """A WeChat Pay notification. 200 when it was taken in (also the second time); otherwise 4xx with code FAIL.

    What is refused (a forged or old signature, a probe, an amount that was not asked) comes again by the platform's own
    schedule and is refused again.
    """
    taken = await take_in(rt, account_id, dict(request.headers.items()), await request.body())
    return Response(taken.body, status_code=taken.status, media_type="application/json")


async def take_in(rt: Runtime, account_id: UUID, headers: Mapping[str, str], body: bytes) -> Taken:
    """Verify, decrypt and carry out one notification; `headers` by their names in lower case."""
    try:
        account = await account_by_id(rt, account_id)
    except ShopError:
        log.warning("hook_unknown_account", account=str(account_id))
        await keep_unverified(rt, NOBODY, account_id, headers, body, "no such account")
        return _fail(404, "no such account")
    try:
        account, message = await _parse(rt, account, headers, body)
    except BadMessage as fault:
        log.warning("hook_refused", account=str(account_id), why=str(fault))
        await keep_unverified(rt, account.store_id, account_id, headers, body, str(fault))
        return _fail(401, "signature")
    except Unfit as fault:
        decision = Decision("refused", fault.why)
        source = _source(account, fault.message)
        source = source._replace(body=of_one_store(source.body))
        await note_messages(rt.db, account.store_id, [(source, decision)])
        log.error("hook_mismatch", account=str(account_id), message=fault.message.id, why=fault.why)
        return _fail(400, fault.why)
    try:
        decision = await _dispatch(rt, account, message)
    except Exception as fault:
        log.exception("hook_failed", account=str(account_id), message=message.id)
        await keep_failed(rt, account.store_id, account_id, message, fault)
        return _fail(500, "not handled yet")
    if decision.verdict == "refused":
        log.error("hook_mismatch", account=str(account_id), message=message.id, why=decision.why)
        return _fail(400, decision.why)
    return _answer(200, "SUCCESS", "")


async def _parse(
    rt: Runtime, account: Account, headers: Mapping[str, str], body: bytes
) -> tuple[Account, Message]:
    """Verified and opened, with keys that were replaced a moment ago if need be. Raises BadMessage, Unfit."""
    try:
        return account, await account.provider.parse(headers, body)
    except BadMessage:
        now = await read_again(rt, account.id)
        if now is account:
            raise
        return now, await now.provider.parse(headers, body)


async def _dispatch(rt: Runtime, account: Account, message: Message) -> Decision:
    store_id = account.store_id
    source = _source(account, message)
    if message.combined is not None:
        return await confirm_combined(rt, account.id, store_id, message.combined, source)
    if message.received is not None:
        return await confirm(rt, store_id, message.received, source)
    if message.refund is not None:
        return await apply_refund(rt, store_id, message.refund, source)
    reused = await reused_nonces(rt.db, store_id, [source])
    decision = Decision("refused", "nonce") if reused else await act_on(rt, store_id, message)
    await note_messages(rt.db, store_id, [(source, decision)])
    return decision


def _source(account: Account, message: Message) -> Source:
    return Source(message.id, message.nonce, message.kind, message.body, account.id, message.subject_id)


def _fail(status: int, why: str) -> Taken:
    return _answer(status, "FAIL", why)


def _answer(status: int, code: str, why: str) -> Taken:
    return Taken(status, msgspec.json.encode({"code": code, "message": why}))


routes = [wechat_pay]
