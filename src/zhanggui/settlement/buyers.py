"""Finding a person among the store's buyers, so that nobody has to type an openid."""

from uuid import UUID

from sqlalchemy import or_, select

from zhanggui.core.errors import ShopError, not_found
from zhanggui.core.runtime import Runtime
from zhanggui.customers.queries import identity
from zhanggui.customers.tables import customer, customer_identity
from zhanggui.orders.listing import phone_index
from zhanggui.orders.page_parts import buyer_text, open_contact
from zhanggui.orders.tables import sales_order
from zhanggui.payments.accounts import active_account
from zhanggui.settlement.shapes import StoreBuyer

PROVIDER = "wechat_mp"
LATEST = 200
"""Orders that are looked through for recent buyers."""
MOST = 20
o, c, i = sales_order.c, customer.c, customer_identity.c


async def find(rt: Runtime, store_id: UUID, q: str) -> list[StoreBuyer]:
    """Buyers of the store who are known to its mini-program, the latest first: of a phone number or an order's number, or recent ones.

    Raises 409 `payment_not_set_up`: shares are paid in the application of the store's account.
    """
    account = await active_account(rt, store_id)
    orders = select(o.id, o.customer_id, o.number, o.placed_at, o.contact_sealed).where(
        o.store_id == store_id
    )
    if q:
        index = phone_index(rt, q)
        matches = [o.number.startswith(q, autoescape=True)]
        if index is not None:
            owners = select(c.customer_id).where(c.phone_index == index)
            matches += [o.contact_phone_index == index, o.customer_id.in_(owners)]
        orders = orders.where(or_(*matches))
    some = orders.order_by(o.id.desc()).limit(LATEST).subquery()
    query = (
        select(some, c.nickname)
        .join(customer, c.customer_id == some.c.customer_id)
        .where(
            select(i.id)
            .where(i.customer_id == some.c.customer_id, i.provider == PROVIDER, i.appid == account.appid)
            .exists()
        )
        .order_by(some.c.id.desc())
    )
    found: dict[UUID, StoreBuyer] = {}
    async with rt.reads.connect() as conn:
        for row in (await conn.execute(query)).mappings():
            if len(found) < MOST and row["customer_id"] not in found:
                name = buyer_text(open_contact(rt.sealer, row)) or row["nickname"]
                found[row["customer_id"]] = StoreBuyer(
                    row["customer_id"], name, row["number"], row["placed_at"]
                )
    return list(found.values())


async def openid_of(rt: Runtime, store_id: UUID, customer_id: UUID) -> str:
    """The openid of one of the store's buyers where its shares are paid. Raises 404 for who never bought here, 409 `buyer_unknown_there`."""
    mine = select(o.id).where(o.store_id == store_id, o.customer_id == customer_id).limit(1)
    async with rt.reads.connect() as conn:
        if (await conn.execute(mine)).first() is None:
            raise not_found("buyer", "customer_id")
    openid = await identity(rt, customer_id, PROVIDER, (await active_account(rt, store_id)).appid)
    if openid is None:
        raise ShopError("buyer_unknown_there", 409, field="customer_id")
    return openid
