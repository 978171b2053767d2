"""The platform's commission stands in a book of its own: the merchants' money and the platform's together are the provider's."""

from uuid import UUID

from tests.ledger.books import balance, book_holds
from tests.payments.world import Order, open_world
from tests.settlement.sharing import Sharing, open_sharing
from tests.support.api import Api
from zhanggui.core.ids import new_id
from zhanggui.ledger.chart import PLATFORM_BOOK, clearing, platform_clearing, platform_payable
from zhanggui.ledger.listing import EntryFilter, list_accounts, list_entries
from zhanggui.settlement.receivers import NewReceiver, add
from zhanggui.settlement.rule_book import add_rule
from zhanggui.settlement.shapes import RuleInput


async def share_with(sharing: Sharing, mchid: str, name: str) -> None:
    """The store shares 6 % with the platform, and nothing with anybody else."""
    rt, store = sharing.world.rt, sharing.store_id
    platform = NewReceiver("platform", "sharing", "MERCHANT_ID", mchid, "平台", name)
    sharing.receivers["platform"] = await add(rt, store, new_id(), platform, new_id().hex)
    await sharing.world.run_jobs()
    await rt.db.execute("UPDATE split_rule SET enabled = false WHERE store_id = $1", store)
    body = RuleInput(receiver_id=sharing.receivers["platform"], ratio=600)
    await add_rule(rt, store, new_id(), body, new_id().hex)


async def adds_up(mchid: str, *orders: tuple[Sharing, Order]) -> list[int]:
    """Merchants' sums + the platform's = what the provider holds; answers what the platform has earned of each store."""
    first = orders[0][0]
    db, sandbox = first.world.rt.db, first.world.sandbox
    here = there = 0
    for sharing, order in orders:
        account = sharing.world.account
        held, _ = await balance(db, sharing.store_id, clearing(account.id))
        assert held == (await sandbox.call("GET", f"/balances/{account.mchid}"))["total"]
        here, there = here + held, there + held
        await book_holds(db, sharing.store_id)
        await sharing.agrees(order)
        await sharing.world.three_sides(order)
    platforms, _ = await balance(db, PLATFORM_BOOK, platform_clearing(mchid))
    provider = (await sandbox.call("GET", f"/balances/{mchid}"))["total"]
    assert platforms == provider
    assert here + platforms == there + provider
    await book_holds(db, PLATFORM_BOOK)
    return [(await balance(db, PLATFORM_BOOK, platform_payable(s.store_id)))[0] for s, _ in orders]


async def test_the_merchants_sums_and_the_platforms_are_the_providers(sharing: Sharing) -> None:
    world = await open_world(sharing.world.rt, sharing.world.sandbox, sharing.world.shop)
    other = await open_sharing(world, sharing.settings)
    made = await world.sandbox.call("POST", "/merchants", {"name": f"platform-{new_id().hex[-8:]}"})
    for one in (sharing, other):
        await share_with(one, made["mchid"], made["name"])
    mine, theirs = await sharing.paid(10_000), await other.paid(5_000)
    await sharing.complete(mine)
    await other.complete(theirs)
    await sharing.minute()
    await sharing.finish()
    pair = ((sharing, mine), (other, theirs))
    assert await adds_up(made["mchid"], *pair) == [600, 300]
    await sharing.refund(mine, 5_000)
    await sharing.finish()
    assert await adds_up(made["mchid"], *pair) == [300, 300]
    rt = sharing.world.rt
    kinds = [
        e.kind for e in (await list_entries(rt, PLATFORM_BOOK, EntryFilter(order_id=mine.id), None)).items
    ]
    assert kinds == ["commission_returned", "commission"]
    shown = await list_accounts(rt, PLATFORM_BOOK, "platform.clearing", moving=True, cursor=None)
    assert made["mchid"][-8:] in [account.owner for account in shown.items]


async def test_only_the_platforms_people_read_its_book(api: Api) -> None:
    store: UUID = await api.store()
    for page in ("accounts", "entries", "trial-balance", "proof"):
        seen = [
            (await (await api.staff(store, role)).get(f"/platform/ledger/{page}")).status_code
            for role in ("operator", "owner", "manager")
        ]
        assert seen == [200, 403, 403], page
        assert (await (await api.staff(store, "operator")).get(f"/ledger/{page}")).status_code == 403
