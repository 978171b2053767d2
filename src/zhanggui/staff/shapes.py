"""What the console's API says of its people."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from zhanggui.core.i18n import Text

Password = Annotated[str, Meta(min_length=1, max_length=200)]


class Credentials(msgspec.Struct, forbid_unknown_fields=True):
    """Sign-in name, whatever its case, and password."""

    login: Annotated[str, Meta(min_length=1, max_length=64)]
    password: Password


class PasswordChange(msgspec.Struct, forbid_unknown_fields=True):
    """The password in force and the one to replace it."""

    old_password: Password
    new_password: Password


class StaffCard(msgspec.Struct, frozen=True):
    """A person."""

    id: UUID
    login: str
    name: str
    must_change_password: bool


class StoreSeat(msgspec.Struct, frozen=True):
    """A store that a person works in, and what they may do there. `timezone` is an IANA name: its pages show its time."""

    id: UUID
    slug: str
    name: Text
    layout: Literal["menu", "grid"]
    currency: str
    timezone: str
    role: str
    permissions: list[str]


class StaffSession(msgspec.Struct, frozen=True):
    """Who is signed in; `csrf` goes into X-CSRF-Token of everything that is not a GET."""

    staff: StaffCard
    csrf: str
    stores: list[StoreSeat]
