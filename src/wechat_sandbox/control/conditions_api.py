"""The conditions that tests set: clock, faults, probes, results of refunds."""

from typing import Annotated

import msgspec
from litestar import delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from wechat_sandbox.accounts.merchants import Merchant
from wechat_sandbox.clock import china_time
from wechat_sandbox.faults import FaultOrder, InvalidFault
from wechat_sandbox.http import Answer, ControlError, HttpRequest, decode, json_answer
from wechat_sandbox.pay.refunds import RefundStatus
from wechat_sandbox.state import Sandbox

DAY_S = 86400
MOST_SPEED = 100_000


class ClockOrder(msgspec.Struct, forbid_unknown_fields=True):
    """Turn the clock forward, change its speed, or both."""

    advance_s: Annotated[float, msgspec.Meta(ge=0, le=400 * DAY_S)] | None = None
    speed: Annotated[float, msgspec.Meta(ge=0, le=MOST_SPEED)] | None = None


class ProbeOrder(msgspec.Struct, forbid_unknown_fields=True):
    """Send a message with a deliberately wrong signature to this address."""

    mchid: str
    url: Annotated[str, msgspec.Meta(pattern=r"^https?://")]


class OutcomeOrder(msgspec.Struct, forbid_unknown_fields=True):
    """Results of the next refunds, in order; after that they succeed again."""

    outcomes: list[RefundStatus]


class SeedOrder(msgspec.Struct, forbid_unknown_fields=True):
    """Begin the dice again."""

    seed: int


def routes(sandbox: Sandbox) -> list[HTTPRouteHandler]:
    """The handlers, bound to one sandbox."""

    def clock_state() -> dict[str, object]:
        now = sandbox.clock.now()
        return {
            "now": now,
            "time": china_time(now),
            "speed": sandbox.clock.speed,
            "ahead_s": round(sandbox.clock.offset_s, 1),
        }

    @get("/_sandbox/health")
    async def health() -> Answer:
        return json_answer({"status": "ok", "clock": clock_state()})

    @get("/_sandbox/clock")
    async def read_clock() -> Answer:
        return json_answer(clock_state())

    @post("/_sandbox/clock", status_code=200)
    async def turn_clock(request: HttpRequest) -> Answer:
        order = decode(await request.body(), ClockOrder)
        if order.speed is not None:
            sandbox.agenda.set_speed(order.speed)
        if order.advance_s is not None:
            await sandbox.agenda.advance(order.advance_s)
        sandbox.keep_clock()
        sandbox.seen.record("clock", china_time(sandbox.clock.now()), mood="info", clock=clock_state())
        return json_answer(clock_state())

    @get("/_sandbox/faults")
    async def list_faults() -> Answer:
        return json_answer({"faults": sandbox.faults.listing()})

    @post("/_sandbox/faults", status_code=201)
    async def add_fault(request: HttpRequest) -> Answer:
        try:
            fault = sandbox.faults.add(decode(await request.body(), FaultOrder))
        except InvalidFault as error:
            raise ControlError(400, "INVALID", str(error)) from error
        sandbox.seen.record(
            "fault", f"{fault.kind} on {fault.target}", mood="info", fault=msgspec.to_builtins(fault)
        )
        return json_answer(fault, 201)

    @delete("/_sandbox/faults", status_code=200)
    async def clear_faults() -> Answer:
        return json_answer({"removed": sandbox.faults.remove()})

    @delete("/_sandbox/faults/{fault_id:int}", status_code=200)
    async def remove_fault(fault_id: FromPath[int]) -> Answer:
        if not sandbox.faults.remove(fault_id):
            raise ControlError(404, "FAULT", "no such fault")
        return json_answer({"removed": 1})

    @post("/_sandbox/faults/seed", status_code=200)
    async def reseed(request: HttpRequest) -> Answer:
        order = decode(await request.body(), SeedOrder)
        sandbox.faults.reseed(order.seed)
        return json_answer({"seed": order.seed})

    @post("/_sandbox/probe", status_code=200)
    async def probe(request: HttpRequest) -> Answer:
        order = decode(await request.body(), ProbeOrder)
        attempt = await sandbox.delivery.probe(_merchant(sandbox, order.mchid), order.url)
        refused = attempt.status_code is not None and attempt.status_code >= 400
        return json_answer({"refused": refused, "attempt": attempt})

    @post("/_sandbox/refund-outcomes", status_code=200)
    async def refund_outcomes(request: HttpRequest) -> Answer:
        sandbox.refunds.next_outcomes = decode(await request.body(), OutcomeOrder).outcomes
        return json_answer({"outcomes": sandbox.refunds.next_outcomes})

    return [
        health,
        read_clock,
        turn_clock,
        list_faults,
        add_fault,
        clear_faults,
        remove_fault,
        reseed,
        probe,
        refund_outcomes,
    ]


def _merchant(sandbox: Sandbox, mchid: str) -> Merchant:
    merchant = sandbox.merchants.get(mchid)
    if merchant is None:
        raise ControlError(404, "MCHID", "no such merchant; make it with POST /_sandbox/merchants")
    return merchant
