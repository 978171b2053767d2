"""Profile, consents, the address book and the regions."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from tests.support.api import Api, Caller
from zhanggui.core.errors import ShopError
from zhanggui.customers.phones import mask_phone, parse_phone
from zhanggui.customers.queries import load_address
from zhanggui.customers.regions import regions

HOME: dict[str, Any] = {
    "recipient": "张三",
    "phone": "138 0013 8000",
    "region_code": "330106",
    "detail": "文三路 1 号",
    "tag": "home",
    "is_default": False,
    "lat": None,
    "lng": None,
    "province": "made up",
    "city": "",
    "district": "",
    "street": "",
}


async def added(buyer: Caller, **changes: Any) -> Any:
    answer = await buyer.post("/addresses", HOME | changes)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def items(buyer: Caller) -> list[Any]:
    return (await buyer.get("/addresses")).json()["items"]


async def test_profile(api: Api) -> None:
    buyer = await api.buyer()
    assert (await buyer.patch("/me", {"nickname": " 小李 ", "locale": "en"})).json()["nickname"] == "小李"
    assert (await buyer.get("/me")).json()["locale"] == "en"
    assert (await buyer.patch("/me", {})).json()["nickname"] == "小李"
    bodies: list[Any] = [
        {"nickname": "  "},
        {"nickname": "x" * 41},
        {"locale": "fr"},
        {"guest": True},
        [],
        "x",
    ]
    for bad in bodies:
        answer = await buyer.patch("/me", bad)
        assert answer.status_code == 400, (bad, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"


async def test_consents_are_kept_for_the_text_in_force(api: Api) -> None:
    buyer = await api.buyer()
    version = (await api.anybody.get("/config")).json()["privacy_version"]
    assert (await buyer.post("/me/consents", {"kind": "privacy", "version": version})).status_code == 204
    old = await buyer.post("/me/consents", {"kind": "privacy", "version": "2001"})
    assert (old.status_code, old.json()["data"]) == (409, {"version": version})
    kept = await api.rt.db.fetch("SELECT version FROM customer_consent WHERE customer_id = $1", buyer.id)
    assert [row["version"] for row in kept] == [version]


async def test_an_address_is_kept_sealed_with_official_names(api: Api) -> None:
    buyer = await api.buyer()
    made = await added(buyer)
    assert made | {"id": ""} == HOME | {
        "id": "",
        "phone": "+8613800138000",
        "province": "浙江省",
        "city": "杭州市",
        "district": "西湖区",
        "is_default": True,
    }
    row = await api.rt.db.fetchrow("SELECT a::text FROM customer_address a WHERE id = $1", UUID(made["id"]))
    assert row is not None
    for private in ("13800138000", "张三", "文三路", "张三".encode().hex(), b"13800138000".hex()):
        assert private not in row["a"]


async def test_there_is_one_default(api: Api) -> None:
    buyer = await api.buyer()
    first, second = await added(buyer), await added(buyer, is_default=True)
    assert [(a["id"], a["is_default"]) for a in await items(buyer)] == [
        (second["id"], True),
        (first["id"], False),
    ]
    changed = await buyer.put(f"/addresses/{first['id']}", HOME | {"is_default": True, "detail": "新的地址"})
    assert changed.json()["detail"] == "新的地址"
    assert [a["is_default"] for a in await items(buyer)] == [True, False]
    kept = await buyer.put(f"/addresses/{first['id']}", HOME | {"is_default": False})
    assert kept.json()["is_default"] is True
    assert (await buyer.delete(f"/addresses/{first['id']}")).status_code == 204
    assert [(a["id"], a["is_default"]) for a in await items(buyer)] == [(second["id"], True)]


async def test_one_default_when_all_want_to_be_it_at_once(api: Api) -> None:
    buyer = await api.buyer()
    await asyncio.gather(*(added(buyer, is_default=True) for _ in range(8)))
    assert sum(a["is_default"] for a in await items(buyer)) == 1


async def test_fifty_addresses_and_no_more_even_at_once(api: Api) -> None:
    buyer = await api.buyer()
    for _ in range(46):
        await added(buyer)
    answers = await asyncio.gather(*(buyer.post("/addresses", HOME) for _ in range(8)))
    assert sorted(a.status_code for a in answers) == [201] * 4 + [409] * 4


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"region_code": "330100"}, "region_code"),
        ({"region_code": "999999"}, "region_code"),
        ({"region_code": "33010"}, "region_code"),
        ({"phone": "110"}, "phone"),
        ({"phone": 13800138000}, "phone"),
        ({"recipient": ""}, "recipient"),
        ({"recipient": "   "}, "recipient"),
        ({"detail": "x" * 121}, "detail"),
        ({"lat": 91.0, "lng": 1.0}, "lat"),
        ({"lat": 1.0}, "lat"),
        ({"lat": 31.2, "lng": 180.5}, "lng"),
        ({"tag": "office"}, "tag"),
        ({"customer_id": "x"}, "customer_id"),
    ],
)
async def test_what_is_no_address_is_refused(api: Api, change: dict[str, Any], field: str) -> None:
    buyer = await api.buyer()
    answer = await buyer.post("/addresses", HOME | change)
    assert answer.status_code == 400, answer.text
    assert answer.json()["field"] == field
    assert await items(buyer) == []


async def test_the_same_address_request_adds_one_address(api: Api, key: str) -> None:
    buyer = await api.buyer()
    answers = await asyncio.gather(*(buyer.post("/addresses", HOME, key=key) for _ in range(4)))
    assert {a.status_code for a in answers} == {201}
    assert len({a.json()["id"] for a in answers}) == 1
    assert len(await items(buyer)) == 1
    other = await buyer.post("/addresses", HOME | {"detail": "文三路 2 号"}, key=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


async def test_the_place_is_sealed_with_the_rest_and_can_be_moved_and_taken_away(api: Api) -> None:
    buyer = await api.buyer()
    made = await added(buyer, lat=30.2741, lng=120.1551)
    row = await api.rt.db.fetchrow("SELECT * FROM customer_address WHERE id = $1", UUID(made["id"]))
    assert row is not None
    assert (row["lat"], row["lng"]) == (None, None)
    assert b"30.2741" not in row["sealed"]
    assert [(a["lat"], a["lng"]) for a in await items(buyer)] == [(30.2741, 120.1551)]

    moved = await buyer.put(f"/addresses/{made['id']}", HOME | {"lat": 30.3, "lng": 120.2})
    gone = await buyer.put(f"/addresses/{made['id']}", HOME)
    assert (moved.json()["lat"], moved.json()["lng"]) == (30.3, 120.2)
    assert (gone.json()["lat"], gone.json()["lng"]) == (None, None)


async def test_a_place_kept_before_places_were_sealed_is_still_known(api: Api) -> None:
    buyer = await api.buyer()
    made = await added(buyer)
    await api.rt.db.execute(
        "UPDATE customer_address SET lat = 30.5, lng = 120.5 WHERE id = $1", UUID(made["id"])
    )
    assert [(a["lat"], a["lng"]) for a in await items(buyer)] == [(30.5, 120.5)]


async def test_anothers_address_is_not_there(api: Api) -> None:
    owner, other = await api.buyer(), await api.buyer()
    made = await added(owner)
    assert await items(other) == []
    for answer in (
        await other.put(f"/addresses/{made['id']}", HOME | {"detail": "mine now"}),
        await other.delete(f"/addresses/{made['id']}"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert await items(owner) == [made]
    assert other.id is not None
    assert await load_address(api.rt.db, api.rt.sealer, other.id, UUID(made["id"])) is None
    for caller in (api.anybody, await api.guest()):
        assert (await caller.get("/addresses")).status_code == 401


async def test_regions_go_down_to_streets_and_are_cached(api: Api) -> None:
    answer = await api.anybody.get("/regions")
    provinces = answer.json()["items"]
    assert len(provinces) == 34
    assert {"code": "330000", "name": "浙江省", "leaf": False} in provinces
    below = (await api.anybody.get("/regions", params={"parent": "330106"})).json()["items"]
    assert {"code": "330106002", "name": "北山街道", "leaf": True} in below
    assert (await api.anybody.get("/regions", params={"parent": "1"})).json() == {"items": []}
    again = await api.anybody.get("/regions", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("330106002", ("浙江省", "杭州市", "西湖区", "北山街道")),
        ("110105", ("北京市", "北京市", "朝阳区", "")),
        ("441900", ("广东省", "东莞市", "", "")),
        ("429004", ("湖北省", "", "仙桃市", "")),
    ],
)
def test_names_of_a_region(code: str, names: tuple[str, ...]) -> None:
    assert regions().names(code) == names


@pytest.mark.parametrize("code", ["", "330000", "330100", "330199", "330106999"])
def test_a_region_nothing_can_be_sent_to(code: str) -> None:
    with pytest.raises(ShopError):
        regions().names(code)


def test_every_region_that_is_offered_as_a_leaf_can_be_sent_to() -> None:
    known, waiting, leaves = regions(), [""], 0
    while waiting:
        for item in known.below(waiting.pop()):
            if item.leaf:
                assert known.names(item.code).province
                leaves += 1
            else:
                waiting.append(item.code)
    assert leaves > 38_000


def test_phone_numbers() -> None:
    assert parse_phone("138-0013-8000") == parse_phone("+86 13800138000") == "+8613800138000"
    assert parse_phone("+1 650 253 0000") == "+16502530000"
    assert parse_phone("010-62345678") == "+861062345678"
    with pytest.raises(ShopError):
        parse_phone("010-62345678", mobile=True)
    assert mask_phone("+8613800138000") == "138****8000"
    assert mask_phone("+16502530000") == "+16****0000"
