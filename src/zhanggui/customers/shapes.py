"""What the API says of buyers."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from zhanggui.core.fields import Latitude, Longitude
from zhanggui.core.i18n import Locale

Phone = Annotated[str, Meta(min_length=5, max_length=32)]
Name = Annotated[str, Meta(min_length=1, max_length=40)]
Tag = Literal["", "home", "work", "school"]
Region = Annotated[str, Meta(pattern=r"^([0-9]{6}|[0-9]{9})$")]


class Customer(msgspec.Struct, frozen=True):
    """A buyer or guest as they see themselves."""

    id: UUID
    guest: bool
    nickname: str
    avatar: str | None
    phone_masked: str | None
    locale: Locale


class Session(msgspec.Struct, frozen=True):
    """`access_token` lives `expires_in` seconds; `refresh_token` gives the next one, once."""

    access_token: str
    expires_in: int
    refresh_token: str
    customer: Customer


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """An empty body."""


class WechatSignIn(msgspec.Struct, forbid_unknown_fields=True):
    """`code` of wx.login; `appid` where the installation has several mini-programs."""

    code: Annotated[str, Meta(min_length=1, max_length=128)]
    appid: Annotated[str, Meta(min_length=1, max_length=64)] | None = None


class CodeRequest(msgspec.Struct, forbid_unknown_fields=True):
    """Where to send a sign-in code."""

    phone: Phone


class CodeSent(msgspec.Struct, frozen=True):
    """Seconds until the code is void and until another may be asked for."""

    expires_in: int
    resend_in: int


class PageAuthorization(msgspec.Struct, frozen=True):
    """Where a page inside WeChat sends its buyer, once and without a question, to be known there."""

    url: str


class PageCode(msgspec.Struct, forbid_unknown_fields=True):
    """What the buyer came back with from there."""

    code: Annotated[str, Meta(min_length=1, max_length=512)]
    state: Annotated[str, Meta(min_length=1, max_length=128)]


class PhoneSignIn(msgspec.Struct, forbid_unknown_fields=True):
    """The number and the six digits that were sent to it."""

    phone: Phone
    code: Annotated[str, Meta(pattern=r"^[0-9]{6}$")]


class RefreshToken(msgspec.Struct, forbid_unknown_fields=True):
    """The refresh token in force."""

    refresh_token: Annotated[str, Meta(min_length=10, max_length=200)]


class ProfileChange(msgspec.Struct, forbid_unknown_fields=True):
    """What a buyer may change of themselves."""

    nickname: Name | None = None
    locale: Locale | None = None


class PhoneCode(msgspec.Struct, forbid_unknown_fields=True):
    """The code of the mini-program's getPhoneNumber button."""

    code: Annotated[str, Meta(min_length=1, max_length=128)]


class Consent(msgspec.Struct, forbid_unknown_fields=True):
    """Agreement to one version of a text."""

    kind: Literal["privacy"]
    version: Annotated[str, Meta(min_length=1, max_length=32)]


class AddressInput(msgspec.Struct, forbid_unknown_fields=True):
    """An address as typed; the names of the regions follow from `region_code`, those sent are not looked at."""

    recipient: Name
    phone: Phone
    region_code: Region
    detail: Annotated[str, Meta(min_length=2, max_length=120)]
    province: Annotated[str, Meta(max_length=40)] = ""
    city: Annotated[str, Meta(max_length=40)] = ""
    district: Annotated[str, Meta(max_length=40)] = ""
    street: Annotated[str, Meta(max_length=40)] = ""
    lat: Latitude | None = None
    lng: Longitude | None = None
    tag: Tag = ""
    is_default: bool = False


class AddressBody(msgspec.Struct, frozen=True, kw_only=True):
    """An address opened for its owner, a quote or an order; `phone` is E.164, coordinates WGS-84 degrees."""

    id: UUID
    recipient: str
    phone: str
    region_code: str
    province: str
    city: str
    district: str
    street: str
    detail: str
    lat: float | None
    lng: float | None
    tag: Tag
    is_default: bool

    @property
    def region_text(self) -> str:
        """`浙江省 杭州市 西湖区`, each name once."""
        return " ".join(dict.fromkeys(n for n in (self.province, self.city, self.district) if n))

    @property
    def text(self) -> str:
        """The whole address on one line."""
        return " ".join(part for part in (self.region_text, self.street, self.detail) if part)


class Addresses(msgspec.Struct, frozen=True):
    """The address book, the default one first."""

    items: list[AddressBody]


class RegionItem(msgspec.Struct, frozen=True):
    """A region to choose; `leaf` has none below it."""

    code: str
    name: str
    leaf: bool


class RegionItems(msgspec.Struct, frozen=True):
    """The regions directly below one."""

    items: list[RegionItem]


class OwnPhone(msgspec.Struct, frozen=True):
    """The buyer's own number (E.164), for forms that ask for one; None before there is any."""

    phone: str | None
