"""What a search finds: words, pinyin, initials, typos, synonyms, codes; and that nothing else comes along."""

import pytest

from tests.search.shop import found, item, settled, stocked
from tests.support.api import Api
from zhanggui.search.text import Run, fold, query_words, runs, search_words, windows

GOODS = {
    "咖啡|Coffee": [
        item("latte", "生椰拿铁", "Coconut latte", subtitle="椰香浓郁"),
        item("americano", "冰美式咖啡", "Iced americano", tags=["hot"]),
        item("beans", "云南咖啡豆", "Yunnan coffee beans"),
    ],
    "杯具|Cups": [
        item("mug", "陶瓷马克杯", "Ceramic mugs", colours=["green", "red"]),
        item("SW-1001", "保温杯", "Flask"),
        item("hidden", "秘密咖啡", "Secret coffee", status="draft"),
    ],
    "蔬菜|Vegetables": [item("potato", "新鲜土豆", "Potatoes"), item("music", "音乐盒", "Music box")],
}
SLUG = "finds"


@pytest.fixture(scope="module", autouse=True)
async def goods(api: Api) -> None:
    store_id, _ = await stocked(api, SLUG, GOODS)
    await stocked(api, "others", {"茶": [item("tea", "咖啡色茶壶", "Coffee teapot")]})
    await settled(api, store_id)


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("拿铁", "生椰拿铁"),
        ("LATTE", "生椰拿铁"),
        ("ｌａｔｔｅ", "生椰拿铁"),
        ("shengye", "生椰拿铁"),
        ("synt", "生椰拿铁"),
        ("椰香", "生椰拿铁"),
        ("美式", "冰美式咖啡"),
        ("bingmeishi", "冰美式咖啡"),
        ("meishikafei", "冰美式咖啡"),
        ("coffee bean", "云南咖啡豆"),
        ("mug", "陶瓷马克杯"),
        ("马克", "陶瓷马克杯"),
        ("sw-1001", "保温杯"),
        ("SW-10", "保温杯"),
        ("yinyue", "音乐盒"),
        ("咖啡 豆", "云南咖啡豆"),
        ("豆 coffee", "云南咖啡豆"),
        ("mug-1", "陶瓷马克杯"),
    ],
)
async def test_it_is_found(api: Api, q: str, first: str) -> None:
    assert (await found(api, SLUG, q))[0] == first


@pytest.mark.parametrize("q", ["kafei", "kf", "咖啡", "coffee"])
async def test_the_category_is_found_by_its_name(api: Api, q: str) -> None:
    names = await found(api, SLUG, q)
    assert {"冰美式咖啡", "云南咖啡豆"} <= set(names)
    assert set(names) <= {"冰美式咖啡", "云南咖啡豆", "生椰拿铁"}


@pytest.mark.parametrize(
    ("q", "corrected", "first"),
    [
        ("lattte", "latte", "生椰拿铁"),
        ("cermaic", "ceramic", "陶瓷马克杯"),
        ("kafie", "咖啡", "冰美式咖啡"),
        ("卡飞", "咖啡", "冰美式咖啡"),
        ("保湿杯", "保温杯", "保温杯"),
        ("生爷拿铁", None, "生椰拿铁"),
    ],
)
async def test_slips_are_forgiven(api: Api, q: str, corrected: str | None, first: str) -> None:
    body = (await api.anybody.get(f"/stores/{SLUG}/search", params={"q": q})).json()
    assert first in [card["name"]["zh"] for card in body["items"]]
    assert corrected is None or body["corrected"] == corrected


@pytest.mark.parametrize("q", ["秘密", "teapot", "zzzzqq", "", "  ", "%_\\", "\u0000"])
async def test_nothing_else_is_found(api: Api, q: str) -> None:
    assert await found(api, SLUG, q) == []


async def test_what_is_typed_stays_text(api: Api) -> None:
    evil = '<script>alert("咖")</script>'
    body = await api.anybody.get(f"/stores/{SLUG}/search", params={"q": evil})
    assert body.status_code == 200
    assert body.headers["content-type"].startswith("application/json")
    assert "<script>" not in body.text
    for q in ('name:"x" AND *', "a^2 OR (", '+-!(){}[]^"~*?:/', "'; DROP TABLE product; --"):
        assert (await api.anybody.get(f"/stores/{SLUG}/search", params={"q": q})).status_code == 200


async def test_synonyms_find_each_other_after_the_merchant_says_so(api: Api) -> None:
    store_id, owner = await stocked(
        api, "synonyms", {"菜": [item("p", "新鲜土豆", "Spud"), item("x", "白菜")]}
    )
    await settled(api, store_id)
    assert await found(api, "synonyms", "马铃薯") == []
    given = {"version": 0, "synonyms": [["土豆", "马铃薯", "Potato"]], "pinned": [], "blocked": []}
    saved = await owner.put("/search/settings", given)
    assert (saved.status_code, saved.json()["version"]) == (200, 1), saved.text
    for q in ("马铃薯", "potato", "新鲜马铃薯", "土豆"):
        assert await found(api, "synonyms", q) == ["新鲜土豆"], q
    assert (await owner.put("/search/settings", given)).status_code == 409


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"q": "x" * 51}, "q"),
        ({"q": "a", "limit": 0}, "limit"),
        ({"q": "a", "limit": 51}, "limit"),
        ({"q": "a", "sort": "price; drop"}, "sort"),
        ({"q": "a", "price_min": -1}, "price_min"),
        ({"q": "a", "price_min": 2, "price_max": 1}, "price_min"),
        ({"q": "a", "category": "x"}, "category"),
        ({"q": "a", "delivery": "drone"}, "delivery"),
        ({"q": "a", "spec": "colour"}, "spec"),
        ({"q": "咖啡", "cursor": "?"}, "cursor"),
        ({"q": "咖啡", "cursor": "W10"}, "cursor"),
    ],
)
async def test_bad_questions_get_a_problem(api: Api, asked: dict[str, object], field: str) -> None:
    answer = await api.anybody.get(f"/stores/{SLUG}/search", params=asked)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json()["field"].startswith(field)


def test_names_are_cut_into_words_and_sounds() -> None:
    assert runs("ＣＯＦＦＥＥ 咖啡-SW-1001！") == [
        Run("latin", "coffee"),
        Run("zh", "咖啡"),
        Run("latin", "sw-1001"),
    ]
    assert "咖啡" in search_words("云南咖啡豆")
    assert query_words("我的咖啡") == ["我", "咖啡"]
    full, initials = windows([Run("zh", "茶杯"), Run("latin", "49")])
    assert full == {"chabei49", "bei49", "49"}
    assert initials == {"cb49", "b49", "49"}
    assert "yinyuehe" in windows([Run("zh", "音乐盒")])[0]
    assert fold("  Ａ  b ") == "a b"
