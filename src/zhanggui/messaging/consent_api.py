"""What `wx.requestSubscribeMessage` was answered."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import post
from litestar.status_codes import HTTP_204_NO_CONTENT
from msgspec import Meta

from zhanggui.core.auth import BUYER, Buyer
from zhanggui.core.errors import ShopError
from zhanggui.core.runtime import Runtime
from zhanggui.messaging import consents
from zhanggui.stores.queries import load as load_store

TemplateId = Annotated[str, Meta(min_length=1, max_length=64)]


class Subscription(msgspec.Struct, forbid_unknown_fields=True):
    """Templates of a store that the buyer accepted: one consent is one message."""

    store_id: UUID
    template_ids: Annotated[list[TemplateId], Meta(min_length=1, max_length=5)]


@post("/subscriptions", opt=BUYER, status_code=HTTP_204_NO_CONTENT)
async def add_subscriptions(rt: Runtime, buyer: Buyer, data: Subscription) -> None:
    """Note consents for the store's own templates. 404 for no such store, 422 `unknown_template` for another's."""
    store = await load_store(rt, data.store_id)
    known = {template.template_id for template in store.settings.message_templates}
    if not known.issuperset(data.template_ids):
        raise ShopError("unknown_template", 422, field="template_ids")
    await consents.add(rt.db, buyer.id, data.template_ids)
