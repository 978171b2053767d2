"""Fills an empty installation with the demo stores, through the same use cases and importer that merchants use."""

from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

import msgspec

from zhanggui import inventory
from zhanggui.catalog.import_sheet import import_sheet
from zhanggui.core import clock
from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.ids import new_id
from zhanggui.core.runtime import Runtime
from zhanggui.demo.catalogue import sheets
from zhanggui.demo.stores import DemoStore, demo_stores
from zhanggui.media.upload import Upload, store_pictures
from zhanggui.messaging.templates import Facts, arguments
from zhanggui.payments.accounts import provision
from zhanggui.payments.official import provision_official
from zhanggui.returns.policy import ReturnAddress
from zhanggui.returns.set_policy import set_policy
from zhanggui.returns.state import load_policy
from zhanggui.staff.invite import add_staff
from zhanggui.stores.open_store import open_store
from zhanggui.stores.queries import load as load_store
from zhanggui.stores.tables_at import add_table
from zhanggui.wechat.apps import own_appid

SLUGS = ("coffee", "southwind")
ACTOR = "掌柜"
NEEDED = (inventory,)  # registers itself for the initial stock of imported goods

KNOWN = statement("demo.stores", "SELECT slug, store_id FROM store WHERE slug = ANY($1::text[])")
EMPTY = statement("demo.empty", "SELECT NOT EXISTS (SELECT FROM product WHERE store_id = $1)")
PERSON = statement("demo.person", "SELECT EXISTS (SELECT FROM staff_member WHERE login = $1)")


class DemoStores(NamedTuple):
    """The ids of the two stores."""

    coffee: UUID
    southwind: UUID


def _silent(_: str) -> None:
    return


async def ensure(rt: Runtime, *, login: str, password: str, say: Callable[[str], None] = _silent) -> bool:
    """Open, staff and fill the demo stores; what is there already stays as it is. True when something was missing.

    May be stopped at any point and run again: each step looks at what is there first. `login` and `password` are the
    owner's for the first sign-in; `say` is told of each step. With a sandbox the stores get merchant accounts there.
    """
    missing = not await stores(rt)
    if missing:
        say("  stores     opening 巷口咖啡 and 南风杂货")
        await _open(rt)
    found = await stores(rt)
    if found is None:
        raise LookupError("the demo stores were opened and are not there")
    for slug, store_id in zip(SLUGS, found, strict=True):
        if await rt.db.fetchval(EMPTY, store_id):
            missing = True
            say(f"  goods      importing {slug}")
            await _fill(rt, store_id, slug)
        await _say_where_returns_go(rt, store_id)
    if not await rt.db.fetchval(PERSON, login):
        missing = True
        await _hire(rt, found, login, password)
    if rt.config.sandbox_origin is not None:
        for store_id in found:
            await provision(rt, store_id)
        await provision_official(rt)
        await _choose_templates(rt, found, rt.config.sandbox_origin)
    return missing


async def _say_where_returns_go(rt: Runtime, store_id: UUID) -> None:
    """To the store itself, until somebody saves rules of his own."""
    policy, version = await load_policy(rt.db, store_id)
    if version:
        return
    store = await load_store(rt, store_id)
    address = ReturnAddress(f"{store.name.zh} 售后", store.settings.phone, store.settings.address.zh)
    await set_policy(rt, store_id, msgspec.structs.replace(policy, address=address), version)


async def _choose_templates(rt: Runtime, found: DemoStores, sandbox: str) -> None:
    """The stores' message templates, as a merchant chooses them in the platform's console: here in the sandbox's."""
    facts = Facts("1", "店", "商品", 1, "CNY", "1", "快递", "1", "原因", True, clock.now(), "Asia/Shanghai")
    templates = [
        {"template_id": t.template_id, "title": t.event, "fields": list(arguments(t.event, facts))}
        for store_id in found
        for t in (await load_store(rt, store_id)).settings.message_templates
    ]
    order = {"appid": await own_appid(rt.db), "templates": templates}
    answer = await rt.http.post(f"{sandbox}/_sandbox/apps", json=order)
    answer.raise_for_status()


async def stores(rt: Runtime) -> DemoStores | None:
    """The demo stores of this installation, None unless both are open."""
    found = {row["slug"]: row["store_id"] for row in await rt.db.fetch(KNOWN, list(SLUGS))}
    return DemoStores(found["coffee"], found["southwind"]) if len(found) == len(SLUGS) else None


async def _open(rt: Runtime) -> None:
    """Pictures belong to a store, so ids come first, then logo and banners, then the stores that name them."""
    ids = {slug: new_id() for slug in SLUGS}
    logos: dict[str, UUID] = {}
    banners: dict[str, list[UUID]] = {}
    for slug, store_id in ids.items():
        own = {n: d for n, d in sheets.pictures_of(slug).items() if n.startswith("store-")}
        names = sorted(own)
        kept = await store_pictures(rt, store_id, [Upload(own[n]) for n in names])
        by_name = dict(zip(names, (p.id for p in kept), strict=True))
        if "store-logo.webp" in by_name:
            logos[slug] = by_name["store-logo.webp"]
        banners[slug] = [i for n, i in by_name.items() if n.startswith("store-banner")]

    async def work(conn: Connection) -> None:
        for place, store in enumerate(demo_stores(logos, banners)):
            await _open_one(conn, ids[store.slug], store, place)

    await in_transaction(rt.db, work)


async def _open_one(conn: Connection, store_id: UUID, store: DemoStore, sort: int) -> None:
    await open_store(
        conn,
        store.slug,
        store.name,
        store.layout,
        store.settings,
        store_id=store_id,
        lat=store.lat,
        lng=store.lng,
        sort=sort,
    )
    for code, name in store.tables:
        await add_table(conn, store_id, code, name)


async def _fill(rt: Runtime, store_id: UUID, slug: str) -> None:
    done = await import_sheet(rt, store_id, sheets.upload(slug), ACTOR)
    if done.errors:
        raise ValueError(f"the demo catalogue {slug} has errors: {done.errors}")


async def _hire(rt: Runtime, found: DemoStores, login: str, password: str) -> None:
    async def work(conn: Connection) -> None:
        await add_staff(conn, login, ACTOR, password, {found.coffee: "owner", found.southwind: "owner"})

    await in_transaction(rt.db, work)
