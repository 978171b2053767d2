"""Orders that are paid already, for tests of what comes after the money."""

from typing import Any
from uuid import UUID

from tests.support.api import Api, Caller
from tests.support.sale import line, order, placed, stock_goods
from zhanggui.core import clock
from zhanggui.core.db import in_transaction
from zhanggui.orders.paid import Payment, mark_paid
from zhanggui.orders.rules import SYSTEM

ADDRESS: dict[str, Any] = {
    "recipient": "林小满",
    "phone": "13800138000",
    "region_code": "310104",
    "province": "上海市",
    "city": "市辖区",
    "district": "徐汇区",
    "street": "",
    "detail": "衡山路 10 号 501",
    "lat": 31.2079,
    "lng": 121.4466,
    "tag": "home",
    "is_default": True,
}


async def paid_order(
    api: Api,
    buyer: Caller,
    store: UUID,
    method: str = "pickup",
    *,
    quantities: tuple[int, ...] = (2,),
    **rest: Any,
) -> dict[str, Any]:
    """An order of new goods at 10 yuan a unit, one line per quantity, as the buyer sees it once it is paid."""
    goods = await stock_goods(api, store, prices=[1000] * len(quantities))
    if method in {"express", "delivery"}:
        answer = await buyer.post("/addresses", ADDRESS)
        assert answer.status_code == 201, answer.text
        rest["address_id"] = answer.json()["id"]
    if method == "pickup":
        rest["contact"] = {"name": "林小满", "phone": "13800138000"}
    lines = [line(sku, n) for sku, n in zip(goods.skus, quantities, strict=True)]
    (made,) = await placed(buyer, order(store, lines, 1000 * sum(quantities), delivery_method=method, **rest))
    payment = Payment(UUID(made["id"]), made["total"], clock.now())
    moved = await in_transaction(api.rt.db, lambda conn: mark_paid(conn, store, [payment], SYSTEM))
    assert moved == [UUID(made["id"])]
    return (await buyer.get(f"/stores/{store}/orders/{made['id']}")).json()
