"""Bodies of the endpoints of applications: personal fields come in and are shown masked only."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from zhanggui.core.i18n import Text
from zhanggui.payments.applyment_rules import (
    AccountType,
    Form,
    PictureKind,
    Reason,
    State,
    Subject,
    Verification,
)
from zhanggui.stores.rules import LegalEntity

Short = Annotated[str, Meta(max_length=100)]


class ApplymentDraft(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What was typed; what is left out stays as it is kept."""

    subject: Subject | None = None
    legal_name: Short | None = None
    id_number: Short | None = None
    id_address: Annotated[str, Meta(max_length=200)] | None = None
    id_from: Short | None = None
    id_until: Short | None = None
    owner: bool | None = None
    account_type: AccountType | None = None
    bank: Short | None = None
    bank_region: Short | None = None
    branch: Short | None = None
    account_number: Short | None = None
    phone: Short | None = None
    email: Short | None = None
    short_name: Short | None = None


class ApplymentSubmit(msgspec.Struct, forbid_unknown_fields=True):
    """The platform's account to apply with."""

    account_id: UUID


class Platform(msgspec.Struct, frozen=True):
    """An account below which stores can be put: of a store that the caller owns."""

    account_id: UUID
    mchid: str
    store: Text


class Region(msgspec.Struct, frozen=True):
    """A place to choose for a bank."""

    code: str
    name: str


class Regions(msgspec.Struct, frozen=True):
    """The places directly below one, or the provinces."""

    items: list[Region]


class Applyment(msgspec.Struct, frozen=True, kw_only=True):
    """The store's application: how it stands, what is filled in (personal fields masked), what to do next.

    Pictures are never shown again: `pictures` says which are there. `number` is ours, as the platform knows it.
    """

    state: State
    form: Form
    pictures: list[PictureKind]
    entity: LegalEntity | None
    platforms: list[Platform]
    banks: list[str]
    account_id: UUID | None
    number: str | None
    reasons: list[Reason]
    sign_url: str | None
    legal_url: str | None
    verify: Verification | None
    sub_mchid: str | None
    submitted_at: datetime | None
    asked_at: datetime | None
