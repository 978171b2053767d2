"""Stores as buyers see them, settings, the pause switch, tables."""

import asyncio
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.support.api import SHOP_ORIGIN, Api
from zhanggui.core import clock
from zhanggui.core.errors import ShopError
from zhanggui.core.i18n import Text
from zhanggui.stores.cache import StoreCache, cache_of
from zhanggui.stores.hours import hours_text
from zhanggui.stores.pause import pause
from zhanggui.stores.queries import by_slug, load
from zhanggui.stores.rules import (
    Delivery,
    DistanceBand,
    Licence,
    MessageTemplate,
    OpenHours,
    Settings,
    is_open,
)


@pytest.fixture(autouse=True)
def _clock() -> Generator[None]:
    yield
    clock.reset()


WEEK = [OpenHours(day, "08:00", "22:00") for day in range(1, 8)]
CAFE = Settings(
    phone="0571-1234567",
    hours=WEEK,
    delivery_methods=["pickup", "dine_in", "delivery"],
    delivery=Delivery(
        radius_m=3000, bands=[DistanceBand(1000, 300), DistanceBand(3000, 600)], min_total=2000
    ),
    message_templates=[MessageTemplate("paid", "tpl-paid")],
    licence=Licence("食品经营许可证", "JY1"),
)


async def test_a_store_is_shown_whole(api: Api) -> None:
    store = await api.store(
        CAFE, slug="cafe", name=Text(zh="三餐咖啡", en="Three Meals"), lat=30.1, lng=120.2
    )
    body = (await api.anybody.get("/stores/cafe")).json()
    assert body["id"] == str(store)
    assert body["hours_text"] == {"zh": "每天 08:00–22:00", "en": "Daily 08:00–22:00"}
    assert (body["delivery_min"], body["free_shipping_over"], body["lat"]) == (2000, None, 30.1)
    assert body["theme"] == {}
    assert body["hours"][0] == {"day": 1, "open": "08:00", "close": "22:00"}
    card = next(item for item in (await api.anybody.get("/stores")).json()["items"] if item["slug"] == "cafe")
    assert card.items() <= body.items()
    config = (await api.anybody.get("/config")).json()
    assert config["message_templates"] == [
        {"store_id": body["id"], "event": "paid", "template_id": "tpl-paid"}
    ]
    assert config["sandbox"] is None


@pytest.mark.parametrize("path", ["/stores/none", "/stores/none/counter", "/stores/none/tables/1"])
async def test_no_such_store(api: Api, path: str) -> None:
    answer = await api.anybody.get(path, headers={"Accept-Language": "en-GB"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.json()["title"] == "Not found"


async def test_settings_are_saved_over_the_version_that_was_read(api: Api) -> None:
    owner = await api.staff(await api.store(CAFE, slug="versions"))
    read = (await owner.get("/settings")).json()
    saved = await owner.put("/settings", read | {"phone": "10086", "packing_fee": 200})
    assert saved.status_code == 200, saved.text
    assert (saved.json()["version"], saved.json()["packing_fee"]) == (read["version"] + 1, 200)
    stale = await owner.put("/settings", read)
    assert (stale.status_code, stale.json()["code"]) == (409, "settings_stale")
    assert (await api.anybody.get("/stores/versions")).json()["phone"] == "10086"
    answers = await asyncio.gather(
        *(owner.put("/settings", saved.json() | {"phone": str(n)}) for n in range(10000, 10006))
    )
    assert sorted(a.status_code for a in answers) == [200] + [409] * 5


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": {"zh": " ", "en": "x"}}, "name"),
        ({"name": {"zh": "x" * 61, "en": ""}}, "name"),
        ({"hours": [{"day": 8, "open": "08:00", "close": "22:00"}]}, "hours[0].day"),
        ({"hours": [{"day": 1, "open": "25:00", "close": "22:00"}]}, "hours[0].open"),
        ({"packing_fee": -1}, "packing_fee"),
        ({"packing_fee": 1.5}, "packing_fee"),
        ({"packing_fee": 10**18}, "packing_fee"),
        ({"payment_minutes": 0}, "payment_minutes"),
        ({"delivery_methods": ["pickup", "pickup"]}, "delivery_methods"),
        ({"delivery_methods": ["drone"]}, "delivery_methods[0]"),
        ({"theme": {"seal": "red"}}, "theme.seal"),
        ({"logo_id": str(uuid4())}, "banner_ids"),
        ({"lat": 1.0, "lng": None}, "lat"),
        ({"lat": 91.0}, "lat"),
        (
            {
                "delivery": {
                    "radius_m": 10,
                    "bands": [{"up_to_m": 20, "fee": 1}],
                    "min_total": 0,
                    "free_over": None,
                }
            },
            "delivery.bands",
        ),
        ({"version": "x"}, "version"),
    ],
)
async def test_bad_settings_are_refused_whole(api: Api, change: dict[str, Any], field: str) -> None:
    store = await api.store(CAFE)
    owner = await api.staff(store)
    read = (await owner.get("/settings")).json()
    answer = await owner.put("/settings", read | change)
    assert answer.status_code == 400, answer.text
    assert answer.json()["field"] == field
    assert (await owner.get("/settings")).json() == read


async def test_a_pause_shows_at_once_and_ends_by_itself(api: Api) -> None:
    store = await api.store(Settings(), slug="pausing")
    clerk = await api.staff(store, "clerk")
    reason = {"zh": "人手不足", "en": "Short of hands"}
    answer = await clerk.post("/pause", {"paused": True, "reason": reason, "minutes": 10})
    assert answer.json() == {
        "store_id": str(store),
        "open": True,
        "accepting": False,
        "pause_reason": reason,
        "orders_before": 0,
    }
    assert (await api.anybody.get("/stores/pausing/counter")).json() == answer.json()
    clock.turn(timedelta(minutes=10))
    later = (await api.anybody.get("/stores/pausing/counter")).json()
    assert (later["accepting"], later["pause_reason"]) == (True, None)
    clock.reset()
    resumed = await clerk.post("/pause", {"paused": False})
    assert resumed.json()["accepting"] is True
    for bad in (
        {"paused": True, "minutes": 0},
        {"minutes": 1},
        {"paused": True, "reason": {"zh": "x" * 201}},
    ):
        assert (await clerk.post("/pause", bad)).status_code == 400


async def test_another_process_forgets_a_store_that_changed(api: Api) -> None:
    store = await api.store(CAFE, slug="forgotten")
    dropped = asyncio.Event()

    class Watched(StoreCache):
        def drop(self, store_id: UUID) -> None:
            super().drop(store_id)
            dropped.set()

    mine, elsewhere = cache_of(api.rt), Watched()
    elsewhere.put(await load(api.rt, store), elsewhere.generation)
    await pause(api.rt, store, paused=True, reason=None, minutes=None)  # drops from this process's cache only
    api.rt.singletons["stores.cache"] = elsewhere
    async with asyncio.timeout(60):
        await dropped.wait()  # until the event has come through the log
    assert (await by_slug(api.rt, "forgotten")).paused is True
    api.rt.singletons["stores.cache"] = mine


def test_a_load_overtaken_by_a_change_is_not_kept(api: Api) -> None:
    cache = StoreCache()
    generation = cache.generation
    cache.drop(uuid4())
    cache.put(_store(), generation)
    assert cache.by_slug("s") is None


def _store() -> Any:
    from zhanggui.stores.rules import Store

    name = Text(zh="店")
    return Store(
        uuid4(), "s", name, "menu", "CNY", "Asia/Shanghai", "on", CAFE, False, None, None, None, None, 1
    )


async def test_tables_have_codes_to_print_and_to_scan(api: Api) -> None:
    store = await api.store(CAFE, slug="tables")
    owner = await api.staff(store)
    made = await owner.post("/tables", {"code": "A1", "name": "靠窗 1"})
    assert made.status_code == 201, made.text
    taken = await owner.post("/tables", {"code": "A1", "name": "x"})
    assert (taken.status_code, taken.json()["code"]) == (409, "table_code_taken")
    assert (await owner.get("/tables")).json() == {"items": [made.json()]}
    assert (await api.anybody.get("/stores/tables/tables/A1")).json() == {"code": "A1", "name": "靠窗 1"}
    svg = await owner.get(made.json()["qr_url"])
    assert svg.headers["content-type"] == "image/svg+xml"
    assert "<title>靠窗 1</title>" in svg.text
    stranger = await api.staff(await api.store())
    path = f"/api/console/stores/{store}/tables/{made.json()['id']}"
    assert (await stranger.get(f"{path}/qr.svg")).status_code == 404
    assert (await stranger.delete(path)).status_code == 404
    own = f"{stranger.base}/tables/{made.json()['id']}"  # under their own store it is not there either
    assert [(await stranger.get(f"{own}/qr.svg")).status_code, (await stranger.delete(own)).status_code] == [
        404,
        404,
    ]
    assert (await owner.delete(path)).status_code == 204
    assert (await owner.delete(path)).status_code == 404
    assert (await api.anybody.get("/stores/tables/tables/A1")).status_code == 404
    for bad in ({"code": "A 1", "name": "x"}, {"code": "", "name": "x"}, {"code": "B", "name": ""}):
        assert (await owner.post("/tables", bad)).status_code == 400


def test_a_tables_code_leads_to_the_menu() -> None:
    from zhanggui.stores.tables_at import table_address

    assert table_address(SHOP_ORIGIN, "cafe", "A1") == f"{SHOP_ORIGIN}/#/pages/menu/index?store=cafe&table=A1"


async def test_a_short_name_is_given_once(api: Api) -> None:
    await api.store(slug="only-one")
    with pytest.raises(ShopError, match="slug_taken"):
        await api.store(slug="only-one")


@pytest.mark.parametrize(
    ("hours", "zh"),
    [
        ([], "全天营业"),
        (WEEK, "每天 08:00–22:00"),
        ([*WEEK[:5], OpenHours(6, "09:00", "23:00"), OpenHours(7, "09:00", "23:00")],
         "周一至周五 08:00–22:00；周六、周日 09:00–23:00"),
        ([WEEK[0], WEEK[2]], "周一 08:00–22:00；周三 08:00–22:00"),
        ([OpenHours(1, "18:00", "22:00"), OpenHours(1, "08:00", "12:00")], "周一 08:00–12:00、18:00–22:00"),
    ],
)  # fmt: skip
def test_hours_are_told_shortly(hours: list[OpenHours], zh: str) -> None:
    assert hours_text(hours).zh == zh


@pytest.mark.parametrize(
    ("utc", "open_"),
    [
        (datetime(2026, 11, 23, 0, 0, tzinfo=UTC), True),  # Monday 08:00 in Shanghai
        (datetime(2026, 11, 22, 23, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 23, 14, 0, tzinfo=UTC), False),  # 22:00: closed
        (datetime(2026, 11, 27, 18, 30, tzinfo=UTC), True),  # Saturday 02:30, Friday's night is still on
        (datetime(2026, 11, 27, 19, 0, tzinfo=UTC), False),
    ],
)
def test_hours_are_local_and_may_pass_midnight(utc: datetime, open_: bool) -> None:
    hours = [OpenHours(1, "08:00", "22:00"), OpenHours(5, "20:00", "03:00")]
    assert is_open(hours, "Asia/Shanghai", utc) is open_
