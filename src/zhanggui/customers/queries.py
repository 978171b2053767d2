"""What other domains may ask about a buyer; every query carries its owner."""

from typing import Any
from uuid import UUID

import msgspec

from zhanggui.core.crypto import Sealer
from zhanggui.core.db import Connection, Row, statement
from zhanggui.core.errors import not_found
from zhanggui.core.runtime import Runtime
from zhanggui.customers.phones import mask_phone
from zhanggui.customers.shapes import AddressBody, Customer

IDENTITY = statement(
    "customers.identity",
    """
    SELECT subject FROM customer_identity
    WHERE customer_id = $1 AND provider = $2 AND appid = $3 ORDER BY id DESC LIMIT 1
    """,
)
PROFILE = statement(
    "customers.profile",
    """
    SELECT customer_id, guest, nickname, avatar, phone_sealed, locale FROM customer
    WHERE customer_id = $1 AND merged_into IS NULL
    """,
)
ADDRESS = statement(
    "customers.address",
    """
    SELECT id, sealed, region_code, province, city, district, street, lat, lng, tag, is_default
    FROM customer_address WHERE customer_id = $1 AND id = $2
    """,
)
ADDRESSES = statement(
    "customers.addresses",
    """
    SELECT id, sealed, region_code, province, city, district, street, lat, lng, tag, is_default
    FROM customer_address WHERE customer_id = $1 ORDER BY is_default DESC, updated_at DESC, id
    """,
)


OPENED = {"sealed", "lat", "lng"}  # columns that `Private` stands for


class Private(msgspec.Struct, frozen=True):
    """The sealed part of an address; the place in WGS-84 degrees."""

    recipient: str
    phone: str
    detail: str
    lat: float | None = None
    lng: float | None = None


class Profile(msgspec.Struct, frozen=True):
    """A buyer with the phone number opened (E.164), for use cases; `Customer` is what leaves the server."""

    id: UUID
    guest: bool
    nickname: str
    avatar: str | None
    phone: str | None
    locale: Any

    @property
    def card(self) -> Customer:
        masked = mask_phone(self.phone) if self.phone else None
        return Customer(self.id, self.guest, self.nickname, self.avatar, masked, self.locale)


async def identity(rt: Runtime, customer_id: UUID, provider: str, appid: str) -> str | None:
    """How `provider` (`wechat_mp`, …) names the buyer in `appid`: the openid, None when it never met them there."""
    return await rt.db.fetchval(IDENTITY, customer_id, provider, appid)


async def profile(pool: Connection, sealer: Sealer, customer_id: UUID) -> Profile:
    """The buyer. Raises 404 `not_found` for one that does not exist or became somebody else."""
    row = await pool.fetchrow(PROFILE, customer_id)
    if row is None:
        raise not_found("customer")
    sealed = row["phone_sealed"]
    phone = sealer.open(sealed, "customer", "phone_sealed", customer_id) if sealed else None
    return Profile(row["customer_id"], row["guest"], row["nickname"], row["avatar"], phone, row["locale"])


async def load_address(
    conn: Connection, sealer: Sealer, customer_id: UUID, address_id: UUID
) -> AddressBody | None:
    """One address of the buyer, opened; None when it is not theirs."""
    row = await conn.fetchrow(ADDRESS, customer_id, address_id)
    return open_address(sealer, row) if row else None


async def list_addresses(conn: Connection, sealer: Sealer, customer_id: UUID) -> list[AddressBody]:
    """The whole address book, the default one first."""
    return [open_address(sealer, row) for row in await conn.fetch(ADDRESSES, customer_id)]


def open_address(sealer: Sealer, row: Row) -> AddressBody:
    """An address row with its sealed part opened; the place of older rows stands in columns of its own."""
    fields = {key: row[key] for key in row.keys() if key not in OPENED}  # noqa: SIM118  # a record iterates values
    text = sealer.open(row["sealed"], "customer_address", "sealed", row["id"])
    private = msgspec.json.decode(text, type=Private)
    if private.lat is None:
        private = msgspec.structs.replace(private, lat=row["lat"], lng=row["lng"])
    return AddressBody(**fields, **msgspec.to_builtins(private))
