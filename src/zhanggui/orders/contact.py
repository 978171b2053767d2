"""Looking at a buyer's contact, which leaves a trace."""

from uuid import UUID

from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.errors import not_found
from zhanggui.core.runtime import Runtime
from zhanggui.customers.phones import national_phone
from zhanggui.orders.page_parts import open_contact
from zhanggui.orders.rules import Actor
from zhanggui.orders.shapes import OpenContact
from zhanggui.orders.timeline import TimelineEntry, append_timeline

SEALED = statement(
    "orders.contact", "SELECT id, contact_sealed FROM sales_order WHERE store_id = $1 AND id = $2"
)


async def read_contact(rt: Runtime, store_id: UUID, order_id: UUID, actor: Actor) -> OpenContact:
    """The contact unmasked, written down in the order's timeline. Raises 404 when there is none."""

    async def work(conn: Connection) -> OpenContact:
        row = await conn.fetchrow(SEALED, store_id, order_id)
        contact = open_contact(rt.sealer, row) if row else None
        if contact is None:
            raise not_found("contact")
        await append_timeline(conn, store_id, [TimelineEntry(order_id, "contact_viewed", actor)])
        return OpenContact(contact.recipient, national_phone(contact.phone), contact.text)

    return await in_transaction(rt.db, work)
