"""二清: money of other merchants is never collected into one account. One account, one legal entity."""

import asyncio
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests.payments.test_connections import OWN_ALL, Desk, desk, payment
from tests.support.api import Caller
from zhanggui.core import clock
from zhanggui.core.db import in_transaction
from zhanggui.core.ids import new_id
from zhanggui.payments.accounts import active_account, add_account
from zhanggui.stores.entity import is_credit_code

assert desk  # the fixture
TEA, BAG = "91310104MA00000011", "91330105MA0000002T"
ATTEMPT = """
    INSERT INTO payment_attempt (store_id, id, order_id, customer_id, account_id, provider, method, status, amount,
      currency, expires_at, created_at, updated_at)
    VALUES ($1, $2, $2, $2, $3, 'wechat_pay', 'wechat_native', 'pending', 100, 'CNY', $4, $4, $4)
"""


async def name_entity(owner: Caller, code: str | None, name: str = "某某有限公司") -> Any:
    read = (await owner.get("/settings")).json()
    entity = {"name": name, "code": code} if code else None
    return await owner.put("/settings", read | {"entity": entity})


async def whole(desk: Desk) -> dict[str, Any]:
    """The account with every key, as another store would connect it."""
    account = await desk.account()
    keys = {name: getattr(account, name) for name in ("private_key", "api_v3_key", "public_key")}
    return payment(account, **keys)


async def second(desk: Desk, code: str | None) -> tuple[UUID, Caller]:
    """Another store of the same owner, of this entity, without an account."""
    store = await desk.api.store()
    await desk.api.rt.db.execute(OWN_ALL, desk.owner.id)
    owner = Caller(
        desk.api.http,
        f"/api/console/stores/{store}",
        desk.owner.id,
        desk.owner.headers,
        desk.owner.cookies,
    )
    if code:
        assert (await name_entity(owner, code)).status_code == 200
    return store, owner


async def test_an_account_that_collects_for_another_entity_is_not_connected(desk: Desk) -> None:
    assert (await name_entity(desk.owner, TEA)).status_code == 200
    _, owner = await second(desk, BAG)
    refused = await owner.put("/connections/payment", await whole(desk))
    assert (refused.status_code, refused.json()["code"]) == (409, "account_of_other_entity")
    assert (await owner.get("/connections")).json()["payment"] is None
    assert (await name_entity(owner, TEA)).status_code == 200  # the same merchant's second store
    shown = await owner.put("/connections/payment", await whole(desk))
    assert shown.status_code == 200, shown.text
    assert shown.json()["entity"] == {"name": "某某有限公司", "code": TEA}


async def test_a_store_whose_account_is_shared_does_not_become_another_entity(desk: Desk) -> None:
    await name_entity(desk.owner, TEA)
    store, owner = await second(desk, TEA)
    assert (await owner.put("/connections/payment", await whole(desk))).status_code == 200
    for code in (BAG, None):
        for one in (owner, desk.owner):
            refused = await name_entity(one, code)
            assert (refused.status_code, refused.json()["code"]) == (409, "entity_shares_account")
            assert (await one.get("/settings")).json()["entity"]["code"] == TEA
    assert (await name_entity(owner, TEA, "改了名的公司")).status_code == 200
    await desk.api.rt.db.execute("UPDATE payment_account SET active = 0 WHERE store_id = $1", store)
    assert (await name_entity(owner, BAG)).status_code == 200


async def test_who_shares_an_account_says_who_he_is(desk: Desk) -> None:
    _, owner = await second(desk, BAG)
    refused = await owner.put("/connections/payment", await whole(desk))  # the first store names nobody yet
    assert (refused.status_code, refused.json()["code"]) == (409, "entity_needed")
    await name_entity(desk.owner, TEA)
    _, nobody = await second(desk, None)
    refused = await nobody.put("/connections/payment", await whole(desk))
    assert (refused.status_code, refused.json()["code"]) == (409, "entity_needed")


async def test_a_replaced_account_collects_until_nothing_can_be_paid_into_it(desk: Desk) -> None:
    rt, account = desk.api.rt, await active_account(desk.api.rt, desk.store)
    await name_entity(desk.owner, TEA)
    open_attempt = new_id()
    await rt.db.execute(ATTEMPT, desk.store, open_attempt, account.id, clock.now())
    await rt.db.execute("UPDATE payment_account SET active = 0 WHERE id = $1", account.id)
    body = payment(account.provider.account) | {
        name: getattr(account.provider.account, name) for name in ("private_key", "api_v3_key", "public_key")
    }
    _, owner = await second(desk, BAG)
    refused = await owner.put("/connections/payment", body)
    assert refused.json()["code"] == "account_of_other_entity"
    await rt.db.execute("UPDATE payment_attempt SET status = 'closed' WHERE id = $1", open_attempt)
    assert (await owner.put("/connections/payment", body)).status_code == 200


async def test_stores_below_a_platform_collect_under_numbers_of_their_own(desk: Desk) -> None:
    await name_entity(desk.owner, TEA)
    keys = await desk.account()
    first, one = await second(desk, BAG)

    async def connect(store: UUID, sub: str) -> None:
        below = msgspec.structs.replace(keys, sub_mchid=sub)
        await in_transaction(desk.api.rt.db, lambda conn: add_account(conn, desk.api.rt.sealer, store, below))

    await connect(first, "1600000001")
    assert (await one.get("/connections")).json()["payment"]["sub_mchid"] == "1600000001"
    other, _ = await second(desk, TEA)
    with pytest.raises(Exception, match="account_of_other_entity"):
        await connect(other, "1600000001")
    await connect(other, "1600000002")


async def test_of_two_changes_at_once_one_is_refused(desk: Desk) -> None:
    """One connects the account while the other leaves the entity: never do both happen."""
    await name_entity(desk.owner, TEA)
    body = await whole(desk)
    for _ in range(4):
        _, owner = await second(desk, TEA)
        connected, moved = await asyncio.gather(
            owner.put("/connections/payment", body), name_entity(owner, BAG)
        )
        assert sorted((connected.status_code, moved.status_code)) == [200, 409]


@pytest.mark.parametrize(
    ("entity", "field", "code"),
    [
        ({"name": "公司", "code": "91310104MA00000012"}, "entity.code", "credit_code_wrong"),
        ({"name": "公司", "code": "JY23101040000001"}, "entity.code", "credit_code_wrong"),
        ({"name": "公司", "code": "9131010４MA00000011"}, "entity.code", "credit_code_wrong"),
        ({"name": " ", "code": TEA}, "entity.name", "entity_name_needed"),
    ],
)
async def test_an_entity_is_named_whole(desk: Desk, entity: dict[str, str], field: str, code: str) -> None:
    read = (await desk.owner.get("/settings")).json()
    refused = await desk.owner.put("/settings", read | {"entity": entity})
    said = refused.json()
    assert (refused.status_code, said["field"], said["code"]) == (400, field, code)


def test_the_last_character_of_a_code_is_its_check_digit() -> None:
    known = ("91350100M000100Y43", "91110000600037341L", "914403001922038216", TEA, BAG)
    assert all(is_credit_code(one) for one in known)
    for one in known:
        for place in range(18):
            other = one[:place] + ("2" if one[place] != "2" else "3") + one[place + 1 :]
            assert not is_credit_code(other), other
    assert not is_credit_code("")
    assert not is_credit_code(TEA.lower())
