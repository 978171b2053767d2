"""An application on its way: sent once under its number, asked about ever more rarely, believed only when it verifies and fits."""

import re
import time
from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

import msgspec

from zhanggui.core import clock
from zhanggui.core.changes import By
from zhanggui.core.db import Connection, Row, in_transaction, statement
from zhanggui.core.jobs import Job, Later, handles
from zhanggui.core.runtime import Runtime
from zhanggui.payments import applyment_records as records
from zhanggui.payments import applyment_rules as rules
from zhanggui.payments.accounts import account_by_id, add_account, keys_now
from zhanggui.payments.applyment import JOB
from zhanggui.payments.inbox import Call, note_call, note_misfit
from zhanggui.payments.provider import OutcomeUnknown, ProviderRefused
from zhanggui.payments.wechat_pay import translated
from zhanggui.stores.queries import load
from zhanggui.wechat.applyment import ApplymentAnswer, ApplymentClient

T = TypeVar("T")
NEVER_SEEN = frozenset({"RESOURCE_NOT_EXISTS", "NOT_FOUND", "NO_AUTH"})
"""Who may not ask may not have applied either."""
UNREACHABLE = timedelta(seconds=30)
STANDS = statement(
    "payments.applyment.stands",
    """
    UPDATE merchant_applyment SET state = $3, sealed = $4, provider_number = coalesce($5, provider_number),
      queries = CASE WHEN state = $3 THEN queries + 1 ELSE 0 END, asked_at = $6, updated_at = $6
    WHERE store_id = $1 AND id = $2 RETURNING queries
    """,
)


@handles(JOB)
async def follow(rt: Runtime, job: Job) -> None:
    """Send the application if the platform has not seen it, else ask how it stands; until it is decided."""
    row = await rt.db.fetchrow(records.BY_ID, job.store_id, UUID(job.payload["applyment_id"]))
    if row is None or row["state"] not in rules.OPEN:
        return
    client = ApplymentClient((await account_by_id(rt, row["account_id"])).provider.client)
    refused: list[rules.Reason] = []
    try:
        answer = await _ask(rt, row, client)
        if answer is None and row["state"] == "submitting":
            try:
                await _send(rt, row, client)
            except ProviderRefused as fault:
                refused = [rules.Reason(str(fault))]
            answer = await _ask(rt, row, client)
    except OutcomeUnknown as fault:
        raise Later(UNREACHABLE, "the platform does not answer") from fault
    if answer is None and refused:  # refused, and not accepted before either: it comes back to be corrected
        answer = ApplymentAnswer(row["id"].hex, 0, "REJECTED")
    if answer is None:
        raise Later(rules.DELAYS[-1], "the platform does not know it")
    if not _fits(row, answer):
        await note_misfit(
            rt.db, job.store_id, row["account_id"], "applyment.query", row["id"], "another application"
        )
        raise Later(rules.DELAYS[-1], "the answer does not fit")
    queries = await in_transaction(rt.db, lambda conn: _believe(rt, conn, row, answer, refused))
    if queries is not None:
        raise Later(rules.delay(queries))


async def _ask(rt: Runtime, row: Row, client: ApplymentClient) -> ApplymentAnswer | None:
    try:
        return await _called(rt, row, "applyment.query", client.query(row["id"].hex))
    except ProviderRefused as fault:
        if fault.code in NEVER_SEEN:
            return None
        raise OutcomeUnknown(fault.code) from fault


async def _send(rt: Runtime, row: Row, client: ApplymentClient) -> None:
    """Pictures first, then the application under its number. Raises ProviderRefused, OutcomeUnknown."""
    form = records.opened(rt.sealer, row).form
    store = await load(rt, row["store_id"])
    entity = store.settings.entity
    if entity is None or entity.code != row["entity"]:  # kept by entities.may_become
        raise RuntimeError("the store's entity is not the one that applied")
    media = {
        kind: await _called(rt, row, "applyment.upload", client.upload(kind, jpeg))
        for kind, jpeg in (await records.pictures(rt.db, rt.sealer, row["store_id"])).items()
    }
    owner = entity.name if form.account_type == "business" else form.legal_name
    plain = {name: getattr(form, name) for name in rules.PERSONAL} | {"account_name": owner}
    with translated():
        sealed = {name: await client.sealed(value) for name, value in plain.items() if value}
    shop = (store.name.zh, f"{rt.config.shop_origin}/#/pages/menu/index?store={store.slug}")
    body = rules.body_of(row["id"].hex, form, (entity.name, entity.code), shop, media, sealed)
    await _called(rt, row, "applyment.submit", client.submit(body))


def _fits(row: Row, answer: ApplymentAnswer) -> bool:
    known = row["provider_number"] in (None, str(answer.applyment_id))
    whole = answer.applyment_state != "FINISH" or re.fullmatch(r"[0-9]{6,32}", answer.sub_mchid) is not None
    return known and whole and answer.out_request_no == row["id"].hex


async def _believe(
    rt: Runtime, conn: Connection, row: Row, answer: ApplymentAnswer, refused: list[rules.Reason]
) -> int | None:
    """Write how it stands; when it is finished the store collects with its new number. None when nothing is left to ask."""
    now = await conn.fetchrow(records.LOCKED, row["store_id"])
    if now is None or now["id"] != row["id"] or now["state"] not in rules.OPEN:
        return None
    state = rules.STATES[answer.applyment_state]
    if state == "finished":
        keys = await keys_now(rt, conn, now["account_id"])
        keys = msgspec.structs.replace(keys, sub_mchid=answer.sub_mchid)
        await add_account(conn, rt.sealer, now["store_id"], keys, By(None, now["submitted_by"]))
        await records.end(conn, now, state, answer.sub_mchid)
        return None
    if state == "canceled":
        await records.end(conn, now, state)
        return None
    said = answer.account_validation
    document = rules.Document(
        records.opened(rt.sealer, now).form,
        refused or [rules.reason_of(one.param_name, one.reject_reason) for one in answer.audit_detail],
        answer.sign_url,
        answer.legal_validation_url,
        rules.Verification(
            said.pay_amount,
            said.destination_account_number,
            said.destination_account_name,
            said.destination_account_bank,
            said.remark,
            said.deadline,
        )
        if said
        else None,
    )
    sealed = records.closed(rt.sealer, now["id"], document)
    number = str(answer.applyment_id) if answer.applyment_id else None
    queries = await conn.fetchval(STANDS, now["store_id"], now["id"], state, sealed, number, clock.now())
    return queries if state in rules.OPEN else None


async def _called(rt: Runtime, row: Row, kind: str, call: Awaitable[T]) -> T:
    """A call and its row in the inbox: what the platform says of a field may repeat it, so of a refusal only the code is kept."""
    began, outcome = time.perf_counter(), "unknown"
    try:
        with translated():
            answer = await call
        outcome = "ok"
        return answer
    except ProviderRefused as fault:
        outcome = f"refused:{fault.code}"
        raise
    finally:
        took_ms = round((time.perf_counter() - began) * 1000)
        await note_call(
            rt.db, Call(row["store_id"], row["account_id"], kind, row["id"], outcome, None, took_ms)
        )
