"""Signatures and encryption of WeChat Pay API v3 (pay.weixin.qq.com, 签名生成 · 签名验证 · 证书和回调报文解密).

Timestamps here are the real world's, not core.clock's: the other side compares them with its own watch.
"""

import base64
import math
import re
import secrets
import string
import time
from collections.abc import Mapping
from typing import NamedTuple

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SCHEME = "WECHATPAY2-SHA256-RSA2048"
MAX_SKEW_S = 300
PROBE = "WECHATPAY/SIGNTEST/"
PUBLIC_KEY_PREFIX = "PUB_KEY_ID_"
_ALPHABET = string.ascii_letters + string.digits
_OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)  # noqa: S303  # the platform's choice


class BadSignature(Exception):
    """What came was not signed by the platform, or not now; the text says why."""


class UnknownSerial(BadSignature):
    """Signed with a key that is not known (yet): a certificate may have been rotated."""


class JsapiParams(msgspec.Struct, frozen=True):
    """The arguments of `wx.requestPayment` (and of WeixinJSBridge)."""

    appId: str  # the platform's spelling
    timeStamp: str
    nonceStr: str
    package: str
    signType: str
    paySign: str


class Signed(msgspec.Struct, frozen=True):
    """The signature headers of an answer or a notification."""

    serial: str
    timestamp: str
    nonce: str
    signature: str


class MerchantSigner:
    """Signs as one merchant. `private_key` is the PEM of apiclient_key.pem, `serial` its certificate's number."""

    def __init__(self, mchid: str, serial: str, private_key: str) -> None:
        key = serialization.load_pem_private_key(private_key.encode(), password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise ValueError("the merchant's key is not an RSA key")
        self.mchid, self.serial, self._key = mchid, serial, key

    def authorization(self, method: str, target: str, body: bytes) -> str:
        """The Authorization header for `method target` (path with query); an empty body signs as an empty string."""
        stamp, nonce = str(int(time.time())), nonce_str()
        signature = self._sign(f"{method}\n{target}\n{stamp}\n{nonce}\n".encode() + body + b"\n")
        return (
            f'{SCHEME} mchid="{self.mchid}",nonce_str="{nonce}",signature="{signature}",'
            f'timestamp="{stamp}",serial_no="{self.serial}"'
        )

    def pay_sign(self, appid: str, prepay_id: str) -> JsapiParams:
        """Arguments for `wx.requestPayment`, signed afresh (小程序调起支付签名)."""
        stamp, nonce, package = str(int(time.time())), nonce_str(), f"prepay_id={prepay_id}"
        signature = self._sign(f"{appid}\n{stamp}\n{nonce}\n{package}\n".encode())
        return JsapiParams(appid, stamp, nonce, package, "RSA", signature)

    def open_key(self, sealed: str) -> bytes:
        """A key that came encrypted under the merchant's certificate. Raises BadSignature."""
        try:
            return self._key.decrypt(base64.b64decode(sealed, validate=True), _OAEP)
        except ValueError as fault:
            raise BadSignature("a key that is not for this merchant") from fault

    def _sign(self, message: bytes) -> str:
        return base64.b64encode(self._key.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()


class _Trusted(NamedTuple):
    """A key of the platform with the time (seconds since the epoch) in which it is good."""

    key: rsa.RSAPublicKey
    since: float = 0.0
    until: float = math.inf


class PlatformKeys:
    """The platform's keys by serial: certificates (which rotate and end) and those of public-key mode (PUB_KEY_ID_…)."""

    def __init__(self, certificates: Mapping[str, str], public_keys: Mapping[str, str]) -> None:
        self._keys: dict[str, _Trusted] = {}
        for serial, pem in public_keys.items():
            self._keys[serial] = _Trusted(_rsa(serialization.load_pem_public_key(pem.encode())))
        self.add_certificates(certificates)

    def add_certificates(self, certificates: Mapping[str, str]) -> None:
        """Trust more certificates (serial → PEM), each as long as it is valid."""
        for serial, pem in certificates.items():
            found = x509.load_pem_x509_certificate(pem.encode())
            since, until = found.not_valid_before_utc.timestamp(), found.not_valid_after_utc.timestamp()
            self._keys[serial.upper()] = _Trusted(_rsa(found.public_key()), since, until)

    def serial_for_secrets(self, preferred: str | None) -> str:
        """The key that sensitive fields are encrypted under: the public-key mode's, else the newest certificate; "" if none."""
        if preferred in self._keys:
            return preferred or ""
        good = [serial for serial, trusted in self._keys.items() if trusted.until > time.time()]
        return max(good, key=lambda serial: self._keys[serial].since, default="")

    def encrypt(self, serial: str, text: str) -> str:
        """Base64 of RSAES-OAEP (SHA-1, as the platform wants it) under the key with that serial."""
        return base64.b64encode(self._keys[serial].key.encrypt(text.encode(), _OAEP)).decode()

    def verify(self, signed: Signed, body: bytes) -> None:
        """Return when `body` (raw) was signed by the platform within five minutes of now.

        Raises BadSignature; UnknownSerial when the key is not known. Signature probes (SIGNTEST) never verify.
        """
        if signed.signature.startswith(PROBE):
            raise BadSignature("a probe with a deliberately wrong signature")
        if (
            not re.fullmatch(r"[0-9]{1,12}", signed.timestamp)
            or abs(time.time() - int(signed.timestamp)) > MAX_SKEW_S
        ):
            raise BadSignature("signed more than five minutes from now")
        trusted = self._keys.get(signed.serial) or self._keys.get(signed.serial.upper())
        if trusted is None:
            raise UnknownSerial(f"signed with the unknown key {signed.serial[:80]}")
        if time.time() > trusted.until:
            raise BadSignature(f"signed with a certificate that is over: {signed.serial[:80]}")
        message = f"{signed.timestamp}\n{signed.nonce}\n".encode() + body + b"\n"
        try:
            raw = base64.b64decode(signed.signature, validate=True)
            trusted.key.verify(raw, message, padding.PKCS1v15(), hashes.SHA256())
        except (ValueError, InvalidSignature) as fault:
            raise BadSignature("the signature does not verify") from fault


def read_signature(headers: Mapping[str, str]) -> Signed:
    """The signature headers out of `headers` (any case). Raises BadSignature when one is missing."""
    found = {name.lower(): value for name, value in headers.items()}
    kind = found.get("wechatpay-signature-type", SCHEME)
    try:
        signed = Signed(
            found["wechatpay-serial"],
            found["wechatpay-timestamp"],
            found["wechatpay-nonce"],
            found["wechatpay-signature"],
        )
    except KeyError as missing:
        raise BadSignature(f"header {missing.args[0]} is missing") from missing
    if kind != SCHEME:
        raise BadSignature(f"unknown signature type {kind[:80]}")
    return signed


def decrypt(api_v3_key: str, nonce: str, associated_data: str, ciphertext: str) -> bytes:
    """Open an AEAD_AES_256_GCM resource with the 32-byte API v3 key. Raises BadSignature when it does not open."""
    try:
        raw = base64.b64decode(ciphertext, validate=True)
        return AESGCM(api_v3_key.encode()).decrypt(nonce.encode(), raw, associated_data.encode())
    except (ValueError, InvalidTag) as fault:
        raise BadSignature("the resource does not open with the API v3 key") from fault


def nonce_str(length: int = 32) -> str:
    """A random text of letters and digits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _rsa(key: object) -> rsa.RSAPublicKey:
    if not isinstance(key, rsa.RSAPublicKey):
        raise TypeError("the platform's key is not an RSA key")
    return key
