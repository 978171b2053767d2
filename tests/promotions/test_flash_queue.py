"""The queue: tickets, what becomes of them, and when it is full."""

import asyncio

import pytest

from tests.promotions.flash import OnSale, ask, on_sale
from tests.support.api import Api, Caller
from zhanggui.core.ids import new_id
from zhanggui.promotions import desk


async def settled(buyer: Caller, on: OnSale, ticket: str) -> dict[str, object]:
    """The ticket's answer once it is decided."""
    while True:
        answer = await buyer.get(f"{on.path}/{ticket}")
        assert answer.status_code == 200, answer.text
        found = answer.json()
        if found["status"] != "waiting":
            return found
        assert found["position"] >= 1
        # Called in this process the application answers without ever giving way, as no socket would.
        await asyncio.sleep(0)


async def test_a_long_queue_gives_tickets_that_say_the_outcome(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "QUEUE_FROM", 0)
    on = await on_sale(api, units=1)
    first, second, stranger = await api.buyer(), await api.buyer(), await api.buyer()
    queued = await ask(first, on)
    assert queued.status_code == 202
    ticket = queued.json()
    assert ticket["position"] >= 1
    assert ticket["wait_ms_estimate"] >= 0
    won = await settled(first, on, ticket["ticket"])
    assert won["status"] == "placed"
    assert (await stranger.get(f"{on.path}/{ticket['ticket']}")).status_code == 404
    lost = await settled(second, on, (await ask(second, on)).json()["ticket"])
    assert (lost["status"], lost["refusal"]["code"]) == ("refused", "flash_sold_out")  # type: ignore[index]
    monkeypatch.undo()
    place = (await ask(first, on)).json()
    assert place == won["place"]
    # Another process knows nothing of the ticket, but finds the place by its token.
    api.rt.singletons.pop("promotions.desk")
    assert (await settled(first, on, place["token"]))["place"] == place


async def test_an_old_ticket_that_nobody_knows_says_ask_again(api: Api) -> None:
    on, buyer = await on_sale(api), await api.buyer()
    old = "01890000-0000-7000-8000-000000000000"
    assert (await buyer.get(f"{on.path}/{old}")).json()["status"] == "again"
    assert (await buyer.get(f"{on.path}/{new_id()}")).json()["status"] == "waiting"


async def test_a_full_queue_says_when_to_come_back(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "QUEUE_FROM", 0)
    monkeypatch.setattr(desk, "MAX_QUEUE", 0)
    on = await on_sale(api)
    answer = await ask(await api.buyer(), on)
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert int(answer.headers["retry-after"]) >= 1
