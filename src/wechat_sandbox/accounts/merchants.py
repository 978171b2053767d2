"""Merchant accounts of WeChat Pay."""

import re
import secrets
from typing import Literal, get_args

import msgspec
from cryptography.hazmat.primitives.asymmetric import rsa

from wechat_sandbox import ids, keys
from wechat_sandbox.accounts.apps import Apps
from wechat_sandbox.accounts.platform import PlatformKeys
from wechat_sandbox.clock import Clock, china_day
from wechat_sandbox.storage import Storage

Mode = Literal["certificate", "public_key", "both"]
MODES: tuple[Mode, ...] = get_args(Mode)
MCHID = re.compile(r"[0-9]{8,12}")


class InvalidAccount(Exception):
    """An account that cannot be made as asked; the text says why."""


class MerchantOrder(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a caller asks for; what is left out is made up, of a known one it stays. `mode` says how the platform signs for it.

    For a known merchant `api_v3_key` and `private_key` (with `serial_no`) replace what it has; `new_public_key` gives it
    a new key of public-key mode under a new id.
    """

    mchid: str | None = None
    appid: str | None = None
    name: str | None = None
    mode: Mode | None = None
    api_v3_key: str | None = None
    private_key: str | None = None
    serial_no: str | None = None
    fee_rate: int | None = None
    combines: bool | None = None
    sub_of: str | None = None
    new_public_key: bool = False


class Merchant(msgspec.Struct, kw_only=True):
    """An account as it is kept."""

    mchid: str
    name: str
    mode: Mode
    api_v3_key: str
    serial_no: str
    private_key: str
    certificate: str
    public_key_id: str
    appids: list[str]
    fee_rate: int = 60
    """What the platform takes of a payment, in hundredths of a percent."""
    combines: bool = True
    """Whether it may take part in combined payments (合单支付权限)."""
    sub_of: str | None = None
    """The platform's merchant number that this one is below of (二级商户)."""
    own_public_keys: dict[str, str] = {}
    """Keys of public-key mode that were made for it since (id → private key, PEM); before that all merchants share one."""

    @property
    def trusts_public_key(self) -> bool:
        """Whether the platform may sign with the public-key mode key for it."""
        return self.mode != "certificate"

    @property
    def trusts_certificate(self) -> bool:
        """Whether the platform may sign with its certificate for it."""
        return self.mode != "public_key"


class Merchants:
    """All merchant accounts, with their public keys parsed once."""

    def __init__(self, storage: Storage, clock: Clock, apps: Apps, platform: PlatformKeys) -> None:
        self._storage = storage
        self._clock = clock
        self._apps = apps
        self._platform = platform
        self._accounts = {m.mchid: m for m in storage.load("merchant", Merchant)}
        self._public = {
            m.mchid: keys.load_private(m.private_key).public_key() for m in self._accounts.values()
        }

    def get(self, mchid: str) -> Merchant | None:
        """An account by its number."""
        return self._accounts.get(mchid)

    def listing(self) -> list[Merchant]:
        """All accounts, in the order they were made."""
        return list(self._accounts.values())

    def verifies(self, merchant: Merchant, signature: str, message: bytes) -> bool:
        """Whether the merchant signed `message`."""
        return keys.verifies(self._public[merchant.mchid], signature, message)

    def provide(self, order: MerchantOrder) -> Merchant:
        """The account with the number asked for, made if missing; an app or mode given is applied to it.

        Raises InvalidAccount.
        """
        merchant = self._accounts.get(order.mchid) if order.mchid else None
        if merchant is None:
            merchant = self._open(order)
        else:
            self._change_keys(merchant, order)
        if order.appid is not None and order.appid not in merchant.appids:
            merchant.appids.append(self._apps.provide_id(order.appid).appid)
        if order.mode is not None:
            merchant.mode = order.mode
        if order.fee_rate is not None:
            if not 0 <= order.fee_rate <= 1_000:
                raise InvalidAccount("fee_rate is 0 to 1000 hundredths of a percent")
            merchant.fee_rate = order.fee_rate
        if order.combines is not None:
            merchant.combines = order.combines
        if order.sub_of is not None:
            if order.sub_of not in self._accounts or order.sub_of == merchant.mchid:
                raise InvalidAccount("sub_of is the number of another merchant")
            merchant.sub_of = order.sub_of
        self._storage.put("merchant", merchant.mchid, merchant)
        return merchant

    def describe(self, merchant: Merchant) -> dict[str, object]:
        """All that a client of the platform must know to act as this merchant, secrets included."""
        app = self._apps.get(merchant.appids[0])
        certificate = self._platform.current
        return {
            **msgspec.to_builtins(merchant),
            "appid": merchant.appids[0],
            "app_secret": app.secret if app else None,
            "platform_certificate_serial": certificate.serial,
            "platform_certificate": certificate.pem,
            "platform_public_key": keys.public_pem(
                self.public_mode_key(merchant, merchant.public_key_id).public_key()
            ),
        }

    def public_mode_key(self, merchant: Merchant, key_id: str) -> rsa.RSAPrivateKey:
        """The platform's key of public-key mode that this merchant knows under this id."""
        own = merchant.own_public_keys.get(key_id)
        return keys.load_private(own) if own else self._platform.public_mode_key

    def _change_keys(self, merchant: Merchant, order: MerchantOrder) -> None:
        """What the merchant replaced at the platform holds at once."""
        if order.api_v3_key is not None:
            merchant.api_v3_key = _checked(order.api_v3_key)
        if order.private_key is not None:
            key = _read(order.private_key)
            serial, merchant.certificate = keys.new_certificate(key, f"Merchant {merchant.mchid}")
            merchant.serial_no = (order.serial_no or serial).upper()
            merchant.private_key = keys.private_pem(key)
            self._public[merchant.mchid] = key.public_key()
        if order.new_public_key:
            merchant.own_public_keys[merchant.public_key_id] = keys.private_pem(
                self.public_mode_key(merchant, merchant.public_key_id)
            )
            merchant.public_key_id = self._public_key_id(merchant.mchid)
            merchant.own_public_keys[merchant.public_key_id] = keys.private_pem(keys.new_key())

    def _public_key_id(self, mchid: str) -> str:
        day, rest = china_day(self._clock.now()), secrets.randbelow(10**10)
        return f"PUB_KEY_ID_01{mchid.zfill(12)}{day}{rest:010d}"

    def _open(self, order: MerchantOrder) -> Merchant:
        mchid = order.mchid or self._free_number()
        if not MCHID.fullmatch(mchid):
            raise InvalidAccount("mchid is 8 to 12 digits")
        api_v3_key = _checked(order.api_v3_key or ids.nonce(32))
        key = _read(order.private_key) if order.private_key else keys.new_key()
        serial, certificate = keys.new_certificate(key, f"Merchant {mchid}")
        app = self._apps.provide_id(order.appid)
        merchant = Merchant(
            mchid=mchid,
            name=order.name or f"测试商户 {mchid}",
            mode=order.mode or "both",
            api_v3_key=api_v3_key,
            serial_no=(order.serial_no or serial).upper(),
            private_key=keys.private_pem(key),
            certificate=certificate,
            public_key_id=self._public_key_id(mchid),
            appids=[app.appid],
        )
        self._accounts[mchid] = merchant
        self._public[mchid] = key.public_key()
        return merchant

    def _free_number(self) -> str:
        number = 1900000001 + len(self._accounts)
        while str(number) in self._accounts:
            number += 1
        return str(number)


def _checked(api_v3_key: str) -> str:
    if len(api_v3_key.encode()) != 32:
        raise InvalidAccount("api_v3_key is 32 bytes")
    return api_v3_key


def _read(private_key: str) -> rsa.RSAPrivateKey:
    try:
        return keys.load_private(private_key)
    except ValueError as error:
        raise InvalidAccount(f"private_key is not an RSA key in PEM: {error}") from error
