"""The address book: recipient, phone, detail and place sealed, region names from the official list, one default."""

from uuid import UUID

import msgspec

from zhanggui.core import clock
from zhanggui.core.crypto import Sealer
from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.errors import ShopError, not_found
from zhanggui.core.idempotency import NO_STORE, Asked, fingerprint, made_once
from zhanggui.core.ids import new_id
from zhanggui.core.runtime import Runtime
from zhanggui.customers.phones import parse_phone
from zhanggui.customers.queries import Private, load_address
from zhanggui.customers.regions import regions
from zhanggui.customers.shapes import AddressBody, AddressInput

MOST = 50

# The customer's row is the lock: two changes of one address book go one after the other.
LOCK = statement(
    "customers.addresses.lock",
    "SELECT customer_id FROM customer WHERE customer_id = $1 AND merged_into IS NULL FOR UPDATE",
)
COUNT = statement("customers.addresses.count", "SELECT count(*) FROM customer_address WHERE customer_id = $1")
CLEAR_DEFAULT = statement(
    "customers.addresses.clear_default",
    "UPDATE customer_address SET is_default = false WHERE customer_id = $1 AND is_default AND id <> $2",
)
SAVE = statement(
    "customers.addresses.save",
    """
    INSERT INTO customer_address (customer_id, id, sealed, region_code, province, city, district, street, lat, lng, tag,
      is_default, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, NULL, $9, $10, $11, $11)
    ON CONFLICT (customer_id, id) DO UPDATE SET
      sealed = excluded.sealed, region_code = excluded.region_code, province = excluded.province, city = excluded.city,
      district = excluded.district, street = excluded.street, lat = excluded.lat, lng = excluded.lng, tag = excluded.tag,
      is_default = excluded.is_default, updated_at = excluded.updated_at
    """,
)
REMOVE = statement(
    "customers.addresses.remove",
    "DELETE FROM customer_address WHERE customer_id = $1 AND id = $2 RETURNING is_default",
)
NEXT_DEFAULT = statement(
    "customers.addresses.next_default",
    """
    UPDATE customer_address SET is_default = true WHERE customer_id = $1 AND id = (
      SELECT id FROM customer_address WHERE customer_id = $1 ORDER BY updated_at DESC, id LIMIT 1)
    """,
)


async def add_address(rt: Runtime, customer_id: UUID, given: AddressInput, key: str) -> AddressBody:
    """Add an address, once per idempotency key; the first one is the default.

    Raises 400 for a bad phone or region, 409 `too_many_addresses` or `idempotency_key_reused`, 404 when the address that
    this key made was removed since.
    """
    body = checked(new_id(), given)
    asked = Asked(NO_STORE, customer_id, key, fingerprint("customers.add_address", given))

    async def work(conn: Connection) -> AddressBody:
        async def add() -> UUID:
            await _lock(conn, customer_id)
            count = await conn.fetchval(COUNT, customer_id)
            if count >= MOST:
                raise ShopError("too_many_addresses", 409)
            new = msgspec.structs.replace(body, is_default=body.is_default or count == 0)
            await _save(conn, rt.sealer, customer_id, new)
            return new.id

        saved = await load_address(conn, rt.sealer, customer_id, await made_once(conn, asked, add))
        if saved is None:
            raise not_found("address")
        return saved

    return await in_transaction(rt.db, work)


async def change_address(
    rt: Runtime, customer_id: UUID, address_id: UUID, given: AddressInput
) -> AddressBody:
    """Replace an address; the default stays one until another is made it. Raises 404 `not_found`, 400 as for adding."""
    body = checked(address_id, given)

    async def work(conn: Connection) -> AddressBody:
        await _lock(conn, customer_id)
        old = await load_address(conn, rt.sealer, customer_id, address_id)
        if old is None:
            raise not_found("address")
        saved = msgspec.structs.replace(body, is_default=body.is_default or old.is_default)
        await _save(conn, rt.sealer, customer_id, saved)
        return saved

    return await in_transaction(rt.db, work)


async def remove_address(rt: Runtime, customer_id: UUID, address_id: UUID) -> None:
    """Remove an address; when it was the default, the last one changed becomes it. Raises 404 `not_found`."""

    async def work(conn: Connection) -> None:
        await _lock(conn, customer_id)
        was_default = await conn.fetchval(REMOVE, customer_id, address_id)
        if was_default is None:
            raise not_found("address")
        if was_default:
            await conn.execute(NEXT_DEFAULT, customer_id)

    await in_transaction(rt.db, work)


def checked(address_id: UUID, given: AddressInput) -> AddressBody:
    """An address as it is kept: phone as E.164, names from the region's code. Raises 400 with the field at fault."""
    names = regions().names(given.region_code)
    if (given.lat is None) != (given.lng is None):
        raise ShopError("invalid", 400, field="lat")
    recipient, detail = given.recipient.strip(), given.detail.strip()
    for field, text in (("recipient", recipient), ("detail", detail)):
        if not text:
            raise ShopError("missing", 400, field=field)
    return AddressBody(
        id=address_id,
        recipient=recipient,
        phone=parse_phone(given.phone),
        region_code=given.region_code,
        **names._asdict(),
        detail=detail,
        lat=given.lat,
        lng=given.lng,
        tag=given.tag,
        is_default=given.is_default,
    )


async def _lock(conn: Connection, customer_id: UUID) -> None:
    if await conn.fetchval(LOCK, customer_id) is None:
        raise ShopError("unauthenticated", 401)  # a token outlives the account by minutes


async def _save(conn: Connection, sealer: Sealer, customer_id: UUID, body: AddressBody) -> None:
    private = Private(body.recipient, body.phone, body.detail, body.lat, body.lng)
    text = msgspec.json.encode(private).decode()
    await conn.execute(
        SAVE,
        customer_id,
        body.id,
        sealer.seal(text, "customer_address", "sealed", body.id),
        body.region_code,
        body.province,
        body.city,
        body.district,
        body.street,
        body.tag,
        body.is_default,
        clock.now(),
    )
    if body.is_default:
        await conn.execute(CLEAR_DEFAULT, customer_id, body.id)
