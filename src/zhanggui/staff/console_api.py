"""The console's session: sign in, who am I, sign out, change the password."""

from litestar import Response, delete, get, post
from litestar.datastructures import Cookie

from zhanggui.core.auth import PUBLIC, STAFF_COOKIE, StaffMember, staff
from zhanggui.core.errors import ShopError
from zhanggui.core.http import AnyRequest
from zhanggui.core.runtime import Runtime
from zhanggui.staff import sign_in
from zhanggui.staff.queries import staff_session
from zhanggui.staff.sessions import LIFE, Seat, sessions
from zhanggui.staff.shapes import Credentials, PasswordChange, StaffSession


def seat_of(request: AnyRequest) -> Seat:
    """Where the request comes from."""
    return Seat(request.headers.get("user-agent", ""), request.client.host if request.client else "unknown")


def cookie(rt: Runtime, value: str | None) -> Cookie:
    """The session cookie, or with None the one that removes it; `Secure` where the console is served over TLS."""
    return Cookie(
        STAFF_COOKIE,
        value=value or "",
        path="/api/console",
        max_age=int(LIFE.total_seconds()) if value else 0,
        httponly=True,
        samesite="strict",
        secure=rt.config.console_origin.startswith("https:"),
    )


async def answer(rt: Runtime, value: str) -> Response[StaffSession]:
    """The session behind a new cookie, and the cookie."""
    member = await sessions.resolve(rt, value)
    if member is None:
        raise ShopError("unauthenticated", 401)
    body = await staff_session(rt, member)
    return Response(body, status_code=200, cookies=[cookie(rt, value)], headers={"Cache-Control": "no-store"})


@post("/session", opt=PUBLIC, status_code=200)
async def begin(request: AnyRequest, rt: Runtime, data: Credentials) -> Response[StaffSession]:
    """Sign in; sets the session cookie."""
    return await answer(rt, await sign_in.sign_in(rt, data.login, data.password, seat_of(request)))


@get("/session", opt=staff())
async def read(rt: Runtime, member: StaffMember) -> Response[StaffSession]:
    """Who is signed in and what they may do where."""
    return Response(await staff_session(rt, member), headers={"Cache-Control": "no-store"})


@delete("/session", opt=staff())
async def end(request: AnyRequest, rt: Runtime, member: StaffMember) -> Response[None]:
    """Sign out; removes the cookie."""
    await sign_in.sign_out(rt, member, seat_of(request))
    return Response(None, status_code=204, cookies=[cookie(rt, None)])


@post("/session/password", opt=staff(), status_code=200)
async def change_password(
    request: AnyRequest, rt: Runtime, member: StaffMember, data: PasswordChange
) -> Response[StaffSession]:
    """Change the password; every other session of the person ends."""
    value = await sign_in.change_password(rt, member, data.old_password, data.new_password, seat_of(request))
    return await answer(rt, value)


routes = [begin, read, end, change_password]
