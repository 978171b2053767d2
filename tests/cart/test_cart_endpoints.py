"""The cart over HTTP: adding up, flags, ticks, owners, and the guest who signs in."""

from tests.support.api import Api
from tests.support.counting import counted
from tests.support.sale import order, placed, stock_goods
from zhanggui.cart.merge import merge
from zhanggui.catalog.rules import ModifierGroup, ModifierOption
from zhanggui.core.db import in_transaction
from zhanggui.core.i18n import Text

MILK = ModifierGroup(
    code="milk",
    name=Text("奶", "Milk"),
    min=1,
    max=1,
    options=[
        ModifierOption(code="cow", name=Text("牛奶", "Cow")),
        ModifierOption(code="oat", name=Text("燕麦奶", "Oat"), price=300),
    ],
)
OAT = [{"group": "milk", "option": "oat"}]


def entry(store: object, sku: object, quantity: int = 1, modifiers: object = ()) -> dict[str, object]:
    return {"store_id": str(store), "sku_id": str(sku), "quantity": quantity, "modifiers": modifiers}


async def test_the_same_sku_and_modifiers_add_up_and_others_do_not(api: Api) -> None:
    store = await api.store()
    goods = await stock_goods(api, store, modifiers=[MILK])
    guest = await api.guest()

    for modifiers in (OAT, OAT, [{"group": "milk", "option": "cow"}]):
        answer = await guest.post("/cart/lines", entry(store, goods.skus[0], 2, modifiers))
        assert answer.status_code == 201, answer.text

    (part,) = answer.json()["stores"]
    assert sorted((x["quantity"], x["unit_price"]) for x in part["lines"]) == [(2, 1000), (4, 1300)]
    assert answer.json()["count"] == 6
    assert answer.json()["selected_total"] == 4 * 1300 + 2 * 1000


async def test_wrong_modifiers_are_named_by_field(api: Api) -> None:
    store = await api.store()
    goods = await stock_goods(api, store, modifiers=[MILK])
    guest = await api.guest()

    for modifiers, code in (
        ([], "modifier_too_few"),
        ([*OAT, {"group": "milk", "option": "cow"}], "modifier_too_many"),
        ([{"group": "milk", "option": "soy"}], "modifier_not_offered"),
        ([*OAT, *OAT], "modifier_repeated"),
    ):
        answer = await guest.post("/cart/lines", entry(store, goods.skus[0], 1, modifiers))
        assert answer.status_code == 422
        assert code in [e["code"] for e in answer.json()["errors"]]


async def test_negative_and_huge_quantities_are_refused(api: Api) -> None:
    store = await api.store()
    goods = await stock_goods(api, store)
    guest = await api.guest()

    for quantity in (0, -1, 1000, 2**63, 1.5, "two"):
        answer = await guest.post("/cart/lines", {**entry(store, goods.skus[0]), "quantity": quantity})
        assert answer.status_code == 400, quantity
    assert (await guest.get("/cart")).json()["stores"] == []


async def test_a_limit_holds_over_all_lines_of_a_sku(api: Api) -> None:
    store = await api.store()
    goods = await stock_goods(api, store, limit=3, modifiers=[MILK])
    guest = await api.guest()
    first = await guest.post("/cart/lines", entry(store, goods.skus[0], 2, OAT))
    line_id = first.json()["stores"][0]["lines"][0]["id"]

    more = await guest.post(
        "/cart/lines", entry(store, goods.skus[0], 2, [{"group": "milk", "option": "cow"}])
    )
    changed = await guest.patch(f"/cart/lines/{line_id}", {"quantity": 4})

    assert (more.status_code, more.json()["code"]) == (422, "over_limit")
    assert (changed.status_code, changed.json()["code"]) == (422, "over_limit")


async def test_flags_say_what_stands_against_buying(api: Api) -> None:
    store = await api.store()
    goods = await stock_goods(api, store, prices=[1000, 1100, 1200, 1300], stock=5)
    guest = await api.guest()
    for sku in goods.skus:
        await guest.post("/cart/lines", entry(store, sku, 4))
    db = api.rt.db
    await db.execute("UPDATE stock SET on_hand = 0 WHERE sku_id = $1", goods.skus[0])
    await db.execute("UPDATE stock SET on_hand = 3 WHERE sku_id = $1", goods.skus[1])
    await db.execute("UPDATE cart_line SET added_unit_price = 999 WHERE sku_id = $1", goods.skus[2])

    (part,) = (await guest.get("/cart", params={"store_id": str(store)})).json()["stores"]

    flags = {x["unit_price"]: x["flag"] for x in part["lines"]}
    assert flags == {1000: "sold_out", 1100: "short", 1200: "price_changed", 1300: None}
    assert part["selected_total"] == 4 * (1100 + 1200 + 1300)


async def test_a_line_belongs_to_its_owner(api: Api) -> None:
    store = await api.store()
    goods = await stock_goods(api, store)
    mine, other = await api.guest(), await api.guest()
    made = await mine.post("/cart/lines", entry(store, goods.skus[0]))
    path = f"/cart/lines/{made.json()['stores'][0]['lines'][0]['id']}"

    assert (await other.patch(path, {"quantity": 9})).status_code == 404
    assert (await other.delete(path)).status_code == 404
    body = {"line_ids": [path.rsplit("/", 1)[1]], "selected": False}
    assert (await other.post("/cart/select", body)).json()["stores"] == []
    assert (await mine.get("/cart")).json() == made.json()
    unticked = (await mine.post("/cart/select", body)).json()
    assert (unticked["selected_count"], unticked["selected_total"]) == (0, 0)
    assert (await mine.delete(path)).json()["stores"] == []


async def test_a_guests_cart_moves_to_the_buyer_and_adds_up_to_999(api: Api) -> None:
    store = await api.store()
    goods = await stock_goods(api, store, prices=[1000, 1100])
    guest, buyer = await api.guest(), await api.buyer()
    for caller, sku, quantity in (
        (guest, goods.skus[0], 600),
        (guest, goods.skus[1], 2),
        (buyer, goods.skus[0], 600),
    ):
        await caller.post("/cart/lines", entry(store, sku, quantity))
    assert guest.id is not None
    assert buyer.id is not None
    ids = guest.id, buyer.id

    await in_transaction(api.rt.db, lambda conn: merge(conn, *ids))

    (part,) = (await buyer.get("/cart")).json()["stores"]
    assert sorted(x["quantity"] for x in part["lines"]) == [2, 999]
    assert (await guest.get("/cart")).json()["stores"] == []


async def test_placing_from_the_cart_empties_it_and_reorder_fills_it_again(api: Api) -> None:
    store = await api.store()
    goods = await stock_goods(api, store, modifiers=[MILK])
    buyer = await api.buyer()
    cart = (await buyer.post("/cart/lines", entry(store, goods.skus[0], 2, OAT))).json()
    (held,) = cart["stores"][0]["lines"]
    basket = {"key": held["id"], "sku_id": held["sku_id"], "modifiers": OAT, "quantity": 2}

    (made,) = await placed(buyer, order(store, [basket], 2600, from_cart=True))

    assert (await buyer.get("/cart")).json()["count"] == 0
    again = await buyer.post(f"/stores/{store}/orders/{made['id']}/reorder")
    assert again.status_code == 200
    (filled,) = again.json()["stores"][0]["lines"]
    assert (filled["quantity"], filled["unit_price"], filled["modifiers"]) == (2, 1300, OAT)


async def test_the_cart_takes_one_statement_however_many_lines(api: Api) -> None:
    store, other = await api.store(), await api.store()
    goods = await stock_goods(api, store, prices=list(range(1000, 1020)))
    far = await stock_goods(api, other)
    guest = await api.guest()
    await guest.post("/cart/lines", entry(store, goods.skus[0]))
    await guest.post("/cart/lines", entry(other, far.skus[0]))
    await guest.get("/cart")

    with counted(api) as one:
        await guest.get("/cart")
    for sku in goods.skus:
        await guest.post("/cart/lines", entry(store, sku))
    with counted(api) as many:
        answer = await guest.get("/cart")

    assert len(answer.json()["stores"][0]["lines"]) == 20
    assert one.statements == many.statements
    assert len(many.statements) == 1
