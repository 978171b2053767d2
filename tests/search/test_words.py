"""Suggestions, hot words, history, and what the merchant sees and says."""

from datetime import timedelta
from typing import Any

import pytest
from pypinyin.constants import PHRASES_DICT

from tests.search.shop import item, stocked
from tests.support.api import Api, Caller
from zhanggui.core import clock
from zhanggui.core.db import in_transaction
from zhanggui.customers.merge import merge_guest
from zhanggui.search import counting

GOODS = {"咖啡": [item("a", "生椰拿铁", "Coconut latte"), item("b", "美式咖啡", "Americano coffee")]}


async def search(caller: Caller, slug: str, q: str) -> Any:
    answer = await caller.get(f"/stores/{slug}/search", params={"q": q})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def hot(api: Api, slug: str) -> list[tuple[str, bool]]:
    api.rt.singletons.pop("search.hot", None)
    await counting.flush(api.rt)
    items = (await api.anybody.get(f"/stores/{slug}/search/hot")).json()["items"]
    return [(i["text"], i["pinned"]) for i in items]


async def test_suggestions_go_on_from_what_is_typed(api: Api) -> None:
    await stocked(api, "suggest", GOODS)

    async def texts(q: str) -> list[tuple[str, str]]:
        answer = await api.anybody.get("/stores/suggest/search/suggest", params={"q": q})
        return [(i["kind"], i["text"]) for i in answer.json()["items"]]

    assert ("word", "拿铁") in await texts("拿")
    assert ("word", "拿铁") in await texts("nat")
    assert ("word", "咖啡") in await texts("kf")
    assert ("word", "coconut") in await texts("coc")
    assert ("product", "生椰拿铁") in await texts("生椰")
    assert await texts("") == []
    assert await texts("zzz") == []
    assert len(await texts("a")) <= 10


async def test_history_is_the_buyers_own_and_moves_at_sign_in(api: Api) -> None:
    store_id, _ = await stocked(api, "history", GOODS)
    guest, buyer = await api.guest(), await api.buyer()
    asked = {"store_id": str(store_id)}
    for q in ("拿铁", "美式", " 拿铁 "):
        await search(guest, "history", q)
    assert (await guest.get("/me/searches", params=asked)).json() == {"items": ["拿铁", "美式"]}
    assert (await buyer.get("/me/searches", params=asked)).json() == {"items": []}
    lines = (await guest.get("/stores/history/search/suggest", params={"q": "美"})).json()["items"]
    assert lines[0] == {"kind": "history", "text": "美式", "product_id": None}
    assert guest.id is not None
    assert buyer.id is not None
    guest_id, buyer_id = guest.id, buyer.id
    await in_transaction(api.rt.db, lambda conn: merge_guest(conn, guest_id, buyer_id))
    assert (await buyer.get("/me/searches", params=asked)).json() == {"items": ["拿铁", "美式"]}
    assert (await buyer.delete("/me/searches", params={**asked, "term": "美式"})).status_code == 204
    assert (await buyer.get("/me/searches", params=asked)).json() == {"items": ["拿铁"]}
    assert (await buyer.delete("/me/searches", params=asked)).status_code == 204
    assert (await buyer.get("/me/searches", params=asked)).json() == {"items": []}


async def test_only_the_last_twenty_are_kept(api: Api) -> None:
    store_id, _ = await stocked(api, "twenty", GOODS)
    guest = await api.guest()
    for n in range(25):
        await search(guest, "twenty", f"咖啡{n}")
    items = (await guest.get("/me/searches", params={"store_id": str(store_id)})).json()["items"]
    assert items == [f"咖啡{n}" for n in range(24, 4, -1)]


async def test_hot_words_are_what_several_buyers_searched_for(api: Api) -> None:
    _, owner = await stocked(api, "hot", GOODS)
    people = [await api.guest() for _ in range(3)]
    for one in people:
        await search(one, "hot", "拿铁")
        await search(one, "hot", "拿铁")
        await search(one, "hot", "没有这个")
    await search(people[0], "hot", "美式")
    assert await hot(api, "hot") == [("拿铁", False)]
    for one in people:
        await search(one, "hot", "美式")
    given = {"version": 0, "synonyms": [], "pinned": ["新品 Latte"], "blocked": ["拿铁"]}
    assert (await owner.put("/search/settings", given)).status_code == 200
    assert await hot(api, "hot") == [("新品 Latte", True), ("美式", False)]
    terms = (await owner.get("/search/terms")).json()["items"]
    assert [(t["term"], t["searches"]) for t in terms] == [("拿铁", 3), ("没有这个", 3), ("美式", 3)]
    empty = (await owner.get("/search/terms", params={"empty": True})).json()["items"]
    assert [(t["term"], t["results"]) for t in empty] == [("没有这个", 0)]
    first = (await owner.get("/search/terms", params={"limit": 2})).json()
    rest = (await owner.get("/search/terms", params={"limit": 2, "cursor": first["next"]})).json()
    assert [t["term"] for t in first["items"] + rest["items"]] == [t["term"] for t in terms]
    assert rest["next"] is None


async def test_hot_words_cool_down(api: Api) -> None:
    await stocked(api, "cooling", GOODS)
    for _ in range(4):
        await search(await api.guest(), "cooling", "拿铁")
    await counting.flush(api.rt)
    clock.turn(timedelta(days=12))
    try:
        for _ in range(2):
            await search(await api.buyer(), "cooling", "美式")
        assert await hot(api, "cooling") == [("美式", False), ("拿铁", False)]
    finally:
        clock.reset()


async def test_what_cannot_be_written_does_not_stand_in_the_way(api: Api) -> None:
    store_id, owner = await stocked(api, "poison", GOODS)
    counting.count(api.rt, counting.Term(store_id, "2026-01-01", "\x00"), 1, "x")
    await counting.flush(api.rt)
    await search(await api.guest(), "poison", "拿铁\x00")
    assert [t["term"] for t in (await owner.get("/search/terms")).json()["items"]] == ["拿铁"]


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"synonyms": [["土豆"]]}, "synonyms_alone", "synonyms[0]"),
        ({"synonyms": [["a", "b"], ["B", "c"]]}, "synonym_twice", "synonyms[1]"),
        ({"synonyms": [["a", " "]]}, "word_empty", "synonyms[0]"),
        ({"pinned": [" "]}, "word_empty", "pinned"),
        ({"blocked": [" "]}, "word_empty", "blocked"),
        ({"pinned": ["x" * 51]}, "invalid", "pinned[0]"),
        ({"version": -1}, "invalid", "version"),
        ({"more": 1}, "invalid", "more"),
    ],
)
async def test_bad_settings_are_refused(api: Api, change: dict[str, Any], code: str, field: str) -> None:
    owner = await api.staff(await api.store())
    answer = await owner.put(
        "/search/settings", {"version": 0, "synonyms": [], "pinned": [], "blocked": []} | change
    )
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, code, field)
    assert (await owner.get("/search/settings")).json()["version"] == 0


async def test_a_clerk_reads_and_does_not_write(api: Api) -> None:
    clerk = await api.staff(await api.store(), "clerk")
    given: dict[str, Any] = {"version": 0, "synonyms": [], "pinned": [], "blocked": []}
    assert (await clerk.get("/search/settings")).status_code == 200
    assert (await clerk.put("/search/settings", given)).status_code == 403
    assert (await clerk.get("/search/terms")).status_code == 200


def test_equal_readings_of_phrases_are_one_list() -> None:
    """Two hundred thousand lists of their own would be tens of megabytes of every process."""
    readings = [one for phrase in PHRASES_DICT.values() for one in phrase]
    assert len({id(one) for one in readings}) == len({tuple(one) for one in readings}) < 5_000 < len(readings)
