"""Bodies of the fulfillment endpoints."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from zhanggui.core.fields import Quantity
from zhanggui.core.i18n import Text

Waybill = Annotated[str, Meta(min_length=6, max_length=40, pattern=r"^[0-9A-Za-z\-]+$")]


class ShipLine(msgspec.Struct, forbid_unknown_fields=True):
    """Units of one order line in a parcel."""

    order_line_id: UUID
    quantity: Quantity


class ShipRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A parcel: carrier code of `GET carriers`, its number, and what is in it (everything left when not given)."""

    carrier: Annotated[str, Meta(min_length=1, max_length=16)]
    waybill: Waybill
    lines: Annotated[list[ShipLine], Meta(max_length=200)] = []


class HandOverRequest(msgspec.Struct, forbid_unknown_fields=True):
    """The code the buyer shows; none at the table."""

    code: Annotated[str, Meta(min_length=4, max_length=8, pattern=r"^\d+$")] | None = None


class Carrier(msgspec.Struct):
    """A carrier by the platform's code."""

    code: str
    name: Text


class Carriers(msgspec.Struct):
    items: list[Carrier]
