"""The book in the console: accounts, entries, trial balance; for those who may see money."""

from uuid import UUID

from tests.ledger.books import put
from tests.support.api import Api, Caller
from tests.support.counting import counted
from tests.support.paid import paid_order
from zhanggui.core.ids import new_id
from zhanggui.ledger import Posting, recipes

AT, BUYER = new_id(), new_id()


async def book(api: Api, payments: int = 1) -> tuple[UUID, Caller, str]:
    """A store whose book has payments, the first of an order, with a refund that is under way."""
    store = await api.store()
    order = await paid_order(api, await api.buyer(), store)
    order_id = UUID(order["id"])
    postings: list[Posting] = [
        recipes.payment(recipes.Money(new_id(), order_id if n == 0 else new_id(), BUYER, AT, 2000, 12))
        for n in range(payments)
    ]
    back = recipes.Back(new_id(), order_id, BUYER, AT, 500, 3)
    await put(api.rt.db, store, *postings, *recipes.refund_requested(back))
    return store, await api.staff(store, "manager"), order["id"]


async def test_accounts_with_what_is_posted_and_pending(api: Api) -> None:
    _, manager, _ = await book(api)
    shown = (await manager.get("/ledger/accounts")).json()["items"]
    assert [(a["code"], a["posted"], a["pending"]) for a in shown] == [
        ("buyer.refund_due", 0, 0),
        ("provider.clearing", 2000, -500),
        ("provider.fee", 12, 0),
        ("store.payable", 1988, -500),
    ]
    assert [a["owner"] == "" for a in shown] == [False, False, False, True]
    moving = (
        await manager.get("/ledger/accounts", params={"moving": "true", "code": "store.payable"})
    ).json()
    assert [a["posted"] for a in moving["items"]] == [1988]
    one = await manager.get(f"/ledger/accounts/{shown[0]['id']}")
    assert one.json() == shown[0]
    assert (await manager.get(f"/ledger/accounts/{new_id()}")).status_code == 404
    assert (await manager.get("/ledger/accounts", params={"code": "petty.cash"})).status_code == 400


async def test_entries_of_the_store_an_account_an_order_and_a_kind(api: Api) -> None:
    _, manager, order = await book(api, 40)
    first = (await manager.get("/ledger/entries")).json()
    rest = (await manager.get("/ledger/entries", params={"cursor": first["next"]})).json()
    seqs = [e["seq"] for e in first["items"] + rest["items"]]
    assert seqs == list(range(82, 0, -1))
    of_order = (await manager.get("/ledger/entries", params={"order_id": order})).json()["items"]
    assert [(e["kind"], e["phase"], e["amount"]) for e in of_order] == [
        ("refund_paid", "pending", 500),
        ("refund", "pending", 500),
        ("fee", "posted", 12),
        ("payment", "posted", 2000),
    ]
    assert of_order[0]["order_number"]
    assert (of_order[3]["debit"]["code"], of_order[3]["credit"]["code"]) == (
        "provider.clearing",
        "store.payable",
    )
    account = of_order[0]["debit"]["id"]
    of_account = (await manager.get("/ledger/entries", params={"account_id": account})).json()["items"]
    assert [e["kind"] for e in of_account] == ["refund_paid", "refund"]
    fees = (await manager.get("/ledger/entries", params={"kind": "fee"})).json()["items"]
    assert {e["kind"] for e in fees} == {"fee"}


async def test_the_trial_balance_and_its_proof(api: Api) -> None:
    store, manager, _ = await book(api)
    trial = (await manager.get("/ledger/trial-balance")).json()
    assert trial["balanced"] is True
    assert trial["entries"] == 4
    assert (
        sum(x["debits_posted"] for x in trial["lines"])
        == sum(x["credits_posted"] for x in trial["lines"])
        == 2012
    )
    proof = (await manager.get("/ledger/proof")).json()
    assert proof == {"holds": True, "entries": 4, "missing": 0, "posted": 0, "pending": 0, "drifted": []}
    await api.rt.db.execute(
        "UPDATE ledger_account SET credits_posted = credits_posted + 5 WHERE store_id = $1 AND code = 'store.payable'",
        store,
    )
    assert (await manager.get("/ledger/trial-balance")).json()["balanced"] is False
    assert (await manager.get("/ledger/proof")).json()["posted"] == -5


async def test_an_empty_book_is_a_page_too(api: Api) -> None:
    owner = await api.staff(await api.store())
    assert (await owner.get("/ledger/accounts")).json() == {"items": [], "next": None}
    assert (await owner.get("/ledger/trial-balance")).json() == {"lines": [], "entries": 0, "balanced": True}
    assert (await owner.get("/ledger/proof")).json()["holds"] is True


async def test_a_clerk_does_not_see_money(api: Api) -> None:
    clerk = await api.staff(await api.store(), "clerk")
    for path in ("accounts", "entries", "trial-balance", "proof"):
        answer = await clerk.get(f"/ledger/{path}")
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_the_number_of_statements_does_not_grow(api: Api) -> None:
    """However many postings: the book, its entries and balances."""
    from zhanggui.core.db import Connection, in_transaction
    from zhanggui.ledger import post

    for many in (1, 60):
        store = new_id()

        async def work(conn: Connection, many: int = many, store: UUID = store) -> None:
            moneys = [recipes.Money(new_id(), new_id(), BUYER, AT, 100 + n, 1) for n in range(many)]
            await post(conn, store, [recipes.payment(m) for m in moneys])

        with counted(api) as found:
            await in_transaction(api.rt.db, work)
        assert len(found.statements) == 2
