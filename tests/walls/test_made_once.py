"""Every endpoint of the console that makes something makes it once for a key, however often it is asked.

Endpoints are taken from the application itself: a new one that answers 201 fails here until it has a body below.
"""

from collections.abc import Iterator
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.returns.aftermath import delivered
from tests.support.api import Api, Caller
from zhanggui.app import create_api
from zhanggui.core import clock
from zhanggui.core.db import in_transaction
from zhanggui.core.idempotency import HEADER
from zhanggui.core.ids import new_id
from zhanggui.core.schema import metadata
from zhanggui.payments.accounts import add_account
from zhanggui.wechat.pay_shapes import MerchantAccount

CONSOLE = "/api/console/stores/{store_id}"
DOCUMENT = create_api().openapi_schema.to_schema()
BY_CONTENT = {"/pictures": "latte", "/returns/pictures": "bagel"}
"""Equal bytes are one picture: these need no key. The picture to send."""


def making() -> Iterator[str]:
    """Paths under a store, as the document has them, of what answers 201."""
    for path, item in DOCUMENT["paths"].items():
        if path.startswith(CONSOLE) and "201" in item.get("post", {}).get("responses", {}):
            yield path.removeprefix(CONSOLE)


MAKING = sorted(making())


@pytest.fixture(scope="module")
def api(paid_api: Api) -> Api:
    """The API with a platform to pay at."""
    return paid_api


class World:
    """A store with what the bodies name."""

    def __init__(self, api: Api, owner: Caller, store: UUID) -> None:
        self.api, self.owner, self.store = api, owner, store
        self.ids: dict[str, str] = {}
        self.bodies: dict[str, Any] = {}

    async def rows(self) -> dict[str, int]:
        """How many rows of each table are the store's."""
        found: dict[str, int] = {}
        for table in metadata.sorted_tables:
            if "store_id" in table.c:
                count = f"SELECT count(*) FROM {table.name} WHERE store_id = $1"
                found[table.name] = await self.api.rt.db.fetchval(count, self.store)
        return found


@pytest.fixture(scope="module")
async def world(api: Api) -> World:
    sale = await delivered(api, prices=(9000,), quantities=(2,))
    store, owner = sale.store, sale.owner
    asked = await sale.applied("return_refund", "quality", (0, 1))
    key = rsa.generate_private_key(65537, 2048).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    account = MerchantAccount(
        mchid="1900000001",
        appid="wx1",
        serial="5157F09EFDC096DE",
        private_key=key.decode(),
        api_v3_key="k" * 32,
    )
    await in_transaction(api.rt.db, lambda conn: add_account(conn, api.rt.sealer, store, account))
    person = {"account_type": "PERSONAL_OPENID", "payout": "balance", "kind": "leader", "label": "团长"}
    first = await owner.post("/settlement/receivers", person | {"account": "openid-of-a-leader"})
    assert first.status_code == 201, first.text
    receiver = first.json()["items"][0]["id"]
    one = World(api, owner, store)
    one.ids = {"order_id": str(sale.order_id), "return_id": asked["id"]}
    category = (await owner.get("/categories")).json()["items"][0]["id"]
    starts = clock.now() + timedelta(days=1)
    one.bodies = {
        "/categories": {
            "name": {"zh": "新品", "en": "New"},
            "parent_id": None,
            "icon_id": None,
            "sort": 0,
            "visible": True,
        },
        "/products": {
            "code": "once",
            "category_id": category,
            "name": {"zh": "一次", "en": "Once"},
            "skus": [{"code": "once-1", "values": [], "price": 100, "stock": 5}],
        },
        "/tables": {"code": "B7", "name": "7"},
        "/flash": {
            "name": {"zh": "秒杀", "en": "Flash"},
            "starts_at": starts,
            "ends_at": starts + timedelta(hours=1),
            "items": [{"sku_id": str(sale.skus[0]), "price": 100, "stock_units": 1, "per_buyer": 1}],
        },
        "/stock/locations": {"name": "退货区"},
        "/settlement/receivers": person | {"account": "openid-of-another"},
        "/settlement/rules": {"receiver_id": receiver, "ratio": 100},
        "/returns/{return_id}/messages": {"text": "您好"},
        "/orders/{order_id}/points": {"delta": 5, "reason": "补偿"},
        "/orders/{order_id}/refunds": {
            "lines": [],
            "fees": False,
            "amount": 1,
            "reason": "补偿",
            "notify": False,
        },
    }
    return one


async def test_each_asks_for_a_key_or_knows_its_content() -> None:
    assert len(MAKING) > 7
    for path in MAKING:
        named = DOCUMENT["paths"][CONSOLE + path]["post"].get("parameters", [])
        keyed = any(one["name"] == HEADER and one["required"] for one in named)
        assert keyed is (path not in BY_CONTENT), path


@pytest.mark.parametrize("path", MAKING)
async def test_the_same_key_twice_makes_one(world: World, path: str) -> None:
    key = str(new_id())
    filled = path.format(**world.ids)

    async def ask() -> Any:
        if path in BY_CONTENT:
            picture = Path(str(files("zhanggui"))) / f"demo/pictures/coffee/{BY_CONTENT[path]}.webp"
            return await world.owner.post(filled, files={"file": ("x", picture.read_bytes())}, key=key)
        return await world.owner.post(filled, world.bodies[path], key=key)

    before = await world.rows()
    first = await ask()
    assert first.status_code == 201, first.text
    made = await world.rows()
    assert made != before
    again = await ask()
    assert (again.status_code, again.json()) == (201, first.json())
    assert await world.rows() == made


async def test_a_key_is_for_one_body_and_free_again_after_a_refusal(world: World) -> None:
    key = str(new_id())
    refused = await world.owner.post("/tables", {"code": "no blanks allowed", "name": "1"}, key=key)
    assert refused.status_code == 400
    assert (await world.owner.post("/tables", {"code": "C1", "name": "1"}, key=key)).status_code == 201
    taken = await world.owner.post("/tables", {"code": "C2", "name": "2"}, key=key)
    assert (taken.status_code, taken.json()["code"]) == (409, "idempotency_key_reused")
    missing = await world.owner.post("/tables", {"code": "C2", "name": "2"}, key="")
    assert (missing.status_code, missing.json()["code"]) == (400, "invalid")
