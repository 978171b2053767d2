"""Coupons of the platform (代金券) that a buyer pays with, and what a refund gives back of them.

Source: pay.weixin.qq.com, "支付成功回调通知" and "查询订单" (promotion_detail), "退款申请" (amount, promotion_detail). A prefunded
coupon (CASH, 预充值) is settled to the merchant in full: its funder has paid already. One that is not (NOCASH, 免充值) is a
discount by the merchant: 应结订单金额 = 订单金额 - 免充值券金额.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec

CouponType = Literal["CASH", "NOCASH"]
Funder = Literal["wechatpay", "merchant", "other"]
FUNDERS: tuple[Funder, ...] = ("wechatpay", "merchant", "other")
NAMES: dict[CouponType, str] = {"CASH": "微信支付立减", "NOCASH": "商家优惠"}


class Coupon(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A coupon in the buyer's hand: fen off, who pays for it. The platform numbers it when it is used."""

    amount: Annotated[int, msgspec.Meta(ge=1)]
    type: CouponType = "CASH"
    funder: Funder = "wechatpay"
    coupon_id: str = ""

    def describe(self) -> dict[str, Any]:
        """As an entry of promotion_detail of a payment."""
        return {
            "coupon_id": self.coupon_id,
            "name": NAMES[self.type],
            "scope": "GLOBAL",
            "type": self.type,
            "amount": self.amount,
            "stock_id": self.coupon_id[:9],
            **{f"{one}_contribute": self.amount if one == self.funder else 0 for one in FUNDERS},
            "currency": "CNY",
        }

    def refunded(self, amount: int) -> dict[str, Any]:
        """As an entry of promotion_detail of a refund: the types have other names there."""
        return {
            "promotion_id": self.coupon_id,
            "scope": "GLOBAL",
            "type": "COUPON" if self.type == "CASH" else "DISCOUNT",
            "amount": self.amount,
            "refund_amount": amount,
        }


def off(coupons: Sequence[Coupon], type_: CouponType | None = None) -> int:
    """Fen that coupons (of one type) take off."""
    return sum(c.amount for c in coupons if type_ in (None, c.type))


def give_back(
    coupons: Sequence[Coupon], total: int, refunded: int, given: Sequence[int], refund: int
) -> list[int]:
    """What a refund of `refund` fen gives back of each coupon; the rest goes to the buyer.

    In proportion to the order (cut to whole fen), counted over all refunds so that the last one brings it to the sum, and one
    coupon after the other; the platform does not publish how it rounds, this is the sandbox's choice. `refunded` and `given`
    are what earlier refunds that count took, altogether and of each coupon.
    """
    owed = off(coupons) * (refunded + refund) // total - sum(given)
    left_to_buyer = total - off(coupons) - (refunded - sum(given))
    part = min(max(owed, refund - left_to_buyer, 0), refund, off(coupons) - sum(given))
    shares: list[int] = []
    for coupon, before in zip(coupons, given, strict=True):
        shares.append(min(part, coupon.amount - before))
        part -= shares[-1]
    return shares
