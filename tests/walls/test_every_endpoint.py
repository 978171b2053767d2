"""A second buyer, a second store's owner, a guest and nobody walk every endpoint there is, and get nothing.

Endpoints are taken from the application itself, so a new one is walked without being named here. What it needs in its path
is taken from a first buyer and a first store that have one of everything.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from tests.support.api import Api, Caller
from tests.support.paid import ADDRESS, paid_order
from tests.support.sale import line, order, placed, stock_goods
from zhanggui.app import create_api
from zhanggui.core.ids import new_id
from zhanggui.staff.rules import PERMISSIONS

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OWNED = {"order_id", "address_id", "line_id", "attempt_id", "return_id"}


@dataclass(frozen=True)
class Endpoint:
    """A handler at a path, with what it declares about who may call it."""

    method: str
    path: str
    who: str
    permission: str | None

    @property
    def id(self) -> str:
        return f"{self.method} {self.path}"


def endpoints() -> Iterator[Endpoint]:
    for route in create_api().routes:
        handlers = getattr(route, "route_handlers", None)
        for handler in handlers or ():
            access = handler.opt.get("access")
            for method in sorted(handler.http_methods & set(METHODS)):
                if access is not None:
                    yield Endpoint(method, route.path_format, access.who, access.permission)


ALL = sorted(endpoints(), key=lambda e: e.id)
OF_STORES = [e for e in ALL if e.who == "staff" and "{store_id}" in e.path]
OF_ROWS = [
    e
    for e in OF_STORES
    if {"order_id", "product_id", "sku_id", "category_id", "table_id", "return_id"}
    & set(re.findall(r"\{(\w+)", e.path))
]
OF_BUYERS = [e for e in ALL if e.who in {"buyer", "guest"} and OWNED & set(re.findall(r"\{(\w+)", e.path))]


@dataclass
class World:
    """One store and one buyer with one of everything, and the others."""

    api: Api
    ids: dict[str, str]
    buyer: Caller
    other_buyer: Caller
    owner: Caller
    other_owner: Caller
    clerk: Caller

    def path(self, endpoint: Endpoint) -> str:
        def fill(match: "re.Match[str]") -> str:
            return self.ids.get(match.group(1), str(new_id()))

        return re.sub(r"\{(\w+)(?::\w+)?\}", fill, endpoint.path)

    async def footprint(self) -> list[Any]:
        """Everything the first buyer and the first store own, as far as a stranger might change it."""
        store = UUID(self.ids["store_id"])
        rows: list[Any] = []
        for table in (
            "sales_order",
            "order_event",
            "stock",
            "product",
            "sku",
            "category",
            "dining_table",
            "return_request",
            "return_event",
            "return_message",
            "return_policy",
            "store",
        ):
            found = await self.api.rt.db.fetch(
                f"SELECT * FROM {table} WHERE store_id = $1 ORDER BY 1, 2, 3", store
            )
            rows.append([tuple(row) for row in found])
        for table in ("customer", "customer_address", "cart_line"):
            found = await self.api.rt.db.fetch(
                f"SELECT * FROM {table} WHERE customer_id = $1 ORDER BY 1, 2", self.buyer.id
            )
            rows.append([tuple(row) for row in found])
        return rows


@pytest.fixture(scope="module")
async def world(api: Api) -> World:
    store, other = await api.store(), await api.store()
    buyer, owner = await api.buyer(), await api.staff(store)
    goods = await stock_goods(api, store)
    paid = await paid_order(api, buyer, store, "express")
    (unpaid,) = await placed(
        buyer, order(store, [line(goods.skus[0])], 1000, contact={"name": "林", "phone": "13800138000"})
    )
    cart = (
        await buyer.post(
            "/cart/lines",
            {"store_id": str(store), "sku_id": str(goods.skus[0]), "modifiers": [], "quantity": 1},
        )
    ).json()
    address = (await buyer.post("/addresses", {**ADDRESS, "is_default": False})).json()
    await owner.post("/tables", {"code": "A1", "name": "1"})
    tables = (await owner.get("/tables")).json()["items"]
    product = (await owner.get(f"/products/{goods.product_id}")).json()
    await owner.put("/return-policy", {"policy": {"automatic": False}, "version": 0})
    asked = await buyer.post(
        f"/stores/{store}/orders/{paid['id']}/returns",
        {
            "kind": "refund_only",
            "reason": "changed_mind",
            "lines": [{"order_line_id": paid["lines"][0]["id"], "quantity": 1}],
        },
        key=str(new_id()),
    )
    ids = {
        "return_id": asked.json()["id"],
        "store_id": str(store),
        "order_id": unpaid["id"],
        "paid_order_id": paid["id"],
        "address_id": address["id"],
        "line_id": cart["stores"][0]["lines"][0]["id"],
        "product_id": str(goods.product_id),
        "sku_id": str(goods.skus[0]),
        "category_id": product["category_id"],
        "table_id": tables[0]["id"],
    }
    return World(
        api,
        ids,
        buyer,
        await api.buyer(),
        owner,
        await api.staff(other),
        await api.staff(store, "clerk"),
    )


def test_there_is_something_to_walk() -> None:
    assert len(ALL) > 60
    assert len(OF_STORES) > 25
    assert len(OF_BUYERS) > 7


@pytest.mark.parametrize(
    "endpoint", [e for e in ALL if e.who in {"buyer", "guest", "staff"}], ids=lambda e: e.id
)
async def test_nobody_is_let_in_without_credentials(world: World, endpoint: Endpoint) -> None:
    answer = await Caller(world.api.http, "").request(endpoint.method, world.path(endpoint), {})
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthenticated"


@pytest.mark.parametrize("endpoint", [e for e in ALL if e.who == "buyer"], ids=lambda e: e.id)
async def test_a_guest_is_asked_to_sign_in(world: World, endpoint: Endpoint) -> None:
    guest = await world.api.guest()
    answer = await guest.request(endpoint.method, world.path(endpoint), {}, key=str(new_id()))
    assert answer.status_code == 401


@pytest.mark.parametrize("endpoint", [e for e in ALL if e.who == "staff"], ids=lambda e: e.id)
async def test_a_buyers_token_opens_nothing_in_the_console(world: World, endpoint: Endpoint) -> None:
    answer = await world.buyer.request(endpoint.method, world.path(endpoint), {}, key=str(new_id()))
    assert answer.status_code == 401


@pytest.mark.parametrize("endpoint", OF_STORES, ids=lambda e: e.id)
async def test_another_stores_owner_gets_nothing(world: World, endpoint: Endpoint) -> None:
    before = await world.footprint()
    answer = await world.other_owner.request(endpoint.method, world.path(endpoint), {}, key=str(new_id()))
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"
    assert await world.footprint() == before


@pytest.mark.parametrize("endpoint", OF_ROWS, ids=lambda e: e.id)
async def test_a_row_of_another_store_is_not_found_under_ones_own(world: World, endpoint: Endpoint) -> None:
    """The path names the caller's own store but somebody else's row: macrozheng #599, CVE-2025-13117 and the like."""
    before = await world.footprint()
    own = world.other_owner.base.rsplit("/", 1)[-1]
    path = world.path(endpoint).replace(world.ids["store_id"], own)
    answer = await world.other_owner.request(endpoint.method, path, {}, key=str(new_id()))
    refused = {400, 404} if endpoint.permission in PERMISSIONS["owner"] else {403}
    assert answer.status_code in refused, answer.text
    assert await world.footprint() == before


@pytest.mark.parametrize("endpoint", OF_BUYERS, ids=lambda e: e.id)
async def test_another_buyer_gets_nothing(world: World, endpoint: Endpoint) -> None:
    before = await world.footprint()
    some = {"order_line_id": str(new_id()), "quantity": 1}
    bodies: list[Any] = [{}, {"reason": "x"}, {"method": "wechat_native"}, {"quantity": 3}, {**ADDRESS},
                         {"kind": "refund_only", "reason": "changed_mind", "lines": [some]}, {"text": "x"},
                         {"waybill": "SF1234567890123"}]  # fmt: skip
    statuses = set[int]()
    for body in bodies:
        answer = await world.other_buyer.request(
            endpoint.method, world.path(endpoint), body, key=str(new_id())
        )
        statuses.add(answer.status_code)
    if endpoint.path.endswith("/pictures"):
        sent = {"file": ("x.png", b"x", "image/png")}
        answer = await world.other_buyer.post(world.path(endpoint), files=sent)
        statuses.add(answer.status_code)
    assert 404 in statuses, statuses
    assert statuses <= {400, 404}, statuses
    assert await world.footprint() == before


@pytest.mark.parametrize("endpoint", OF_STORES, ids=lambda e: e.id)
async def test_a_clerk_may_do_what_clerks_may(world: World, endpoint: Endpoint) -> None:
    answer = await world.clerk.request(endpoint.method, world.path(endpoint), {}, key=str(new_id()))
    assert (answer.status_code == 403) == (endpoint.permission not in PERMISSIONS["clerk"])
