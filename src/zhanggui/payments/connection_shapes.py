"""Bodies of the endpoints of connections: what goes in is never shown again."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from zhanggui.core.changes import Change
from zhanggui.core.i18n import Text
from zhanggui.stores.rules import LegalEntity

AppKind = Literal["mini_program", "official_account"]
Connection = Literal["mini_program", "official_account", "payment"]
Appid = Annotated[str, Meta(max_length=32, pattern="^wx[0-9A-Za-z]{4,30}$")]
Secret = Annotated[str, Meta(min_length=16, max_length=128, pattern=r"^[!-~]+$")]
Mchid = Annotated[str, Meta(max_length=32, pattern="^[0-9]{6,32}$")]
Serial = Annotated[str, Meta(max_length=64, pattern="^[0-9A-Fa-f]{8,64}$")]
Pem = Annotated[str, Meta(min_length=1, max_length=10_000)]


class AppInput(msgspec.Struct, forbid_unknown_fields=True):
    """The appid and its AppSecret."""

    appid: Appid
    secret: Secret


class PaymentInput(msgspec.Struct, forbid_unknown_fields=True):
    """A merchant's account. Keys left out stay as they are, for the same merchant number. PEM texts as downloaded."""

    appid: Appid
    mchid: Mchid
    serial: Serial
    sub_mchid: Mchid | None = None
    private_key: Pem | None = None
    api_v3_key: Annotated[str, Meta(min_length=32, max_length=32, pattern="^[!-~]+$")] | None = None
    public_key_id: Annotated[str, Meta(max_length=64, pattern="^PUB_KEY_ID_[0-9A-Za-z]+$")] | None = None
    public_key: Pem | None = None


class AppConnection(msgspec.Struct, frozen=True):
    """An application: whose secret is set, and its last four characters."""

    kind: AppKind
    appid: str | None = None
    ends_with: str | None = None
    set_at: datetime | None = None
    set_by: str | None = None


class PaymentConnection(msgspec.Struct, frozen=True, kw_only=True):
    """The account that new payments go to. Of the keys only the last four characters of the API v3 key are shown."""

    appid: str
    mchid: str
    sub_mchid: str | None
    serial: str
    public_key_id: str | None
    ends_with: str
    set_at: datetime
    set_by: str | None


class Connections(msgspec.Struct, frozen=True):
    """How this installation is known to the platform. The applications serve every store: who does not own all of them
    (`apps_writable` false) cannot change them. `entity`: for whom the payment account collects, when the store says so."""

    apps: list[AppConnection]
    apps_writable: bool
    payment: PaymentConnection | None
    entity: LegalEntity | None
    changes: list[Change]


class Tested(msgspec.Struct, frozen=True):
    """What the platform said when it was asked with these keys just now."""

    ok: bool
    code: str | None
    explanation: Text
