"""What the shipping calls of the mini-program API send and answer (发货信息管理, 小程序交易管理服务)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Literal

import msgspec

CHINA = timezone(timedelta(hours=8))
MAX_PARCELS = 15
"""Of an order (10060024: too many)."""

LogisticsType = Literal[1, 2, 3, 4]
"""1 express, 2 same-city, 3 virtual, 4 self pick-up."""


class Parcel(msgspec.Struct, frozen=True, omit_defaults=True):
    """One parcel of a shipping report. `tracking_no` and `express_company` only for express.

    `item_desc` at most 120 characters. `contact` is needed by some carriers (SF): masked numbers, e.g. `138****0000`.
    """

    item_desc: str
    tracking_no: str | None = None
    express_company: str | None = None
    contact: dict[str, str] | None = None


class ShippingReport(msgspec.Struct, frozen=True):
    """What `upload_shipping_info` tells about a paid order; at most 15 parcels.

    `uploaded_at` must increase with every report of an order. `split` is for express only; `all_delivered` says that no
    further parcel comes.
    """

    transaction_id: str
    openid: str
    logistics_type: LogisticsType
    parcels: list[Parcel]
    uploaded_at: datetime
    split: bool = False
    all_delivered: bool = True


class CombinedKey(msgspec.Struct, frozen=True):
    """A combined payment by its number, and the part that is reported; mchids are those of the payment's call."""

    combine_mchid: str
    combine_out_trade_no: str
    mchid: str
    out_trade_no: str


class ToldParcel(msgspec.Struct, frozen=True):
    """A parcel as the platform knows it."""

    tracking_no: str = ""
    express_company: str = ""


class ToldShipping(msgspec.Struct, frozen=True):
    """What the platform knows of an order's shipping; `finish_shipping_count` is 2 once it was re-shipped."""

    delivery_mode: int = 0
    logistics_type: int = 0
    finish_shipping: bool = False
    finish_shipping_count: int = 0
    shipping_list: list[ToldParcel] = []


class ToldOrder(msgspec.Struct, frozen=True):
    """`get_order`. `order_state`: 1 to be shipped, 2 shipped, 3 received, 4 completed, 5 refunded, 6 funds about to be settled."""

    transaction_id: str = ""
    order_state: int = 1
    shipping: ToldShipping | None = None

    @property
    def received(self) -> bool:
        return self.order_state in {3, 4, 6}


def report_body(report: ShippingReport) -> dict[str, Any]:
    """The body of upload_shipping_info. Raises ValueError for no parcel or more than 15."""
    return {
        "order_key": {"order_number_type": 2, "transaction_id": report.transaction_id},
        **_delivery(report),
        "upload_time": stamp(report.uploaded_at),
        "payer": {"openid": report.openid},
    }


def combined_body(key: CombinedKey, report: ShippingReport) -> dict[str, Any]:
    """The body of upload_combined_shipping_info for one part. Raises ValueError as `report_body`."""
    return {
        "order_key": {
            "order_number_type": 1,
            "mchid": key.combine_mchid,
            "out_trade_no": key.combine_out_trade_no,
        },
        "sub_orders": [
            {
                "order_key": {"order_number_type": 1, "mchid": key.mchid, "out_trade_no": key.out_trade_no},
                **_delivery(report),
            }
        ],
        "upload_time": stamp(report.uploaded_at),
        "payer": {"openid": report.openid},
    }


def stamp(at: datetime) -> str:
    """RFC 3339 with milliseconds in China's time, as the platform's examples have it."""
    return at.astimezone(CHINA).isoformat(timespec="milliseconds")


def whole_ms(at: datetime) -> datetime:
    """`at` as it can be told: upload_time holds milliseconds."""
    return at.astimezone(UTC).replace(microsecond=at.microsecond // 1000 * 1000)


def _delivery(report: ShippingReport) -> dict[str, Any]:
    parcels: Sequence[Parcel] = report.parcels
    if not 1 <= len(parcels) <= MAX_PARCELS:
        raise ValueError("a shipping report holds 1 to 15 parcels")
    body: dict[str, Any] = {
        "logistics_type": report.logistics_type,
        "delivery_mode": 2 if report.split else 1,
        "shipping_list": msgspec.to_builtins(parcels),
    }
    if report.split:
        body["is_all_delivered"] = report.all_delivered
    return body
