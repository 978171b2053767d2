"""Signing in by phone and one-time code: sent, used once, few tries, limited over all processes."""

import asyncio
import itertools
from datetime import timedelta
from typing import Any

import pytest

from tests.customers.conftest import Platform
from tests.support.api import Api
from zhanggui.core import clock
from zhanggui.core.sms import SmsFailed, sender

_numbers = itertools.count(13900000000)


@pytest.fixture
def phone() -> str:
    return f"+86{next(_numbers)}"


async def ask(api: Api, phone: str) -> None:
    answer = await api.anybody.post("/session/phone-code", {"phone": phone})
    assert answer.status_code == 202, answer.text
    assert answer.json() == {"expires_in": 300, "resend_in": 60}


async def enter(api: Api, phone: str, code: str, **options: Any) -> Any:
    return await api.anybody.post("/session/phone", {"phone": phone, "code": code}, **options)


async def test_a_code_signs_in_once(api: Api, platform: Platform, phone: str) -> None:
    await ask(api, phone.removeprefix("+86"))  # as people type it
    code = platform.code_for(phone)
    answer = await enter(api, phone, code)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["expires_in"] == 900
    assert body["customer"] | {"id": "", "nickname": ""} == {
        "id": "",
        "nickname": "",
        "guest": False,
        "avatar": None,
        "phone_masked": f"{phone[3:6]}****{phone[-4:]}",
        "locale": "zh",
    }
    again = await enter(api, phone, code)
    assert (again.status_code, again.json()["code"]) == (400, "code_over")


async def test_the_code_is_never_in_an_answer_nor_in_the_database(
    api: Api, platform: Platform, phone: str
) -> None:
    answer = await api.anybody.post("/session/phone-code", {"phone": phone})
    code = platform.code_for(phone)
    assert code not in answer.text
    rows = await api.rt.db.fetch("SELECT t::text FROM one_time_code AS t")
    assert rows
    assert not any(code.encode().hex() in row["t"] or code in row["t"].split(",") for row in rows)


async def test_the_same_number_is_the_same_buyer(api: Api, platform: Platform, phone: str) -> None:
    await ask(api, phone)
    first = (await enter(api, phone, platform.code_for(phone))).json()["customer"]["id"]
    clock.turn(timedelta(minutes=2))
    try:
        await ask(api, phone)
        second = (await enter(api, phone, platform.code_for(phone))).json()["customer"]["id"]
    finally:
        clock.reset()
    assert first == second


async def test_five_wrong_tries_end_a_code_even_all_at_once(api: Api, platform: Platform, phone: str) -> None:
    await ask(api, phone)
    good = platform.code_for(phone)
    wrong = f"{(int(good) + 1) % 1_000_000:06d}"
    answers = await asyncio.gather(*(enter(api, phone, wrong) for _ in range(8)))
    assert sorted(a.json()["code"] for a in answers) == ["code_over"] * 3 + ["code_wrong"] * 5
    assert (await enter(api, phone, good)).json()["code"] == "code_over"


async def test_a_code_is_void_after_five_minutes(api: Api, platform: Platform, phone: str) -> None:
    await ask(api, phone)
    clock.turn(timedelta(minutes=5))
    try:
        assert (await enter(api, phone, platform.code_for(phone))).json()["code"] == "code_over"
    finally:
        clock.reset()


async def test_a_new_code_takes_the_old_ones_place(api: Api, platform: Platform, phone: str) -> None:
    await ask(api, phone)
    old = platform.code_for(phone)
    clock.turn(timedelta(seconds=61))
    try:
        await ask(api, phone)
        new = platform.code_for(phone)
        if old != new:
            assert (await enter(api, phone, old)).json()["code"] == "code_wrong"
        assert (await enter(api, phone, new)).status_code == 200
    finally:
        clock.reset()


async def test_one_code_a_minute_and_ten_a_day(api: Api, platform: Platform, phone: str) -> None:
    answers = await asyncio.gather(
        *(api.anybody.post("/session/phone-code", {"phone": phone}) for _ in range(3))
    )
    assert sorted(a.status_code for a in answers) == [202, 429, 429]
    refused = next(a for a in answers if a.status_code == 429)
    assert refused.json()["code"] == "rate_limited"
    assert 0 < int(refused.headers["retry-after"]) <= 60
    try:
        sent = len(platform.texts)
        for _ in range(12):
            clock.turn(timedelta(minutes=61))  # beyond the limits for a minute and for an address
            await api.anybody.post("/session/phone-code", {"phone": phone})
        assert len(platform.texts) - sent == 7  # three tries are used up already
    finally:
        clock.reset()


@pytest.mark.parametrize(
    "bad", ["", "123", "abc", "+861380013", "02154321000", "+8613800138000000", "1" * 40]
)
async def test_what_is_no_mobile_number_is_refused(api: Api, platform: Platform, bad: str) -> None:
    answer = await api.anybody.post("/session/phone-code", {"phone": bad})
    assert answer.status_code == 400
    assert answer.json()["field"] == "phone"
    assert not platform.texts


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "１２３４５６"])
async def test_what_is_no_code_is_refused(api: Api, phone: str, code: str) -> None:
    assert (await enter(api, phone, code)).status_code == 400


async def test_a_text_that_cannot_be_sent_is_told_and_its_code_void(
    api: Api, platform: Platform, phone: str
) -> None:
    platform.broken = True
    answer = await api.anybody.post("/session/phone-code", {"phone": phone})
    assert (answer.status_code, answer.json()["code"]) == (502, "sms_failed")
    alive = await api.rt.db.fetchval(
        "SELECT count(*) FROM one_time_code WHERE expires_at > $1 AND phone_index = $2",
        clock.now(),
        api.rt.sealer.blind_index(phone, "one-time-code"),
    )
    assert alive == 0


async def test_without_a_provider_nothing_is_pretended(api: Api, phone: str) -> None:
    with pytest.raises(SmsFailed):
        sender(api.rt)
    assert (await api.anybody.post("/session/phone-code", {"phone": phone})).status_code == 502


async def test_two_sign_ins_at_once_find_one_buyer(api: Api, phone: str) -> None:
    buyers = await asyncio.gather(*(api.buyer(phone) for _ in range(6)))
    assert len({buyer.id for buyer in buyers}) == 1
