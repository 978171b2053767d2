"""Who may call: every handler carries exactly one declaration in its `opt`, enforced by one guard.

`PUBLIC` anybody · `GUEST` a bearer token, guests included · `BUYER` a signed-in buyer · `staff("permission")` a staff
session whose role in the store of the path has that permission · `HOOK` an outside system whose signature the handler
checks first.
"""

from dataclasses import dataclass
from typing import Any, Literal, Protocol, cast
from uuid import UUID

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from zhanggui.core.errors import ShopError, not_found
from zhanggui.core.ids import quick_id
from zhanggui.core.runtime import Runtime

STAFF_COOKIE = "zg_staff"
CSRF_HEADER = "X-CSRF-Token"
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
Who = Literal["public", "guest", "buyer", "staff", "hook"]


@dataclass(frozen=True)
class Access:
    """The declaration itself; `permission` only for staff, None meaning any signed-in staff member."""

    who: Who
    permission: str | None = None


PUBLIC: dict[str, Any] = {"access": Access("public")}
GUEST: dict[str, Any] = {"access": Access("guest")}
BUYER: dict[str, Any] = {"access": Access("buyer")}
HOOK: dict[str, Any] = {"access": Access("hook")}


def staff(permission: str | None = None) -> dict[str, Any]:
    """`opt=staff("orders.ship")`; for paths without a store, `opt=staff()`."""
    return {"access": Access("staff", permission)}


@dataclass(frozen=True)
class Buyer:
    """Who calls the shop, from the access token alone (no SQL)."""

    id: UUID
    guest: bool
    session_id: UUID


@dataclass(frozen=True)
class StaffMember:
    """Who calls the console; `stores` maps store ids to the permissions held there."""

    id: UUID
    name: str
    session_id: UUID
    csrf: str
    must_change_password: bool
    stores: dict[UUID, frozenset[str]]


class StaffSessions(Protocol):
    """Looks a session cookie up; implemented by the staff domain and handed in by app.py."""

    async def resolve(self, rt: Runtime, cookie: str) -> StaffMember | None: ...


def bearer(rt: Runtime, header: str | None) -> Buyer | None:
    """The buyer of an `Authorization: Bearer …` header, None without a valid one."""
    scheme, _, token = (header or "").partition(" ")
    claims = rt.signer.verify("access", token) if scheme.lower() == "bearer" else None
    if claims is None:
        return None
    return Buyer(claims["sub"], bool(claims.get("guest")), quick_id(claims["sid"]))


def runtime_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Runtime:
    return cast("Runtime", connection.app.state.rt)


async def enforce_access(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The application's only guard. A handler without a declaration is refused outright."""
    access = handler.opt.get("access")
    if access is None:
        raise ShopError("forbidden", 403)
    rt = runtime_of(connection)
    if access.who in {"public", "guest", "buyer"}:
        buyer = bearer(rt, connection.headers.get("authorization"))
        if access.who != "public" and (buyer is None or (access.who == "buyer" and buyer.guest)):
            raise ShopError("unauthenticated", 401)
        connection.scope["state"]["buyer"] = buyer
    elif access.who == "staff":
        connection.scope["state"]["staff"] = await _staff(rt, connection, access.permission)


async def _staff(
    rt: Runtime, connection: ASGIConnection[Any, Any, Any, Any], permission: str | None
) -> StaffMember:
    sessions = cast("StaffSessions", connection.app.state.staff_sessions)
    cookie = connection.cookies.get(STAFF_COOKIE)
    member = await sessions.resolve(rt, cookie) if cookie else None
    if member is None:
        raise ShopError("unauthenticated", 401)
    if (
        connection.scope.get("method") not in SAFE_METHODS
        and connection.headers.get(CSRF_HEADER) != member.csrf
    ):
        raise ShopError("csrf", 403)
    if permission is not None:
        if member.must_change_password:
            raise ShopError("password_must_change", 403)
        held = member.stores.get(connection.path_params["store_id"])
        if held is None:
            raise not_found("store")  # another merchant's store is not even acknowledged
        if permission not in held:
            raise ShopError("forbidden", 403)
    return member
