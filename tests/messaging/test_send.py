"""Which events become a message to the buyer."""

from typing import Any
from uuid import UUID

from tests.support.api import Api
from tests.support.paid import paid_order
from zhanggui.core.ids import new_id
from zhanggui.core.jobs import Job
from zhanggui.messaging.jobs import send_message
from zhanggui.wechat.apps import add_app


async def test_a_refund_that_was_not_to_be_told_is_not_told(api: Api) -> None:
    store, buyer = await api.store(), await api.buyer()
    order = UUID((await paid_order(api, buyer, store))["id"])
    await add_app(api.rt.db, api.rt.sealer, f"wx{new_id().hex[:16]}", "secret")
    templates = {"message_templates": [{"event": "refunded", "template_id": "tpl-refunded"}]}
    await api.rt.db.execute(
        "UPDATE store SET settings = settings || $2 WHERE store_id = $1", store, templates
    )
    api.rt.singletons.pop("stores.cache", None)

    async def told(event: dict[str, Any]) -> int:
        payload = {"topic": "order.refunded", "entity_id": str(order), "event": event}
        await send_message(api.rt, Job(store, new_id(), "messaging.send", str(order), payload, 1))
        return await api.rt.db.fetchval("SELECT count(*) FROM message_sent WHERE order_id = $1", order)

    assert await told({"notify": False}) == 0
    assert await told({"notify": True}) == 1
