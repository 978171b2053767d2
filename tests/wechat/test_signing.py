"""Signatures: what verifies, and everything that must not."""

import base64
import time

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from zhanggui.wechat.signing import (
    BadSignature,
    MerchantSigner,
    PlatformKeys,
    Signed,
    UnknownSerial,
    decrypt,
    read_signature,
)

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
PUBLIC = (
    KEY.public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode()
)
SERIAL = "PUB_KEY_ID_0114"
KEYS = PlatformKeys({}, {SERIAL: PUBLIC})


def sign(message: bytes) -> str:
    return base64.b64encode(KEY.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()


def signed(body: bytes, *, at: float | None = None, serial: str = SERIAL, nonce: str = "n") -> Signed:
    stamp = str(int(time.time() if at is None else at))
    return Signed(serial, stamp, nonce, sign(f"{stamp}\n{nonce}\n".encode() + body + b"\n"))


def test_what_the_platform_signed_verifies() -> None:
    for body in (b"{}", b"", "拿铁".encode()):
        KEYS.verify(signed(body), body)


def test_another_body_time_or_nonce_does_not_verify() -> None:
    good = signed(b"{}")
    for bad, body in (
        (good, b"{} "),
        (Signed(good.serial, str(int(good.timestamp) + 1), good.nonce, good.signature), b"{}"),
        (Signed(good.serial, good.timestamp, "m", good.signature), b"{}"),
        (Signed(good.serial, good.timestamp, good.nonce, "not base64!"), b"{}"),
        (Signed(good.serial, good.timestamp, good.nonce, ""), b"{}"),
    ):
        with pytest.raises(BadSignature):
            KEYS.verify(bad, body)


@pytest.mark.parametrize("skew", [-301, 301, 30 * 86400])
def test_more_than_five_minutes_off_does_not_verify(skew: int) -> None:
    with pytest.raises(BadSignature, match="five minutes"):
        KEYS.verify(signed(b"{}", at=time.time() + skew), b"{}")


@pytest.mark.parametrize("stamp", ["", "-1", "1e9", "٣", "9" * 40])
def test_a_timestamp_that_is_none_does_not_verify(stamp: str) -> None:
    with pytest.raises(BadSignature):
        KEYS.verify(Signed(SERIAL, stamp, "n", "AAAA"), b"{}")


def test_a_probe_never_verifies() -> None:
    good = signed(b"{}")
    probe = Signed(good.serial, good.timestamp, good.nonce, f"WECHATPAY/SIGNTEST/{good.signature}")
    with pytest.raises(BadSignature, match="probe"):
        KEYS.verify(probe, b"{}")


def test_an_unknown_key_is_told_apart() -> None:
    with pytest.raises(UnknownSerial):
        KEYS.verify(signed(b"{}", serial="ABC"), b"{}")


def test_headers_are_read_in_any_case_and_must_all_be_there() -> None:
    headers = {
        "wechatpay-serial": "S",
        "Wechatpay-Timestamp": "1",
        "WECHATPAY-NONCE": "n",
        "Wechatpay-Signature": "s",
    }
    assert read_signature(headers) == Signed("S", "1", "n", "s")
    for name in headers:
        with pytest.raises(BadSignature):
            read_signature({k: v for k, v in headers.items() if k != name})
    with pytest.raises(BadSignature, match="type"):
        read_signature({**headers, "Wechatpay-Signature-Type": "MD5"})


def test_a_request_signs_method_target_time_nonce_and_body() -> None:
    signer = MerchantSigner("1900000001", "SER", PEM)
    header = signer.authorization("GET", "/v3/x?mchid=1", b"")
    fields = dict(part.split("=", 1) for part in header.split(" ", 1)[1].split(","))
    text = {name: value.strip('"') for name, value in fields.items()}
    message = f"GET\n/v3/x?mchid=1\n{text['timestamp']}\n{text['nonce_str']}\n\n".encode()
    KEY.public_key().verify(base64.b64decode(text["signature"]), message, padding.PKCS1v15(), hashes.SHA256())
    assert (text["mchid"], text["serial_no"]) == ("1900000001", "SER")


def test_a_resource_opens_with_its_own_key_nonce_and_data_only() -> None:
    key, nonce = "k" * 32, "n" * 12
    sealed = base64.b64encode(AESGCM(key.encode()).encrypt(nonce.encode(), b"{}", b"transaction")).decode()
    assert decrypt(key, nonce, "transaction", sealed) == b"{}"
    for other in (
        ("x" * 32, nonce, "transaction", sealed),
        (key, "m" * 12, "transaction", sealed),
        (key, nonce, "refund", sealed),
        (key, nonce, "transaction", "AAAA"),
        (key, "", "transaction", sealed),
    ):
        with pytest.raises(BadSignature):
            decrypt(*other)
