"""The WebSockets of both sides and the tickets that open them.

A browser cannot send an Authorization header with a WebSocket, and a token in its address would end up in logs. So the
page asks for a signed ticket that lives 30 seconds and sends it as the first message. The WebSocket handlers are
declared PUBLIC for that reason: the guard sees no credentials yet. They check Origin before accepting, and nothing is
sent or subscribed before the ticket has been verified.
"""

import asyncio
from contextlib import suppress
from typing import Any, Literal
from uuid import UUID

import msgspec
import structlog
from litestar import WebSocket, post, websocket
from litestar.datastructures import State
from litestar.exceptions import WebSocketDisconnect

from zhanggui.core.auth import BUYER, PUBLIC, Buyer, StaffMember, runtime_of, staff
from zhanggui.core.errors import ShopError, not_found
from zhanggui.core.runtime import Runtime
from zhanggui.core.tokens import TICKET_SECONDS
from zhanggui.messaging.live import TOO_SLOW, Listener, hub_of
from zhanggui.staff.sessions import alive

log = structlog.get_logger()
Socket = WebSocket[Any, Any, State]
Side = Literal["shop", "console"]
FIRST_MESSAGE_SECONDS = 10
PING_SECONDS = 25
NOT_ALLOWED = 4401
# Mini-programs connect from this origin (developers.weixin.qq.com, 网络: referer https://servicewechat.com/{appid}/…).
MINI_PROGRAMS = "https://servicewechat.com"
READY, PING = b'{"type":"ready"}', b'{"type":"ping"}'


class Ticket(msgspec.Struct, frozen=True):
    """The first message to send; it lives `expires_in` seconds."""

    ticket: str
    expires_in: int


class StoreTicket(msgspec.Struct, forbid_unknown_fields=True):
    """Which store to listen to."""

    store_id: UUID


class _FirstMessage(msgspec.Struct):
    ticket: str


@post("/live/ticket", opt=BUYER, status_code=200)
async def shop_ticket(rt: Runtime, buyer: Buyer) -> Ticket:
    """A ticket for the buyer's live updates."""
    return Ticket(rt.signer.sign("live", buyer.id, TICKET_SECONDS, side="shop"), TICKET_SECONDS)


@post("/live/ticket", opt=staff(), status_code=200)
async def console_ticket(rt: Runtime, member: StaffMember, data: StoreTicket) -> Ticket:
    """A ticket for a store's live updates; needs `orders.read` there."""
    if member.must_change_password:
        raise ShopError("password_must_change", 403)
    held = member.stores.get(data.store_id)
    if held is None:
        raise not_found("store")
    if "orders.read" not in held:
        raise ShopError("forbidden", 403)
    sid, money = str(member.session_id), "money.read" in held
    ticket = rt.signer.sign("live", data.store_id, TICKET_SECONDS, side="console", sid=sid, money=money)
    return Ticket(ticket, TICKET_SECONDS)


@websocket("/live", opt=PUBLIC)  # the ticket in the first message is checked instead: see the module's text
async def shop_live(socket: Socket) -> None:
    """A buyer's live updates: `{"type":"order",…}` about their own orders."""
    await _serve(socket, "shop")


@websocket("/live", opt=PUBLIC)  # as above
async def console_live(socket: Socket) -> None:
    """A store's live updates for its staff: orders and stock, and what its money needs for those who may see that."""
    await _serve(socket, "console")


async def _serve(socket: Socket, side: Side) -> None:
    rt = runtime_of(socket)
    if not origin_allowed(rt, side, socket.headers.get("origin")):
        await socket.close(NOT_ALLOWED)
        return
    await socket.accept()
    with suppress(WebSocketDisconnect):  # the client went away: that is how every connection ends
        claims = await _claims(rt, socket, side)
        if claims is None:
            await socket.close(NOT_ALLOWED)
            return
        address: UUID = claims["sub"]
        listener = hub_of(rt).join(side, address, money=bool(claims.get("money")))
        try:
            await socket.send_data(READY)
            await _relay(rt, socket, listener, address, claims.get("sid"))
        finally:
            hub_of(rt).leave(side, address, listener)


def origin_allowed(rt: Runtime, side: Side, origin: str | None) -> bool:
    """Whether a page of `origin` may connect. No Origin means no browser, so nothing can be ridden on."""
    if origin is None:
        return True
    if side == "console":
        return origin == rt.config.console_origin
    return origin in {rt.config.shop_origin, MINI_PROGRAMS}


async def _claims(rt: Runtime, socket: Socket, side: Side) -> dict[str, Any] | None:
    try:
        async with asyncio.timeout(FIRST_MESSAGE_SECONDS):
            text = await socket.receive_text()
        ticket = msgspec.json.decode(text, type=_FirstMessage).ticket
    except (TimeoutError, msgspec.MsgspecError):
        return None
    claims = rt.signer.verify("live", ticket)
    return claims if claims is not None and claims.get("side") == side else None


async def _relay(rt: Runtime, socket: Socket, listener: Listener, address: UUID, session: str | None) -> None:
    """Send what comes until the client goes, falls behind or may no longer listen."""
    sending = asyncio.create_task(_send(rt, socket, listener, address, session))
    reading = asyncio.create_task(_until_gone(socket))
    slow = asyncio.create_task(listener.overrun.wait())
    tasks = (sending, reading, slow)
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if slow in done:
        log.info("live_client_dropped", address=str(address))
        await socket.close(TOO_SLOW)
        return
    for task in done:
        await task  # raises what ended it: the client's leaving, or a fault
    await socket.close(NOT_ALLOWED)


async def _send(rt: Runtime, socket: Socket, listener: Listener, address: UUID, session: str | None) -> None:
    """Pass messages on and ping every 25 s, when a staff session is looked up again; returns once it is over."""
    loop = asyncio.get_running_loop()
    ping_at = loop.time() + PING_SECONDS
    while True:
        try:
            async with asyncio.timeout_at(
                ping_at
            ):  # wait_for of 3.11 can lose a cancellation when there is always news
                message = await listener.queue.get()
        except TimeoutError:
            message, ping_at = PING, loop.time() + PING_SECONDS
            if session is not None and not await alive(rt, UUID(session), address):
                return  # signed out, switched off or no longer of this store
        try:
            await socket.send_data(message)
        except OSError as fault:  # uvicorn's way to say that the connection broke while sending
            raise WebSocketDisconnect(detail="broken while sending") from fault


async def _until_gone(socket: Socket) -> None:
    """Read until the client is gone; it has nothing to say after the ticket."""
    while True:
        await socket.receive_text()


shop_routes = [shop_ticket, shop_live]
console_routes = [console_ticket, console_live]
