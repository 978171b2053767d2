"""A store becomes a merchant below a platform: filled in, sent, corrected, signed, and paid through what came of it."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID

import httpx
import pytest
from PIL import Image

from tests.payments.test_connections import OWN_ALL
from tests.payments.test_entities import BAG, TEA, name_entity
from tests.support.api import Api, Caller
from tests.support.sandbox import Sandbox
from tests.support.settled import run_all
from zhanggui.core import clock
from zhanggui.payments import applyment_rules, jobs
from zhanggui.payments.accounts import provision

assert jobs
ID = "11010519491231002X"
FORM: dict[str, Any] = {
    "subject": "enterprise",
    "legal_name": "张三丰",
    "id_number": ID,
    "id_address": "北京市朝阳区某某路 1 号",
    "id_from": "2020-01-01",
    "id_until": "长期",
    "owner": True,
    "account_type": "business",
    "bank": "工商银行",
    "bank_region": "110105",
    "account_number": "6222020200112233445",
    "phone": "13812345678",
    "short_name": "某某茶铺",
}
SECRETS = (ID, "张三丰", "6222020200112233445", "13812345678", "某某路")


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (900, 600), "#808080").save(out, "PNG")
    return out.getvalue()


@dataclass
class Applicant:
    """A store of an entity, its owner, who owns the platform's store too, and the platform at the sandbox."""

    api: Api
    sandbox: Sandbox
    store: UUID
    owner: Caller
    platform: UUID
    mchid: str

    async def fill(self, **changes: Any) -> None:
        """Everything, in pieces, as a person would."""
        for kind in ("licence", "id_front", "id_back"):
            answer = await self.owner.request(
                "PUT", f"/applyment/pictures/{kind}", files={"file": ("a.png", picture())}
            )
            assert answer.status_code == 200, answer.text
        for name, value in (FORM | changes).items():
            answer = await self.owner.put("/applyment", {name: value})
            assert answer.status_code == 200, answer.text

    async def submit(self) -> httpx.Response:
        return await self.owner.post("/applyment/submit", {"account_id": str(self.platform)})

    async def sent(self) -> None:
        await self.fill()
        answer = await self.submit()
        assert answer.status_code == 200, answer.text
        await self.run()

    async def run(self) -> None:
        """The platform is asked, however long one would have waited."""
        await self.owner.post("/applyment/check")
        await run_all(self.api.rt)

    async def page(self) -> dict[str, Any]:
        return (await self.owner.get("/applyment")).json()

    async def state(self) -> str:
        return (await self.page())["state"]

    async def there(self) -> list[dict[str, Any]]:
        """What the platform has of this one, oldest first."""
        every = (await self.sandbox.call("GET", "/applyments"))["applyments"]
        return [one for one in reversed(every) if one["mchid"] == self.mchid]

    async def answers(self, state: str, *reasons: tuple[str, str]) -> dict[str, Any]:
        (*_, last) = await self.there()
        told = [{"param_name": name, "reject_reason": why} for name, why in reasons]
        body = {"state": state, "reasons": told}
        answered = await self.sandbox.call("POST", f"/applyments/{last['applyment_id']}/answer", body)
        await self.run()
        return answered


@pytest.fixture
async def one(paying_api: Api, sandbox: Sandbox) -> AsyncGenerator[Applicant]:
    platform, store = await paying_api.store(), await paying_api.store()
    account = await provision(paying_api.rt, platform)
    owner = await paying_api.staff(store)
    await paying_api.rt.db.execute(OWN_ALL, owner.id)
    assert (await name_entity(owner, TEA)).status_code == 200
    yield Applicant(paying_api, sandbox, store, owner, account.id, account.mchid)
    clock.reset()


async def rows(applicant: Applicant) -> str:
    """Everything this installation keeps of the store, as text."""
    kept: list[str] = []
    for table in ("merchant_applyment", "provider_inbox", "job", "setting_change", "event_log"):
        found = await applicant.api.rt.db.fetch(f"SELECT * FROM {table} WHERE store_id = $1", applicant.store)
        kept += [str(dict(row)) for row in found]
    return "\n".join(kept)


async def test_the_whole_way_ends_with_an_account_below_the_platform(one: Applicant) -> None:
    assert (await one.page())["state"] == "none"
    await one.sent()
    assert await one.state() == "checking"
    (known,) = await one.there()
    form = known["form"]
    assert (form["id_card_number"], form["account_number"]) == (
        ID,
        FORM["account_number"],
    )  # it decrypted them
    assert (form["account_name"], form["business_license_number"]) == ("某某有限公司", TEA)
    await one.answers("ACCOUNT_NEED_VERIFY")
    page = await one.page()
    assert (page["state"], page["verify"]["amount"]) == ("account_need_verify", 124)
    assert (await one.owner.get("/applyment/legal/qr.svg")).text.startswith("<?xml")
    await one.answers("AUDITING")
    assert (await one.page())["verify"] is None
    sub = (await one.answers("NEED_SIGN"))["sub_mchid"]
    assert (await one.page())["sign_url"].startswith("http")
    assert (await one.owner.get("/applyment/sign/qr.svg")).headers["content-type"].startswith("image/svg")
    assert (await one.owner.get("/connections")).json()["payment"] is None
    await one.answers("FINISH")
    page = await one.page()
    assert (page["state"], page["sub_mchid"]) == ("finished", sub)
    assert page["form"] == (await one.page())["form"]
    assert page["form"]["legal_name"] == ""
    held = (await one.owner.get("/connections")).json()["payment"]
    assert (held["mchid"], held["sub_mchid"]) == (one.mchid, sub)
    left = "SELECT count(*) FROM applyment_picture WHERE store_id = $1"
    assert await one.api.rt.db.fetchval(left, one.store) == 0
    sealed = "SELECT count(*) FROM merchant_applyment WHERE store_id = $1 AND sealed IS NOT NULL"
    assert await one.api.rt.db.fetchval(sealed, one.store) == 0


async def test_nothing_personal_is_shown_kept_open_or_written_anywhere(one: Applicant) -> None:
    await one.sent()
    await one.answers("REJECTED", ("id_card_number", f"身份证号 {ID} 与姓名 张三丰 不一致"))
    shown, kept = (await one.owner.get("/applyment")).json(), await rows(one)
    for secret in SECRETS:
        assert secret not in str(shown["form"]), secret
        assert secret not in kept, secret
    assert shown["form"]["legal_name"] == "张**"
    assert shown["form"]["id_number"].endswith("002X")
    raw = await one.api.rt.db.fetch("SELECT sealed FROM applyment_picture WHERE store_id = $1", one.store)
    assert len(raw) == 3
    assert not any(b"JFIF" in row["sealed"] for row in raw)


async def test_what_is_refused_is_corrected_and_sent_under_a_new_number(one: Applicant) -> None:
    await one.sent()
    first = (await one.page())["number"]
    await one.answers("REJECTED", ("account_number", "账号与户名不符"), ("something_new", "请补充"))
    page = await one.page()
    assert page["state"] == "rejected"
    assert page["reasons"] == [
        {"text": "账号与户名不符", "field": "account_number"},
        {"text": "请补充", "field": None},
    ]
    saved = await one.owner.put("/applyment", {"account_number": "6222 0202 0011 2233 446"})
    assert saved.json()["reasons"] == page["reasons"]  # they stay beside the fields while he corrects
    assert (await one.submit()).json()["reasons"] == []
    await one.run()
    assert await one.state() == "checking"
    numbers = [(known["out_request_no"], known["form"]["account_number"]) for known in await one.there()]
    assert numbers[0] == (first, "6222020200112233445")
    assert numbers[1][1] == "6222020200112233446"
    assert numbers[1][0] != first
    assert len(numbers) == 2


@pytest.mark.parametrize(
    ("target", "kind", "more"),
    [
        ("/v3/ecommerce/applyments/", "drop", {"stage": "after"}),
        ("/v3/ecommerce/applyments/", "http_500", {"stage": "after"}),
        ("/v3/ecommerce/applyments/", "system_error", {"stage": "before"}),
        ("/v3/merchant/media/upload", "drop", {"stage": "after"}),
        ("/v3/merchant/media/upload", "http_429", {"stage": "before"}),
    ],
)
async def test_a_lost_answer_is_sent_again_under_the_same_number(
    one: Applicant, target: str, kind: str, more: dict[str, Any]
) -> None:
    await one.fill()
    await one.sandbox.fault(target, kind, count=1, **more)
    await one.submit()
    for _ in range(3):
        await one.run()
    assert await one.state() == "checking"
    assert [known["out_request_no"] for known in await one.there()] == [(await one.page())["number"]]


@pytest.mark.parametrize("kind", ["bad_signature", "forge_key"])
async def test_a_forged_state_is_not_believed(one: Applicant, kind: str) -> None:
    await one.sent()
    await one.sandbox.fault("/v3/ecommerce/applyments/out-request-no", kind, count=1)
    await one.answers("AUDITING")
    assert await one.state() == "checking"
    await one.run()
    assert await one.state() == "auditing"


async def test_an_answer_about_another_application_is_not_believed(one: Applicant) -> None:
    await one.sent()
    change = "UPDATE merchant_applyment SET provider_number = '1' WHERE store_id = $1"
    await one.api.rt.db.execute(change, one.store)
    await one.answers("NEED_SIGN")
    assert await one.state() == "checking"


async def test_what_the_platform_does_not_take_at_all_comes_back_to_be_corrected(
    one: Applicant, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = "一家名字很长很长的银行"
    monkeypatch.setattr(applyment_rules, "BANKS", (unknown,))
    await one.fill(bank=unknown)
    await one.submit()
    await one.run()
    page = await one.page()
    assert page["state"] == "rejected"
    assert "account_bank" in page["reasons"][0]["text"]
    monkeypatch.undo()
    await one.owner.put("/applyment", {"bank": "工商银行"})
    await one.submit()
    await one.run()
    assert await one.state() == "checking"


async def test_what_is_missing_is_said_beside_each_field(one: Applicant) -> None:
    empty = (await one.submit()).json()
    assert empty["code"] == "applyment_incomplete"
    assert {"legal_name", "id_number", "licence", "id_front", "bank", "phone"} <= {
        e["field"] for e in empty["errors"]
    }
    await one.fill(
        id_number="110105194912310021", id_until="2020-01-01", account_type="private", phone="12345"
    )
    wrong = {e["field"] for e in (await one.submit()).json()["errors"]}
    assert wrong == {"id_number", "id_until", "account_type", "phone"}
    assert await one.there() == []


async def test_sent_it_cannot_be_changed_and_neither_can_the_entity(one: Applicant) -> None:
    await one.sent()
    for answer in (
        await one.owner.put("/applyment", {"bank": "农业银行"}),
        await one.owner.delete("/applyment"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "applyment_sent")
    refused = await name_entity(one.owner, BAG)
    assert (refused.status_code, refused.json()["code"]) == (409, "entity_applied_for")
    assert (await one.submit()).status_code == 200  # pressed twice
    await one.run()
    assert len(await one.there()) == 1


async def test_a_draft_can_be_thrown_away(one: Applicant) -> None:
    await one.fill()
    assert (await one.owner.delete("/applyment")).status_code == 204
    page = await one.page()
    assert (page["state"], page["pictures"], page["form"]["legal_name"]) == ("none", [], "")
    assert (
        await one.api.rt.db.fetchval(
            "SELECT count(*) FROM merchant_applyment WHERE sealed IS NOT NULL AND store_id = $1", one.store
        )
        == 0
    )


async def test_only_an_owner_of_both_stores_applies(one: Applicant) -> None:
    await one.fill()
    manager = await one.api.staff(one.store, "manager")
    assert (await manager.get("/applyment")).status_code == 403
    of_this_store = await one.api.staff(one.store)
    assert (await of_this_store.get("/applyment")).json()["platforms"] == []
    refused = await of_this_store.post("/applyment/submit", {"account_id": str(one.platform)})
    assert refused.status_code == 404
    stranger = await one.api.staff(await one.api.store())
    assert (await stranger.get("/applyment")).json()["state"] == "none"
    assert await one.there() == []


def test_the_last_character_of_an_id_number_is_its_check_digit() -> None:
    assert applyment_rules.is_id_number(ID)
    assert not applyment_rules.is_id_number("110105194912310021")
    assert not applyment_rules.is_id_number(ID[:-1])
