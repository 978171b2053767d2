"""The application starts over a migrated database and knows its callers."""

from tests.support.api import Api


async def test_a_store_a_guest_a_buyer_and_staff(api: Api) -> None:
    store = await api.store()
    assert (await api.anybody.get("/stores")).json()["items"][0]["id"] == str(store)
    guest, buyer, owner = await api.guest(), await api.buyer(), await api.staff(store)
    assert guest.id != buyer.id
    assert owner.base.endswith(str(store))
