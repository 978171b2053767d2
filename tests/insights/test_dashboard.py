"""The dashboard counts what happened, in this store only."""

from tests.reconciliation.test_reconciliation_endpoints import found
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


async def test_what_money_needs_is_counted_for_those_who_may_see_it(api: Api) -> None:
    store, _ = await found(api)
    await api.rt.db.execute(
        """
        INSERT INTO bill_run (store_id, id, account_id, bill_date, status, started_at)
        SELECT store_id, gen_random_uuid(), account_id, bill_date + 1, 'failed', started_at FROM bill_run WHERE store_id = $1
        """,
        store,
    )
    counted = []
    for role in ("manager", "clerk"):
        todo = (await (await api.staff(store, role)).get("/dashboard")).json()["todo"]
        counted.append([todo[k] for k in ("differences", "failed_bills", "withdrawals", "stuck_splits")])
    assert counted == [[1, 1, 0, 0], [0, 0, 0, 0]]
