"""The dashboard counts what happened, in this store only."""

from tests.support.api import Api
from tests.support.paid import paid_order


async def test_figures_of_today(api: Api) -> None:
    store, other = await api.store(), await api.store()
    buyer, second = await api.buyer(), await api.buyer()
    clerk = await api.staff(store, "clerk")
    await paid_order(api, buyer, store, quantities=(2,))
    await paid_order(api, buyer, store, "express", quantities=(1, 3))
    await paid_order(api, second, store, quantities=(1,))
    await paid_order(api, second, other, quantities=(9,))

    seen = (await clerk.get("/dashboard")).json()

    assert seen["today"] == {
        "paid_amount": 7000,
        "paid_orders": 3,
        "buyers": 2,
        "average": 2333,
        "refunded": 0,
    }
    assert seen["last_week"]["paid_orders"] == 0
    assert len(seen["by_hour"]) == 24
    assert sum(hour["orders"] for hour in seen["by_hour"]) == 3
    assert sum(hour["paid"] for hour in seen["by_hour"]) == 7000
    assert (seen["todo"]["to_ship"], seen["todo"]["to_prepare"]) == (1, 2)
    assert sum(product["amount"] for product in seen["top"]) == 7000
    assert seen["top"][0]["amount"] == 4000


async def test_an_empty_store_has_an_empty_dashboard(api: Api) -> None:
    owner = await api.staff(await api.store())
    seen = (await owner.get("/dashboard")).json()
    assert seen["today"]["paid_orders"] == 0
    assert seen["top"] == []
