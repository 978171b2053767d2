"""Keys and secrets in the console: written by the store's owner, never shown."""

from typing import Any
from uuid import UUID

from litestar import get, post, put

from zhanggui.core.auth import StaffMember, staff
from zhanggui.core.runtime import Runtime
from zhanggui.payments import connections
from zhanggui.payments.connection_shapes import (
    AppInput,
    AppKind,
    Connection,
    Connections,
    PaymentInput,
    Tested,
)

BASE = "/stores/{store_id:uuid}/connections"
OWNER = staff("settings.write")


@get(BASE, opt=OWNER)
async def read_connections(rt: Runtime, member: StaffMember, store_id: UUID) -> Connections:
    """Applications and payment account: what is set, since when, by whom; and the last changes."""
    return await connections.connections(rt, member, store_id)


@put(BASE + "/apps/{kind:str}", opt=OWNER)
async def write_app(
    rt: Runtime, member: StaffMember, store_id: UUID, kind: AppKind, data: AppInput
) -> Connections:
    """Set an application's secret, if the platform accepts it; in force at once.

    403 `apps_shared`, 409 `app_other`; 422 or 503 `connection_not_kept`, and what was set before stays.
    """
    await connections.set_app(rt, member, kind, data)
    return await connections.connections(rt, member, store_id)


@put(BASE + "/payment", opt=OWNER)
async def write_payment(rt: Runtime, member: StaffMember, store_id: UUID, data: PaymentInput) -> Connections:
    """Set the merchant's account or its keys, if the platform accepts them; new payments go to it at once.

    409 for an account of another legal entity; 422 for keys that cannot be right; 422 or 503 `connection_not_kept`, and what was set before stays.
    """
    await connections.set_payment(rt, member, store_id, data)
    return await connections.connections(rt, member, store_id)


@post(BASE + "/test/{which:str}", opt=OWNER, status_code=200)
async def test_connection(rt: Runtime, store_id: UUID, which: Connection) -> Tested:
    """Ask the platform with the keys in use whether they are right. 409 or 503 when nothing is set."""
    return await connections.try_out(rt, store_id, which)


routes: list[Any] = [read_connections, write_app, write_payment, test_connection]
