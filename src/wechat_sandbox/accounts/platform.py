"""The platform's own keys: certificates that can be rotated, and the key of public-key mode."""

from datetime import timedelta

import msgspec
from cryptography.hazmat.primitives.asymmetric import rsa

from wechat_sandbox import keys
from wechat_sandbox.storage import Storage


class StoredKey(msgspec.Struct):
    """A key as it is kept. `serial` and `certificate` are empty for the key of public-key mode."""

    name: str
    private_key: str
    serial: str = ""
    certificate: str = ""


class PlatformCertificate:
    """A platform certificate with its parsed key."""

    def __init__(self, stored: StoredKey) -> None:
        self.serial = stored.serial
        self.pem = stored.certificate
        self.key = keys.load_private(stored.private_key)


class PlatformKeys:
    """Generated at the first start, then read from storage."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        stored = {key.name: key for key in storage.load("platform_key", StoredKey)}
        if "public" not in stored:
            stored["public"] = self._keep(StoredKey("public", keys.private_pem(keys.new_key())))
        self.certificates = [
            PlatformCertificate(key) for name, key in sorted(stored.items()) if name != "public"
        ]
        if not self.certificates:
            self.rotate()
        self._signs = self.certificates[-1]
        self.public_mode_key = keys.load_private(stored["public"].private_key)
        self._forger: rsa.RSAPrivateKey | None = None

    @property
    def current(self) -> PlatformCertificate:
        """The certificate that signs now: the newest, unless another was put to use."""
        return self._signs

    def find(self, serial: str) -> PlatformCertificate | None:
        """A certificate by serial number, old ones included."""
        return next((c for c in self.certificates if c.serial == serial.upper()), None)

    def use(self, certificate: PlatformCertificate) -> None:
        """Sign with this one from now on: while a rotation is under way the platform signs with either."""
        self._signs = certificate

    def rotate(self, valid: timedelta = timedelta(days=5 * 365)) -> PlatformCertificate:
        """Begin to sign with a new certificate; the old ones stay downloadable, as on the platform."""
        key = keys.new_key()
        serial, pem = keys.new_certificate(key, "Tenpay.com sign", valid)
        stored = self._keep(
            StoredKey(f"certificate-{len(self.certificates):04d}", keys.private_pem(key), serial, pem)
        )
        certificate = PlatformCertificate(stored)
        self.certificates.append(certificate)
        self.use(certificate)
        return certificate

    @property
    def forger(self) -> rsa.RSAPrivateKey:
        """A key that is not the platform's, for forged signatures."""
        if self._forger is None:
            self._forger = keys.new_key()
        return self._forger

    def _keep(self, key: StoredKey) -> StoredKey:
        self._storage.put("platform_key", key.name, key)
        return key
