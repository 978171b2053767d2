"""Change a store's settings: checked as a whole, saved only over the version that was read."""

from uuid import UUID

import msgspec

from zhanggui.core import clock, events
from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.errors import ShopError, not_found
from zhanggui.core.i18n import Text
from zhanggui.core.runtime import Runtime
from zhanggui.media.queries import pictures
from zhanggui.stores.cache import cache_of
from zhanggui.stores.entity import ON_ENTITY, named
from zhanggui.stores.pictures import wanted
from zhanggui.stores.rules import Settings
from zhanggui.stores.shapes import StoreSettings

SAVE = statement(
    "stores.settings.save",
    """
    WITH before AS (
        SELECT store_id, settings #>> '{entity,code}' AS code FROM store WHERE store_id = $1 AND version = $2 FOR UPDATE
    )
    UPDATE store s SET name = $3, settings = $4, lat = $5, lng = $6, version = version + 1, updated_at = $7
    FROM before WHERE s.store_id = $1 AND s.store_id = before.store_id RETURNING s.version, before.code
    """,
)
VERSION = statement("stores.settings.version", "SELECT version FROM store WHERE store_id = $1")


async def save_settings(rt: Runtime, store_id: UUID, given: StoreSettings) -> None:
    """Replace the settings. Raises 400 with the field at fault, 409 `settings_stale`, 404 `not_found`, and what those who
    follow a change of the legal entity raise (409 `entity_shares_account`)."""
    settings = checked(given)
    known = await pictures(rt, store_id, wanted(settings))
    if len(known) != len(wanted(settings)):
        raise ShopError("picture_unknown", 400, field="banner_ids")

    async def work(conn: Connection) -> None:
        saved = await conn.fetchrow(
            SAVE,
            store_id,
            given.version,
            msgspec.to_builtins(given.name),
            msgspec.to_builtins(settings),
            given.lat,
            given.lng,
            clock.now(),
        )
        if saved is None:
            current = await conn.fetchval(VERSION, store_id)
            raise (
                ShopError("settings_stale", 409, data={"version": current}) if current else not_found("store")
            )
        changed = events.Event(store_id, "store.changed", store_id, None, {"version": saved["version"]})
        await events.append(conn, [changed])
        code = settings.entity.code if settings.entity else None
        if code != saved["code"]:
            for allowed in ON_ENTITY:
                await allowed(conn, store_id, code)

    await in_transaction(rt.db, work)
    cache_of(rt).drop(store_id)  # this process at once, the others by the event


def checked(given: StoreSettings) -> Settings:
    """The settings document, fit to be kept. Raises 400 with the field at fault."""
    if not given.name.zh.strip():
        raise ShopError("name_needed", 400, field="name")
    for field, text, most in (
        ("name", given.name, 60),
        ("address", given.address, 200),
        ("notice", given.notice, 500),
    ):
        check_length(field, text, most)
    if len(set(given.delivery_methods)) != len(given.delivery_methods):
        raise ShopError("delivery_method_twice", 400, field="delivery_methods")
    if len({t.event for t in given.message_templates}) != len(given.message_templates):
        raise ShopError("template_event_twice", 400, field="message_templates")
    if (given.lat is None) != (given.lng is None):
        raise ShopError("invalid", 400, field="lat")
    distances = [band.up_to_m for band in given.delivery.bands]
    if distances != sorted(set(distances)) or (distances and distances[-1] > given.delivery.radius_m):
        raise ShopError("delivery_bands_unordered", 400, field="delivery.bands")
    settings = Settings(**{field: getattr(given, field) for field in Settings.__struct_fields__})
    return msgspec.structs.replace(settings, entity=named(given.entity)) if given.entity else settings


def check_length(field: str, text: Text, most: int) -> None:
    """Raises 400 `too_large` when one of the two languages is longer than `most` characters."""
    if max(len(text.zh), len(text.en)) > most:
        raise ShopError("too_large", 400, field=field)
