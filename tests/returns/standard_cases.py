"""The fifty standard cases as written in cases.toml, and how each is brought about."""

import tomllib
from pathlib import Path
from uuid import UUID

import msgspec

from tests.returns.aftermath import Sale, paid_sale
from tests.support.api import Api, Caller
from zhanggui.core import clock
from zhanggui.core.ids import new_id
from zhanggui.returns.policy import Outcome, Rule
from zhanggui.returns.rules import Kind, Reason

EARLIER = """
    INSERT INTO return_request (store_id, id, number, order_id, customer_id, kind, reason, status, currency, amount, fees,
                                created_at, updated_at)
    VALUES ($1, $2, $2::uuid::text, $2, $3, 'refund_only', 'agreed', $4, 'CNY', 100, 0, $5, $5)
"""


class Case(msgspec.Struct, forbid_unknown_fields=True):
    """A case as written in cases.toml."""

    name: str
    price: int
    bought: int
    wanted: int
    stage: str
    kind: Kind
    reason: Reason
    expect: Outcome
    rule: Rule
    days: int = 0
    pictures: int = 0
    exception: str | None = None
    cases: int = 0
    refused: int = 0
    clicks: list[str] = []


CASES = msgspec.convert(
    tomllib.loads(Path(__file__).with_name("cases.toml").read_text("utf-8"))["case"], list[Case]
)


class Shop:
    """One store for all cases."""

    def __init__(self, api: Api, store: UUID, owner: Caller) -> None:
        self.api, self.store, self.owner = api, store, owner


async def set_up(shop: Shop, case: Case) -> Sale:
    """The order as it stands when the buyer asks, and the buyer's past."""
    counter = case.stage in {"pickup", "making"}
    sale = await paid_sale(
        shop.api,
        prices=(case.price,),
        quantities=(case.bought,),
        store=shop.store,
        owner=shop.owner,
        method="pickup" if counter else "express",
    )
    db = shop.api.rt.db
    if case.exception:
        await db.execute(
            "UPDATE order_line SET return_exception = $3 WHERE store_id = $1 AND order_id = $2",
            sale.store,
            sale.order_id,
            case.exception,
        )
    for n in range(case.cases):
        status = "rejected" if n < case.refused else "refunded"
        await db.execute(EARLIER, sale.store, new_id(), sale.buyer.id, status, clock.now())
    if case.stage == "making":
        assert (await sale.owner.post(f"/orders/{sale.order_id}/prepare")).status_code == 200
    if case.stage == "partly":
        await sale.ship((0, case.bought - case.wanted))
    if case.stage in {"sent", "delivered"}:
        await sale.ship()
        await sale.deliver(case.days, arrived=case.stage == "delivered")
    return sale
