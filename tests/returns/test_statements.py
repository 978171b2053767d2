"""The number of statements of each endpoint is fixed, however many lines an order or a return has."""

from tests.returns.aftermath import WAYBILL, Sale, paid_sale
from tests.support.api import Api
from tests.support.counting import counted


async def count(api: Api, lines: int) -> dict[str, int]:
    """Statements of a whole return of an order with so many lines, by step."""
    sale: Sale = await paid_sale(api, prices=(1000,) * lines, quantities=(1,) * lines)
    await sale.ship()
    await sale.deliver(1)
    units = tuple((i, 1) for i in range(lines))
    found: dict[str, int] = {}
    with counted(api) as seen:
        await sale.buyer.get(f"{sale.shop}/orders/{sale.order_id}/returnable")
    found["returnable"] = len(seen.statements)
    with counted(api) as seen:
        made = await sale.applied("return_refund", "no_reason", *units)
    found["apply"] = len(seen.statements)
    with counted(api) as seen:
        await sale.by_buyer(made, "send-back", {"waybill": WAYBILL})
    found["send_back"] = len(seen.statements)
    with counted(api) as seen:
        await sale.decided(made, "inspect")
    found["inspect"] = len(seen.statements)
    with counted(api) as seen:
        await sale.owner.get(f"/returns/{made['id']}")
    found["page"] = len(seen.statements)
    return found


async def test_statements_do_not_grow_with_lines(api: Api) -> None:
    await count(api, 1)  # stores, catalogue and pictures are in memory from now on
    assert await count(api, 2) == await count(api, 9)
