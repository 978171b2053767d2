"""The small things everything stands on: allocation, ids, sealing, tokens, texts, cursors, SMS signatures."""

import json
import threading
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey

from zhanggui.core import clock
from zhanggui.core.crypto import Sealer, derive
from zhanggui.core.errors import ShopError
from zhanggui.core.http import decode_cursor, encode_cursor
from zhanggui.core.i18n import Text, catalogue, locale_of, message
from zhanggui.core.ids import digits, new_id
from zhanggui.core.money import allocate, amount_text
from zhanggui.core.runtime import SmsAccount
from zhanggui.core.sms import SmsFailed, TencentSender, signed_headers
from zhanggui.core.tokens import TokenSigner

WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=30)


@given(st.integers(0, 10**11), WEIGHTS)
def test_parts_always_sum_to_the_total_and_no_part_is_off_by_a_fen(total: int, weights: list[int]) -> None:
    parts = allocate(total, weights)
    whole = sum(weights)
    assert sum(parts) == total
    assert all(part >= 0 for part in parts)
    if whole:
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part * whole - total * weight) < whole
            assert weight or not part


@given(st.integers(0, 10**11), WEIGHTS)
def test_a_larger_weight_never_gets_less(total: int, weights: list[int]) -> None:
    pairs = sorted(zip(weights, allocate(total, weights), strict=True))
    assert all(a[1] <= b[1] for a, b in pairwise(pairs) if a[0] < b[0])


def test_ties_go_to_the_earlier_and_zeros_share_evenly() -> None:
    assert allocate(100, [1, 1, 1]) == [34, 33, 33]
    assert allocate(5, [0, 0]) == [3, 2]
    assert allocate(0, []) == []
    for total, weights in ((-1, [1]), (1, [-1]), (1, [])):
        with pytest.raises(ValueError, match="allocat"):
            allocate(total, weights)


def test_amounts_are_written_as_people_read_them() -> None:
    assert [amount_text(n) for n in (0, 5, 123456, -50)] == ["¥0.00", "¥0.05", "¥1234.56", "¥-0.50"]
    assert amount_text(1200, "USD") == "USD 12.00"


def test_ids_are_version_7_unique_and_rising_over_threads() -> None:
    found: list[list[UUID]] = [[] for _ in range(4)]

    def make(into: list[UUID]) -> None:
        into.extend(new_id() for _ in range(5000))

    threads = [threading.Thread(target=make, args=(into,)) for into in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({i for into in found for i in into}) == 20_000
    assert all(into == sorted(into) for into in found)
    assert all((i.version, i.variant) == (7, "specified in RFC 4122") for i in found[0])
    assert len(digits(6)) == 6
    assert digits(6).isdecimal()


KEYS = {1: b"a" * 32, 2: b"b" * 32}


def test_sealed_text_opens_only_in_its_place() -> None:
    sealer, row = Sealer(KEYS, 2), new_id()
    sealed = sealer.seal("13800138000", "customer", "phone_sealed", row)
    assert sealer.open(sealed, "customer", "phone_sealed", row) == "13800138000"
    assert sealer.seal("13800138000", "customer", "phone_sealed", row) != sealed
    for place in (
        ("customer", "other", row),
        ("order", "phone_sealed", row),
        ("customer", "phone_sealed", new_id()),
    ):
        with pytest.raises(ValueError, match="does not belong"):
            sealer.open(sealed, *place)
    with pytest.raises(ValueError, match="does not belong"):
        sealer.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), "customer", "phone_sealed", row)


def test_keys_rotate_without_losing_anybody() -> None:
    old, new, row = Sealer({1: KEYS[1]}, 1), Sealer(KEYS, 2), new_id()
    assert new.open(old.seal("x", "t", "c", row), "t", "c", row) == "x"
    assert new.blind_index("x", "p") == old.blind_index("x", "p") != old.blind_index("x", "q")
    with pytest.raises(ValueError, match="unknown key"):
        old.open(new.seal("x", "t", "c", row), "t", "c", row)
    for keys, current in (({1: b"short"}, 1), ({0: b"a" * 32}, 0), (KEYS, 3)):
        with pytest.raises(ValueError, match="32 bytes"):
            Sealer(keys, current)


def test_a_token_changed_in_any_place_is_no_token() -> None:
    signer = TokenSigner(b"s" * 32)
    token = signer.sign("access", new_id(), 60, guest=True)
    for i in range(len(token)):
        for other in "Aa0-_=. é\ud800":
            if other != token[i]:
                assert signer.verify("access", token[:i] + other + token[i + 1 :]) is None
    # Signed with our key, but another kind of token than we make.
    key = OctKey.import_key(derive(b"s" * 32, "token/access"))
    claims = {"sub": str(new_id()), "exp": clock.now().timestamp() + 60}
    assert signer.verify("access", jwt.encode({"alg": "HS256"}, claims, key)) is not None
    assert signer.verify("access", jwt.encode({"alg": "HS384"}, claims, key, ["HS384"])) is None
    for bad in ({"sub": "x", "exp": 9e9}, {"sub": str(new_id())}, {"exp": 9e9}, {}):
        assert signer.verify("access", jwt.encode({"alg": "HS256"}, bad, key)) is None


def test_tokens_keep_their_purpose_and_end() -> None:
    signer, who = TokenSigner(b"s" * 32), new_id()
    token = signer.sign("access", who, 60, guest=True)
    claims = signer.verify("access", token)
    assert claims is not None
    assert (claims["sub"], claims["guest"]) == (who, True)
    assert signer.verify("live", token) is None
    assert TokenSigner(b"t" * 32).verify("access", token) is None
    for bad in ("", "a.b.c", token[:-2], token + "x", "eyJhbGciOiJub25lIn0.e30."):
        assert signer.verify("access", bad) is None
    clock.turn(timedelta(seconds=61))
    try:
        assert signer.verify("access", token) is None
    finally:
        clock.reset()
    assert signer.mac("a", b"x") != signer.mac("b", b"x")


def test_every_message_is_there_in_both_languages_with_the_same_placeholders() -> None:
    import re

    for code, texts in catalogue().items():
        assert set(texts) == {"zh", "en"}, code
        assert all(text.strip() for text in texts.values()), code
        holes = [set(re.findall(r"{(\w+)}", text)) for text in texts.values()]
        assert holes[0] == holes[1], code


def test_every_refusal_in_the_code_has_a_message() -> None:
    import re
    from pathlib import Path

    import zhanggui

    root = Path(next(iter(zhanggui.__path__)))
    used = {
        code
        for file in root.rglob("*.py")
        for code in re.findall(r'ShopError\(\s*"([a-z_]+)"', file.read_text())
    }
    assert len(used) > 20
    assert used - catalogue().keys() == set()


def test_the_callers_language() -> None:
    heads = (None, "", "en-GB,en;q=0.9", "zh-CN,en", "fr,en;q=0.5", "de")
    assert [locale_of(h) for h in heads] == ["zh", "zh", "en", "zh", "en", "zh"]
    assert message("no_such_code", "en") == "no_such_code"
    assert message("rate_limited", "en") == "Too many tries; wait {seconds} seconds."
    assert Text(zh="店").pick("en") == "店"


@given(st.tuples(st.integers(), st.uuids()))
def test_cursors_come_back(keys: tuple[int, UUID]) -> None:
    if abs(keys[0]) < 2**63:
        assert decode_cursor(encode_cursor(*keys), tuple[int, UUID]) == keys


@pytest.mark.parametrize("bad", ["", "x", "!!!", "W10", "e30", "é"])
def test_a_bad_cursor_is_told(bad: str) -> None:
    with pytest.raises(ShopError, match="bad_cursor"):
        decode_cursor(bad, tuple[int, UUID])


async def test_tencent_takes_the_code_as_the_templates_only_parameter() -> None:
    seen: list[httpx.Request] = []
    answers: list[Any] = [
        {"Response": {"SendStatusSet": [{"Code": "Ok"}], "RequestId": "r"}},
        {"Response": {"SendStatusSet": [{"Code": "LimitExceeded.PhoneNumberDailyLimit"}], "RequestId": "r"}},
        {"Response": {"Error": {"Code": "AuthFailure.SignatureFailure", "Message": "m"}, "RequestId": "r"}},
        {"Response": {"SendStatusSet": [], "RequestId": "r"}},
        "not JSON at all",
    ]

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        body = answers[len(seen) - 1]
        return httpx.Response(200, text=body) if isinstance(body, str) else httpx.Response(200, json=body)

    account = SmsAccount("id", "key", "1400000000", "掌柜", "1234")
    assert "key" not in repr(account).replace("secret_key", "")
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        sender = TencentSender(http, account)
        await sender.send("+8613800138000", "ignored", code="123456")
        for _ in range(4):
            with pytest.raises(SmsFailed):
                await sender.send("+8613800138000", "ignored", code="123456")
    assert json.loads(seen[0].content) == {
        "PhoneNumberSet": ["+8613800138000"],
        "SmsSdkAppId": "1400000000",
        "SignName": "掌柜",
        "TemplateId": "1234",
        "TemplateParamSet": ["123456"],
    }
    assert str(seen[0].url) == "https://sms.tencentcloudapi.com"
    assert seen[0].headers["x-tc-action"] == "SendSms"


def test_the_signature_is_the_one_of_the_providers_documentation() -> None:
    """The worked example of Tencent Cloud API 3.0 签名方法 v3 (cvm DescribeInstances)."""
    body = b'{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'
    headers = signed_headers(
        "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
        "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
        "cvm",
        "cvm.tencentcloudapi.com",
        body,
        datetime.fromtimestamp(1551113065, UTC),
    )
    assert headers["Authorization"].endswith(
        "Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
    )
