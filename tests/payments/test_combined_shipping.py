"""Orders that were paid together are reported in the platform's combined form, each when it leaves."""

from tests.payments.together import Pair
from tests.support.sandbox import Sandbox
from zhanggui.core.runtime import Runtime
from zhanggui.fulfillment.report import report
from zhanggui.fulfillment.ship import Parcel, ship
from zhanggui.orders.rules import SYSTEM


async def test_each_part_of_a_combined_payment_is_reported_as_it_leaves(
    rt: Runtime, sandbox: Sandbox, pair: Pair
) -> None:
    _, prepay_id = await pair.ready()
    await sandbox.approve(prepay_id)
    await sandbox.settle(61)
    for n, (world, order) in enumerate(pair.both, start=1):
        await rt.db.execute("UPDATE sales_order SET delivery_method = 'express' WHERE id = $1", order.id)
        attempt = await rt.db.fetchval(
            "SELECT id FROM payment_attempt WHERE order_id = $1 AND status = 'succeeded'", order.id
        )
        assert (await sandbox.order(attempt.hex))["shipping"] is None
        await ship(rt, world.store_id, order.id, Parcel("ZTO", f"7581234567890{n}"), SYSTEM)

        await report(rt, world.store_id, order.id)

        told = (await sandbox.order(attempt.hex))["shipping"]
        assert [p["tracking_no"] for p in told["parcels"]] == [f"7581234567890{n}"]
        state = await rt.db.fetchval("SELECT state FROM shipping_report WHERE order_id = $1", order.id)
        assert state == "sent"
    calls = await sandbox.call("GET", "/events?kind=wxapi&q=upload_combined_shipping_info&limit=50")
    assert len(calls["events"]) == 2
