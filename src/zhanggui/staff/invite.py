"""Add a person to the console: used by the command line and the demo."""

from collections.abc import Mapping
from uuid import UUID

import asyncpg

from zhanggui.core import clock
from zhanggui.core.db import Connection, statement
from zhanggui.core.errors import ShopError
from zhanggui.core.ids import new_id
from zhanggui.staff.passwords import hash_password
from zhanggui.staff.rules import Role

ADD = statement(
    "staff.invite.add",
    """
    INSERT INTO staff_member (staff_id, login, name, password_hash, must_change_password, created_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    """,
)
ROLES = statement(
    "staff.invite.roles",
    """
    INSERT INTO staff_role (store_id, staff_id, role)
    SELECT store_id, $1, role FROM unnest($2::uuid[], $3::text[]) AS r (store_id, role)
    ON CONFLICT (store_id, staff_id) DO UPDATE SET role = excluded.role
    """,
)


async def add_staff(
    conn: Connection,
    login: str,
    name: str,
    password: str,
    roles: Mapping[UUID, Role],
    *,
    must_change_password: bool = True,
) -> UUID:
    """Add a person with a first password, to be changed at the first sign-in, and a role in each of some stores.

    Returns the person's id; hashing blocks for tens of milliseconds. Raises 409 `login_taken`.
    """
    staff_id = new_id()
    try:
        await conn.execute(
            ADD, staff_id, login.lower(), name, hash_password(password), must_change_password, clock.now()
        )
    except asyncpg.UniqueViolationError as fault:
        raise ShopError("login_taken", 409, field="login") from fault
    await conn.execute(ROLES, staff_id, list(roles), list(roles.values()))
    return staff_id
