"""The buyer's own endpoints: profile, consents, addresses, regions; sign-in is in session_api.py."""

from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, patch, post, put
from litestar.params import QueryParameter

from zhanggui.core.auth import BUYER, PUBLIC, Buyer
from zhanggui.core.http import AnyRequest
from zhanggui.core.idempotency import Key
from zhanggui.core.runtime import Runtime
from zhanggui.customers import addresses, me, session_api, wechat_pages_api
from zhanggui.customers.queries import list_addresses, profile
from zhanggui.customers.regions import regions
from zhanggui.customers.shapes import (
    AddressBody,
    Addresses,
    AddressInput,
    Consent,
    Customer,
    OwnPhone,
    PhoneCode,
    ProfileChange,
    RegionItem,
    RegionItems,
)

ParentCode = Annotated[str, QueryParameter(max_length=9)]


@get("/me", opt=BUYER)
async def read_me(rt: Runtime, buyer: Buyer) -> Customer:
    """The signed-in buyer."""
    return (await profile(rt.db, rt.sealer, buyer.id)).card


@patch("/me", opt=BUYER)
async def change_me(rt: Runtime, buyer: Buyer, data: ProfileChange) -> Customer:
    """Change name or language."""
    await me.change_profile(rt, buyer.id, data.nickname, data.locale)
    return (await profile(rt.db, rt.sealer, buyer.id)).card


@get("/me/phone", opt=BUYER)
async def read_my_phone(rt: Runtime, buyer: Buyer) -> OwnPhone:
    """The number one signed in with, for one's own forms."""
    return OwnPhone((await profile(rt.db, rt.sealer, buyer.id)).phone)


@post("/me/phone", opt=BUYER, status_code=200)
async def set_my_phone(rt: Runtime, buyer: Buyer, data: PhoneCode) -> Customer:
    """Take the phone number of the mini-program's getPhoneNumber button."""
    await me.set_phone(rt, buyer.id, data.code)
    return (await profile(rt.db, rt.sealer, buyer.id)).card


@post("/me/consents", opt=BUYER, status_code=204)
async def agree(rt: Runtime, buyer: Buyer, data: Consent) -> None:
    """Record agreement to the privacy text in force."""
    await me.consent(rt, buyer.id, data.kind, data.version)


@get("/addresses", opt=BUYER)
async def read_addresses(rt: Runtime, buyer: Buyer) -> Addresses:
    """The address book, the default one first."""
    return Addresses(await list_addresses(rt.db, rt.sealer, buyer.id))


@post("/addresses", opt=BUYER)
async def add_address(rt: Runtime, buyer: Buyer, data: AddressInput, idempotency_key: Key) -> AddressBody:
    """Add an address; the first one becomes the default."""
    return await addresses.add_address(rt, buyer.id, data, idempotency_key)


@put("/addresses/{address_id:uuid}", opt=BUYER)
async def change_address(rt: Runtime, buyer: Buyer, address_id: UUID, data: AddressInput) -> AddressBody:
    """Replace an address."""
    return await addresses.change_address(rt, buyer.id, address_id, data)


@delete("/addresses/{address_id:uuid}", opt=BUYER)
async def remove_address(rt: Runtime, buyer: Buyer, address_id: UUID) -> None:
    """Remove an address."""
    await addresses.remove_address(rt, buyer.id, address_id)


@get("/regions", opt=PUBLIC)
async def read_regions(request: AnyRequest, parent: ParentCode = "") -> Response[RegionItems | None]:
    """The regions directly below `parent`, provinces without one; they change a few times a year."""
    known = regions()
    headers = {"ETag": known.etag, "Cache-Control": "public, max-age=86400"}
    if request.headers.get("if-none-match") == known.etag:
        return Response(None, status_code=304, headers=headers)
    items = [RegionItem(*item) for item in known.below(parent)]
    return Response(RegionItems(items), headers=headers)


routes = [
    *session_api.routes,
    *wechat_pages_api.routes,
    read_me,
    change_me,
    read_my_phone,
    set_my_phone,
    agree,
    read_addresses,
    add_address,
    change_address,
    remove_address,
    read_regions,
]
