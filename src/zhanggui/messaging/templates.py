"""Arguments of the subscription messages; pure.

A merchant picks, in the platform's template library, templates with these keywords in this order; the field names are
the platform's, numbered by position. Limits: thing ≤ 20 characters, character_string ≤ 32 (no Chinese), amount a sum
with its sign or unit, time `YYYY-MM-DD HH:MM` (subscribeMessage.send, table of parameter types).
"""

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from zhanggui.core.money import amount_text
from zhanggui.stores.rules import MessageEvent

THING = 20


class Facts(NamedTuple):
    """What is known of the order when the message is written; amounts in fen, `at` UTC.

    Of a return `number` and `reason` are its own, and `at` is until when goods must be sent back. `food`: it is eaten.
    """

    number: str
    store_name: str
    first_line: str
    amount: int
    currency: str
    pickup_number: str | None
    carrier: str
    waybill: str
    reason: str
    food: bool
    at: datetime
    timezone: str


def arguments(event: MessageEvent, facts: Facts) -> dict[str, str]:
    """The values by field name, cut to the platform's limits."""
    when = facts.at.astimezone(ZoneInfo(facts.timezone)).strftime("%Y-%m-%d %H:%M")
    amount = amount_text(facts.amount, facts.currency)
    match event:
        case "paid":
            return {
                "character_string1": facts.number,
                "amount2": amount,
                "thing3": thing(facts.first_line),
                "time4": when,
            }
        case "ready":
            word = "取餐号" if facts.food else "取货号"
            pickup = f"{word} {facts.pickup_number}" if facts.pickup_number else "请到店领取"
            return {
                "character_string1": facts.number,
                "thing2": thing(facts.store_name),
                "thing3": thing(pickup),
            }
        case "shipped":
            return {
                "character_string1": facts.number,
                "thing2": thing(facts.carrier or facts.store_name),
                "character_string3": facts.waybill[:32] or facts.number,
                "time4": when,
            }
        case "refunded":
            return {
                "character_string1": facts.number,
                "amount2": amount,
                "thing3": thing(facts.reason or "订单取消"),
            }
        case "return_approved":
            return {
                "character_string1": facts.number,
                "thing2": thing(facts.first_line),
                "thing3": "请寄回商品并填写运单号",
                "time4": when,
            }
        case "return_rejected":
            return {
                "character_string1": facts.number,
                "thing2": thing(facts.first_line),
                "thing3": thing(facts.reason or "请看商家的说明"),
                "time4": when,
            }


def thing(text: str) -> str:
    """At most 20 characters; the platform refuses longer ones with 47003."""
    text = " ".join(text.split())
    return text if len(text) <= THING else text[: THING - 1] + "…"
