"""The platform's keys: good for their time, the newest for secrets."""

import time
from datetime import UTC, datetime, timedelta, tzinfo
from types import SimpleNamespace

import pytest

from wechat_sandbox import keys
from zhanggui.wechat import signing
from zhanggui.wechat.signing import BadSignature, PlatformKeys, Signed

BODY = b"{}"


def test_a_certificate_is_good_until_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    key = keys.new_key()
    serial, pem = keys.new_certificate(key, "platform", timedelta(seconds=60))
    known, now = PlatformKeys({serial: pem}, {}), time.time()

    def signed(at: float) -> Signed:
        stamp = str(int(at))
        return Signed(serial, stamp, "nonce", keys.sign(key, stamp, "nonce", BODY.decode()))

    known.verify(signed(now), BODY)
    monkeypatch.setattr(signing.time, "time", lambda: now + 61)
    with pytest.raises(BadSignature, match="is over"):
        known.verify(signed(now + 61), BODY)
    assert known.serial_for_secrets(None) == ""


def test_secrets_go_under_the_newest_certificate_however_they_were_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The platform lists the newest first; whoever took the last of the list took the oldest."""
    made: dict[str, str] = {}
    for age in (1, 2, 3):
        then = datetime.now(UTC) - timedelta(days=age)

        def now(tz: tzinfo, then: datetime = then) -> datetime:
            return then.astimezone(tz)

        monkeypatch.setattr(keys, "datetime", SimpleNamespace(now=now))
        serial, pem = keys.new_certificate(keys.new_key(), "platform")
        made[serial] = pem
    for listed in (made, dict(reversed(made.items()))):
        assert PlatformKeys(listed, {}).serial_for_secrets("PUB_KEY_ID_0") == next(iter(made))
