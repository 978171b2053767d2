"""The owner sets the keys with which the store speaks to the platform: in force at once, journalled, never shown."""

import dataclasses
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from tests.search.shop import settled
from tests.support.api import Api, Caller
from zhanggui.core.changes import latest
from zhanggui.core.db import in_transaction
from zhanggui.core.i18n import message
from zhanggui.payments.accounts import KeyMode, active_account, keys_in_use, provision
from zhanggui.payments.keys import NewKeys, replace_keys
from zhanggui.payments.official import provision_official
from zhanggui.wechat.apps import Kind, stored_app
from zhanggui.wechat.pay_shapes import MerchantAccount

OWN_ALL = """
    INSERT INTO staff_role (store_id, staff_id, role) SELECT store_id, $1, 'owner' FROM store ON CONFLICT DO NOTHING
"""


@dataclass
class Desk:
    """A store with everything set up at the sandbox, and its owner, who owns every other store too."""

    api: Api
    store: UUID
    owner: Caller

    async def app(self, kind: Kind) -> Any:
        held = await stored_app(self.api.rt, kind)
        assert held is not None
        return held

    async def account(self) -> MerchantAccount:
        held = await keys_in_use(self.api.rt, self.store)
        assert held is not None
        return held[0]

    async def another(self) -> UUID:
        return await self.api.rt.db.fetchval("SELECT store_id FROM store WHERE store_id <> $1", self.store)

    async def try_out(self, which: str) -> tuple[bool, str | None]:
        answer = await self.owner.post(f"/connections/test/{which}")
        assert answer.status_code == 200, answer.text
        said = answer.json()
        assert said["explanation"]["zh"]
        assert said["explanation"]["en"]
        return said["ok"], said["code"]


@pytest.fixture
async def desk(paying_api: Api) -> Desk:
    await paying_api.store()
    store = await paying_api.store()
    await provision(paying_api.rt, store)
    await provision_official(paying_api.rt)
    owner = await paying_api.staff(store)
    await paying_api.rt.db.execute(OWN_ALL, owner.id)
    return Desk(paying_api, store, owner)


def payment(account: MerchantAccount, **changes: Any) -> dict[str, Any]:
    """The account as its form sends it when no key is changed."""
    names = ("appid", "mchid", "serial", "public_key_id")
    return {name: getattr(account, name) for name in names} | changes


async def test_what_is_set_is_tried_out_and_never_shown(desk: Desk) -> None:
    for which in ("mini_program", "official_account", "payment"):
        assert await desk.try_out(which) == (True, None), which
    shown = await desk.owner.get("/connections")
    account, mini = await desk.account(), await desk.app("mini_program")
    for secret in (mini.secret, account.api_v3_key, account.private_key[40:80]):
        assert secret not in shown.text
    body = shown.json()
    assert body["payment"]["ends_with"] == account.api_v3_key[-4:]
    assert body["apps"][0]["ends_with"] == mini.secret[-4:]
    assert body["apps_writable"] is True


WRONG = "0123456789abcdef0123456789abcdef"


def not_kept(answer: Any, status: int = 422) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, "connection_not_kept"), answer.text
    assert WRONG not in answer.text


@pytest.mark.parametrize("kind", ["mini_program", "official_account"])
async def test_only_a_secret_that_the_platform_accepts_is_kept(desk: Desk, kind: Kind) -> None:
    held, before = await desk.app(kind), (await desk.owner.get("/connections")).json()
    refused = await desk.owner.put(f"/connections/apps/{kind}", {"appid": held.appid, "secret": WRONG})
    not_kept(refused)
    assert message("connection_40125", "zh") in refused.json()["detail"]
    assert await desk.app(kind) == held
    assert (await desk.owner.get("/connections")).json() == before
    again = {"appid": held.appid, "secret": held.secret}
    after = (await desk.owner.put(f"/connections/apps/{kind}", again)).json()
    assert await desk.try_out(kind) == (True, None)
    last = after["changes"][0]
    assert (last["what"], last["subject"], last["detail"]) == (
        kind,
        held.appid,
        {"ends_with": held.secret[-4:]},
    )
    assert last["who"] == next(app["set_by"] for app in after["apps"] if app["kind"] == kind)
    elsewhere = await latest(desk.api.rt.db, await desk.another(), [kind], 1)  # it serves every store
    assert [(one.who, one.subject) for one in elsewhere] == [(last["who"], held.appid)]
    other = await desk.owner.put(f"/connections/apps/{kind}", {"appid": "wxsomethingelse", "secret": WRONG})
    assert (other.status_code, other.json()["code"]) == (409, "app_other")


async def test_without_an_answer_of_the_platform_nothing_is_kept(desk: Desk) -> None:
    rt, app, account = desk.api.rt, await desk.app("mini_program"), await desk.account()
    there, nowhere = rt.config, "http://127.0.0.1:9"
    rt.config = dataclasses.replace(there, wechat_api_origin=nowhere, wechat_pay_origin=nowhere)
    try:
        body = {"appid": app.appid, "secret": WRONG}
        not_kept(await desk.owner.put("/connections/apps/mini_program", body), 503)
        not_kept(await desk.owner.put("/connections/payment", payment(account, api_v3_key=WRONG)), 503)
    finally:
        rt.config = there
    assert await desk.app("mini_program") == app
    assert await desk.account() == account


async def test_keys_of_payment_are_kept_when_the_platform_accepts_them(desk: Desk) -> None:
    rt, account = desk.api.rt, await desk.account()
    before = await active_account(rt, desk.store)
    for wrong in (
        {"serial": "0123456789ABCDEF", "private_key": account.private_key},
        {"api_v3_key": WRONG},  # the merchant has certificates too: only the right key opens them
    ):
        not_kept(await desk.owner.put("/connections/payment", payment(account, **wrong)))
        assert await desk.account() == account
    keys = {
        "private_key": account.private_key,
        "api_v3_key": account.api_v3_key,
        "public_key": account.public_key,
    }
    assert (await desk.owner.put("/connections/payment", payment(account, **keys))).status_code == 200
    await settled(desk.api, desk.store)  # by the event log, as every other process hears of it
    now = await active_account(rt, desk.store)
    assert (now.id, now.version) == (
        before.id,
        before.version + 1,
    )  # old payments and their bills stay with it
    body = (await desk.owner.get("/connections")).json()
    assert body["payment"]["set_by"] == body["changes"][0]["who"]
    assert (body["changes"][0]["subject"], len(body["changes"])) == (account.mchid, 1)
    sealed = await rt.db.fetchval("SELECT sealed FROM payment_account WHERE id = $1", before.id)
    assert account.api_v3_key.encode() not in sealed


async def test_the_test_says_no_more_than_it_proved(paying_api: Api) -> None:
    proven = "connection_works_payment"
    says: dict[KeyMode, str] = {"certificate": proven, "both": proven, "public_key": f"{proven}_but_api_v3"}
    for mode, code in says.items():
        store = await paying_api.store()
        await provision(paying_api.rt, store, mode=mode)
        said = (await (await paying_api.staff(store)).post("/connections/test/payment")).json()
        assert said["explanation"]["zh"] == message(code, "zh"), mode


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"mchid": "1999999999"}, 422, "key_needed"),
        ({"serial": "0123456789ABCDEF"}, 422, "key_needed"),
        ({"private_key": "-----BEGIN PRIVATE KEY-----"}, 422, "private_key_unreadable"),
        ({"public_key": "x", "public_key_id": "PUB_KEY_ID_1"}, 422, "public_key_unreadable"),
        ({"public_key_id": "PUB_KEY_ID_2"}, 422, "public_key_pair"),
        ({"api_v3_key": "short"}, 400, "invalid"),
        ({"appid": "not an appid"}, 400, "invalid"),
    ],
)
async def test_keys_that_cannot_be_right_are_refused(
    desk: Desk, changes: dict[str, Any], status: int, code: str
) -> None:
    account = await desk.account()
    answer = await desk.owner.put("/connections/payment", payment(account, **changes))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await desk.account() == account


async def test_only_the_owner_and_of_applications_only_who_owns_every_store(desk: Desk) -> None:
    held = {"appid": (await desk.app("mini_program")).appid, "secret": "0123456789abcdef"}
    manager = await desk.api.staff(desk.store, "manager")
    assert (await manager.get("/connections")).status_code == 403
    assert (await manager.put("/connections/apps/mini_program", held)).status_code == 403
    of_one = await desk.api.staff(desk.store)
    assert (await of_one.get("/connections")).json()["apps_writable"] is False
    refused = await of_one.put("/connections/apps/mini_program", held)
    assert (refused.status_code, refused.json()["code"]) == (403, "apps_shared")
    bare = await desk.api.staff(await desk.api.store())
    assert (await bare.get("/connections")).json()["payment"] is None
    assert (await bare.post("/connections/test/payment")).json()["code"] == "payment_not_set_up"


async def test_a_store_gets_its_first_account_and_its_merchant_new_keys_with_it(desk: Desk) -> None:
    """What goes to the merchant's new account goes to all of them: the platform knows one set of keys."""
    rt, account = desk.api.rt, await desk.account()
    bare = await desk.api.store()
    owner = await desk.api.staff(bare)
    body = payment(account, private_key=account.private_key, api_v3_key=account.api_v3_key)
    body["public_key"] = account.public_key
    refused = await owner.put("/connections/payment", body)  # the merchant is of a store that is not theirs
    assert (refused.status_code, refused.json()["code"]) == (403, "apps_shared")
    await rt.db.execute(OWN_ALL, owner.id)
    for one in (owner, desk.owner):  # both stores are one merchant's
        read = (await one.get("/settings")).json()
        entity = {"name": "公司", "code": "91310104MA00000011"}
        assert (await one.put("/settings", read | {"entity": entity})).status_code == 200
    before = await active_account(rt, desk.store)
    shown = (await owner.put("/connections/payment", body)).json()
    assert (shown["payment"]["mchid"], shown["payment"]["set_by"]) == (
        account.mchid,
        shown["changes"][0]["who"],
    )
    assert (await active_account(rt, bare)).mchid == account.mchid
    await settled(desk.api, desk.store)
    assert (await active_account(rt, desk.store)).version == before.version + 1
    there = (await desk.owner.get("/connections")).json()
    assert there["payment"]["set_by"] == shown["payment"]["set_by"]


async def test_a_former_key_proves_nothing(desk: Desk) -> None:
    account = await desk.account()
    new = NewKeys(api_v3_key=WRONG)
    await in_transaction(
        desk.api.rt.db, lambda conn: replace_keys(conn, desk.api.rt.sealer, account.mchid, new)
    )
    assert await desk.try_out("payment") == (False, "api_v3_key")
