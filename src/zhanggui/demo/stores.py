"""The two demo stores besides their goods: where they are, when they open, how they deliver. Amounts in fen."""

from typing import Literal, NamedTuple, get_args
from uuid import UUID

from zhanggui.core.i18n import Text
from zhanggui.stores.rules import (
    Delivery,
    DistanceBand,
    Express,
    ExpressRule,
    LegalEntity,
    Licence,
    MessageEvent,
    MessageTemplate,
    OpenHours,
    Settings,
    Theme,
)

EVENTS: tuple[MessageEvent, ...] = get_args(MessageEvent)
REMOTE = [
    "15",
    "46",
    "54",
    "62",
    "63",
    "64",
]  # GB/T 2260: Inner Mongolia, Hainan, Tibet, Gansu, Qinghai, Ningxia
REFUSED = ["65", "71", "81", "82"]  # Xinjiang, Taiwan, Hong Kong, Macao
NEARBY = ["31", "32", "33", "34"]  # Shanghai, Jiangsu, Zhejiang, Anhui


class DemoStore(NamedTuple):
    """What `open_store` is given; `tables` are the codes and names of its dining tables."""

    slug: str
    name: Text
    layout: Literal["menu", "grid"]
    settings: Settings
    lat: float
    lng: float
    tables: list[tuple[str, str]]


def demo_stores(logos: dict[str, UUID], banners: dict[str, list[UUID]]) -> list[DemoStore]:
    """Both stores with their logo and banners, by slug."""
    return [
        _coffee(logos.get("coffee"), banners.get("coffee", [])),
        _southwind(logos.get("southwind"), banners.get("southwind", [])),
    ]


def _coffee(logo: UUID | None, banners: list[UUID]) -> DemoStore:
    settings = Settings(
        phone="021-6000 0101",
        address=Text("上海市徐汇区乌鲁木齐中路 128 号", "128 Middle Wulumuqi Road, Xuhui, Shanghai"),
        notice=Text(
            "欢迎自带杯子。面包每天早上九点出炉，卖完为止。",
            "Bring your own cup if you like. Bread leaves the oven at nine and goes fast.",
        ),
        logo_id=logo,
        banner_ids=banners,
        hours=_all_day(),
        delivery_methods=["dine_in", "pickup", "delivery"],
        packing_fee=100,
        cutlery=True,
        auto_complete_days=1,
        delivery=Delivery(
            radius_m=5_000,
            bands=[DistanceBand(1_000, 300), DistanceBand(3_000, 500), DistanceBand(5_000, 800)],
            min_total=2_000,
            free_over=8_000,
        ),
        message_templates=_templates("coffee"),
        licence=Licence("巷口咖啡（演示）", "JY23101040000001"),
        entity=LegalEntity("巷口咖啡（演示）有限公司", "91310104MA00000011"),
    )
    tables = [(f"A{n}", f"A{n}") for n in range(1, 9)]
    return DemoStore("coffee", Text("巷口咖啡", "Lane Coffee"), "menu", settings, 31.2099, 121.4437, tables)


def _southwind(logo: UUID | None, banners: list[UUID]) -> DemoStore:
    settings = Settings(
        phone="0571-8800 0202",
        address=Text("杭州市拱墅区小河直街 36 号", "36 Xiaohe Street, Gongshu, Hangzhou"),
        notice=Text(
            "下午四点前付款，当天寄出。瓷器碎了包赔，拍张照片就行。",
            "Paid before four, posted the same day. If porcelain arrives broken, a photo is enough for a new one.",
        ),
        logo_id=logo,
        banner_ids=banners,
        theme=Theme(seal="#1E6B52", seal_dark="#6FCBA6"),
        hours=_all_day(),
        delivery_methods=["express", "pickup"],
        express=Express(
            rules=[
                ExpressRule(NEARBY, 1_000, 600, 1_000, 100),
                ExpressRule(REMOTE, 1_000, 1_800, 1_000, 800),
                ExpressRule([], 1_000, 1_000, 1_000, 300),
            ],
            free_over=9_900,
            refused_regions=REFUSED,
        ),
        message_templates=_templates("southwind"),
        licence=Licence("南风杂货（演示）", "91330105MA0000002T"),
        entity=LegalEntity("南风杂货（演示）商行", "91330105MA0000002T"),
    )
    return DemoStore(
        "southwind", Text("南风杂货", "Southwind Goods"), "grid", settings, 30.3131, 120.1437, []
    )


def _all_day() -> list[OpenHours]:
    """Every day from midnight to midnight, so that a demo works at any hour: a close not after open runs overnight."""
    return [OpenHours(day, "00:00", "00:00") for day in range(1, 8)]


def _templates(slug: str) -> list[MessageTemplate]:
    return [MessageTemplate(event, f"tpl-{slug}-{event}") for event in EVENTS]
