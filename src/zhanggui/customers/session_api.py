"""Sign-in endpoints; what they do is in sign_in.py, codes.py and sessions.py."""

from datetime import timedelta

from litestar import post

from zhanggui.core.auth import BUYER, PUBLIC, Buyer
from zhanggui.core.http import AnyRequest
from zhanggui.core.i18n import Locale
from zhanggui.core.ratelimit import Limit, take
from zhanggui.core.runtime import Runtime
from zhanggui.core.tokens import ACCESS_SECONDS
from zhanggui.customers import codes, sign_in
from zhanggui.customers.phones import parse_phone
from zhanggui.customers.queries import profile
from zhanggui.customers.sessions import Tokens, refresh, sign_out
from zhanggui.customers.shapes import (
    CodeRequest,
    CodeSent,
    Nothing,
    PhoneSignIn,
    RefreshToken,
    Session,
    WechatSignIn,
)

HOUR = timedelta(hours=1)


def address_of(request: AnyRequest) -> str:
    """The caller's network address; uvicorn has put a trusted proxy's X-Forwarded-For there."""
    return request.client.host if request.client else "unknown"


def client_of(request: AnyRequest) -> str:
    """The caller's user agent."""
    return request.headers.get("user-agent", "")


async def answer(rt: Runtime, tokens: Tokens) -> Session:
    """The tokens with their owner's profile."""
    customer = await profile(rt.db, rt.sealer, tokens.customer_id)
    return Session(tokens.access_token, ACCESS_SECONDS, tokens.refresh_token, customer.card)


@post("/session/guest", opt=PUBLIC)
async def begin_guest(
    request: AnyRequest,
    rt: Runtime,
    locale: Locale,
    data: Nothing,  # noqa: ARG001  # the body is checked to be an empty object
) -> Session:
    """A session for a visitor who has not signed in: a cart needs an owner."""
    await take(rt.db, [Limit("guest", address_of(request), 300, HOUR)])
    return await answer(rt, await sign_in.as_guest(rt, locale, client_of(request)))


@post("/session/wechat", opt=PUBLIC, status_code=200)
async def begin_wechat(
    request: AnyRequest, rt: Runtime, locale: Locale, buyer: Buyer | None, data: WechatSignIn
) -> Session:
    """Sign in with a code of wx.login; a guest's bearer token sent along brings the guest's cart."""
    await take(rt.db, [Limit("wechat", address_of(request), 600, HOUR)])
    tokens = await sign_in.by_wechat(rt, data.code, data.appid, buyer, locale, client_of(request))
    return await answer(rt, tokens)


@post("/session/phone-code", opt=PUBLIC, status_code=202)
async def send_phone_code(request: AnyRequest, rt: Runtime, locale: Locale, data: CodeRequest) -> CodeSent:
    """Send a sign-in code by text message. It is never part of an answer."""
    phone = parse_phone(data.phone, mobile=True)
    return await codes.send_code(rt, phone, address_of(request), locale)


@post("/session/phone", opt=PUBLIC, status_code=200)
async def begin_phone(
    request: AnyRequest, rt: Runtime, locale: Locale, buyer: Buyer | None, data: PhoneSignIn
) -> Session:
    """Sign in with the code that was sent; a guest's bearer token sent along brings the guest's cart."""
    phone = parse_phone(data.phone, mobile=True)
    await codes.limit_tries(rt, phone, address_of(request))
    tokens = await sign_in.by_phone(rt, phone, data.code, buyer, locale, client_of(request))
    return await answer(rt, tokens)


@post("/session/refresh", opt=PUBLIC, status_code=200)
async def refresh_session(request: AnyRequest, rt: Runtime, data: RefreshToken) -> Session:
    """New tokens for a refresh token, which is good once (and for 30 s again by the same client)."""
    return await answer(rt, await refresh(rt, data.refresh_token, client_of(request)))


@post("/session/sign-out", opt=BUYER, status_code=204)
async def end_session(rt: Runtime, buyer: Buyer, data: RefreshToken) -> None:
    """End the session: its refresh token is void, its access token runs out within 15 minutes."""
    await sign_out(rt, buyer, data.refresh_token)


routes = [begin_guest, begin_wechat, send_phone_code, begin_phone, refresh_session, end_session]
