"""What must hold before a return is opened."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from zhanggui.catalog.cache import catalogue
from zhanggui.core.errors import ShopError
from zhanggui.core.runtime import Runtime
from zhanggui.media.queries import pictures
from zhanggui.orders.queries import OrderRecord
from zhanggui.returns.rules import AFTER_SHIPPING, BEFORE_SHIPPING, REASONS, Kind, Reason
from zhanggui.returns.shop_shapes import WantedLine

PAID = frozenset({"paid", "preparing", "fulfilled", "completed"})
REFUNDABLE = timedelta(days=360)
"""The platform refunds within a year of the payment (POST /v3/refund/domestic/refunds); a few days are left for us."""


def blocked(order: OrderRecord, at: datetime) -> str | None:
    """The code of why nothing of this order may be asked for at `at` (UTC), None when it may."""
    if order.status == "cancelled":
        return "return_order_cancelled"
    if order.status not in PAID or order.paid_at is None:
        return "return_not_paid"
    return "return_too_old" if at - order.paid_at > REFUNDABLE else None


def check_reason(kind: Kind, reason: Reason, *, sent: bool) -> None:
    """Raises 422 `reason_kind`, `return_not_sent` (nothing can come back yet), `return_sent` (it is on its way)."""
    if kind not in REASONS[reason].kinds:
        raise ShopError("reason_kind", 422, field="reason")
    if not sent and (kind != "refund_only" or reason not in BEFORE_SHIPPING):
        raise ShopError("return_not_sent", 422, field="kind" if kind != "refund_only" else "reason")
    if sent and reason not in AFTER_SHIPPING:
        raise ShopError("return_sent", 422, field="reason")


async def check_pictures(rt: Runtime, store_id: UUID, ids: Sequence[UUID]) -> None:
    """Raises 422 `picture_unknown` for a picture that is not the store's."""
    if len(await pictures(rt, store_id, ids)) != len(set(ids)):
        raise ShopError("picture_unknown", 422, field="picture_ids")


async def check_exchange(rt: Runtime, order: OrderRecord, lines: Iterable[WantedLine]) -> None:
    """Raises 422 `exchange_price_differs` unless each line is exchanged for the same product at the same price today."""
    goods = (await catalogue(rt, order.store_id)).skus
    bought = {line.id: line for line in order.lines}
    for i, line in enumerate(lines):
        was = goods.get(bought[line.order_line_id].sku_id)
        new = goods.get(line.exchange_sku_id) if line.exchange_sku_id else was
        if was is None or new is None or new.product_id != was.product_id or new.price != was.price:
            raise ShopError("exchange_price_differs", 422, field=f"lines[{i}].exchange_sku_id")
