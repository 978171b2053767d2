"""A signed-in person as the console sees them."""

from zhanggui.core.auth import StaffMember
from zhanggui.core.db import statement
from zhanggui.core.errors import ShopError
from zhanggui.core.runtime import Runtime
from zhanggui.staff.shapes import StaffCard, StaffSession, StoreSeat
from zhanggui.stores.queries import load

SELF = statement(
    "staff.queries.self",
    """
    SELECT m.login, array(SELECT r.store_id FROM staff_role r WHERE r.staff_id = m.staff_id) AS stores,
           array(SELECT r.role FROM staff_role r WHERE r.staff_id = m.staff_id) AS roles
    FROM staff_member m WHERE m.staff_id = $1
    """,
)


async def staff_session(rt: Runtime, member: StaffMember) -> StaffSession:
    """Who they are and what they may do in which store, stores by short name."""
    row = await rt.db.fetchrow(SELF, member.id)
    if row is None:
        raise ShopError("unauthenticated", 401)
    seats: list[StoreSeat] = []
    for store_id, role in zip(row["stores"], row["roles"], strict=True):
        store = await load(rt, store_id)
        permissions = sorted(member.stores.get(store_id, frozenset()))
        seats.append(
            StoreSeat(
                id=store.id,
                slug=store.slug,
                name=store.name,
                layout=store.layout,
                currency=store.currency,
                timezone=store.timezone,
                role=role,
                permissions=permissions,
            )
        )
    card = StaffCard(member.id, row["login"], member.name, member.must_change_password)
    return StaffSession(card, member.csrf, sorted(seats, key=lambda seat: seat.slug))
