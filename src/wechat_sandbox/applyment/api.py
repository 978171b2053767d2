"""The addresses of applications, and answering them: as JSON for tests, as a page for a person."""

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from wechat_sandbox.applyment import apply
from wechat_sandbox.applyment.book import WORDS, State
from wechat_sandbox.http import Answer, ControlError, HttpRequest, decode, json_answer
from wechat_sandbox.pages.views import render
from wechat_sandbox.pay.gateway import serve
from wechat_sandbox.state import Sandbox

APPLYMENTS = "/v3/ecommerce/applyments"
HIDDEN = ("business_license_copy", "id_card_copy", "id_card_national")
MOST_BYTES = 2_200_000


class AnswerOrder(msgspec.Struct, forbid_unknown_fields=True):
    """What the platform decides, and for a refusal which fields are wrong and why."""

    state: State
    reasons: list[dict[str, str]] = []


def routes(sandbox: Sandbox) -> list[HTTPRouteHandler]:
    """The handlers, bound to one sandbox."""

    @post("/v3/merchant/media/upload", status_code=200, request_max_body_size=MOST_BYTES)
    async def upload(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: apply.upload(sandbox, call))

    @post(APPLYMENTS, status_code=200)
    async def submit(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: apply.submit(sandbox, call))

    @get(f"{APPLYMENTS}/out-request-no/{{out_request_no:str}}")
    async def by_number(request: HttpRequest, out_request_no: FromPath[str]) -> Answer:
        return await serve(
            sandbox,
            request,
            lambda call: apply.query(call, sandbox.applyments.by_number(call.merchant.mchid, out_request_no)),
        )

    @get(f"{APPLYMENTS}/{{applyment_id:int}}")
    async def by_id(request: HttpRequest, applyment_id: FromPath[int]) -> Answer:
        return await serve(
            sandbox, request, lambda call: apply.query(call, sandbox.applyments.get(applyment_id))
        )

    @get("/_sandbox/applyments")
    async def listing() -> Answer:
        return json_answer({"applyments": sandbox.applyments.listing()})

    @post("/_sandbox/applyments/{applyment_id:int}/answer", status_code=200)
    async def answer(request: HttpRequest, applyment_id: FromPath[int]) -> Answer:
        told = decode(await request.body(), AnswerOrder)
        return json_answer(apply.answer(sandbox, applyment_id, told.state, told.reasons))

    @get("/_sandbox/applyment")
    async def page(request: HttpRequest) -> Answer:
        chosen = request.query_params.get("applyment_id", "")
        one = sandbox.applyments.get(int(chosen)) if chosen.isdigit() else None
        if chosen and one is None:
            raise ControlError(404, "APPLYMENT", "没有这个申请单 / no such application")
        facts = {k: v for k, v in one.form.items() if k not in HIDDEN} if one else {}
        return render(
            "applyment.html",
            one=one,
            all=sandbox.applyments.listing(),
            words=WORDS,
            facts=facts,
            next=apply.NEXT[one.state] if one else (),
            fields=list(one.form) if one else [],
        )

    return [upload, submit, by_number, by_id, listing, answer, page]
