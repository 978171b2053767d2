"""One purchase over HTTP, step by step, as a buyer's and a merchant's program would make it."""

import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx

Json = dict[str, Any]
_PATIENCE_SECONDS = 30.0


class PurchaseFailed(Exception):
    """A step was not answered as it should be."""


class Caller:
    """An HTTP client that turns an unexpected answer into a sentence."""

    def __init__(self, origin: str) -> None:
        self._client = httpx.Client(base_url=origin, timeout=20, trust_env=False)
        self.headers = self._client.headers

    def call(self, method: str, path: str, body: Json | None = None, **headers: str) -> Any:
        """Send, expect a success, return the decoded answer."""
        answer = self._client.request(
            method, path, json=body, headers={k.replace("_", "-"): v for k, v in headers.items()}
        )
        if not answer.is_success:
            raise PurchaseFailed(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer.json() if answer.content else None

    def get(self, path: str) -> Any:
        """GET and decode."""
        return self.call("GET", path)

    def post(self, path: str, body: Json | None = None, *, once: bool = False) -> Any:
        """POST and decode; `once` sends an Idempotency-Key."""
        key = {"Idempotency_Key": str(uuid.uuid4())} if once else {}
        return self.call("POST", path, {} if body is None else body, **key)


def until(what: str, look: Callable[[], Any]) -> Any:
    """Look again and again until there is something; other processes do the work meanwhile."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise PurchaseFailed(f"{what}: not after {_PATIENCE_SECONDS:.0f} s")


def sign_in(shop: Caller, sandbox: Caller) -> None:
    """A buyer signs in from the mini-program: wx.login's code comes from the sandbox."""
    appid = shop.get("/api/shop/config")["wechat"]["appid"]
    code = sandbox.post("/_sandbox/login-code", {"appid": appid, "user": f"smoke-{uuid.uuid4().hex[:8]}"})[
        "code"
    ]
    session = shop.post("/api/shop/session/wechat", {"code": code})
    shop.headers["authorization"] = f"Bearer {session['access_token']}"


def address(shop: Caller) -> str:
    """An address in the first region at every level; returns its id."""
    chain: list[Json] = []
    items = shop.get("/api/shop/regions")["items"]
    while True:
        chain.append(items[0])
        if items[0]["leaf"] or len(chain) == 4:
            break
        items = shop.get(f"/api/shop/regions?parent={items[0]['code']}")["items"]
    names = [region["name"] for region in chain] + [""] * 4
    made = shop.post(
        "/api/shop/addresses",
        {
            "recipient": "王小明",
            "phone": "13800138000",
            "region_code": chain[-1]["code"],
            "province": names[0],
            "city": names[1],
            "district": names[2],
            "street": names[3],
            "detail": "1号楼 101",
            "lat": None,
            "lng": None,
            "tag": "home",
            "is_default": True,
        },
        once=True,
    )
    return made["id"]


def choose(shop: Caller) -> tuple[Json, Json]:
    """The goods store, and the quote request for one piece of the first thing in it that is in stock."""
    store = next(one for one in shop.get("/api/shop/stores")["items"] if one["layout"] == "grid")
    products = shop.get(f"/api/shop/stores/{store['slug']}/products")["items"]
    for card in products:
        product = shop.get(f"/api/shop/stores/{store['slug']}/products/{card['id']}")
        stock = shop.get(f"/api/shop/stores/{store['slug']}/stock?product={card['id']}")["items"]
        there = {entry["sku_id"] for entry in stock if entry["available"] > 0}
        sku = next((one for one in product["skus"] if one["id"] in there), None)
        if sku is None or "express" not in product["delivery_methods"]:
            continue
        picked = [
            {"group": group["code"], "option": option["code"]}
            for group in product["modifiers"]
            for option in [one for one in group["options"] if one["default"]][: group["max"]]
        ]
        cart = shop.post(
            "/api/shop/cart/lines",
            {"store_id": store["id"], "sku_id": sku["id"], "modifiers": picked, "quantity": 1},
            once=True,
        )
        line = next(
            line for group in cart["stores"] for line in group["lines"] if line["sku_id"] == sku["id"]
        )
        return store, {
            "store_id": store["id"],
            "lines": [{"key": line["id"], "sku_id": sku["id"], "modifiers": picked, "quantity": 1}],
            "delivery_method": "express",
        }
    raise PurchaseFailed("nothing in the goods store is in stock")


def settle(shop: Caller, request: Json) -> Json:
    """Quote and place; returns the order."""
    quote = shop.post("/api/shop/quote", request)
    if quote["problems"]:
        raise PurchaseFailed(f"the quote has problems: {quote['problems']}")
    order = {**request, "expected_total": quote["total"], "from_cart": True}
    return shop.post("/api/shop/orders", {"orders": [order], "channel": "mp"}, once=True)["orders"][0]


def pay(shop: Caller, sandbox: Caller, order: Json) -> None:
    """Ask for a payment, approve it at the sandbox's cashier, and wait until the notification has arrived."""
    here = f"/api/shop/stores/{order['store']['id']}/orders/{order['id']}"
    attempt = shop.post(f"{here}/payments", {"method": "wechat_jsapi"}, once=True)
    called = sandbox.post("/_sandbox/jsapi-pay", attempt["pay"]["jsapi"])
    sandbox.post(f"/_sandbox/cashier/{called['prepay_id']}/approve")
    until("the order is paid", lambda: shop.get(here)["status"] in {"paid", "preparing"})
    seen = f"/_sandbox/orders/{called['out_trade_no']}"
    until(
        "the platform's notification was accepted",
        lambda: [one for one in sandbox.get(seen)["notifications"] if one["status"] == "delivered"],
    )


def open_console(console: Caller, login: str, first_password: str) -> None:
    """Sign in with the first password and change it, as the console makes everybody do."""
    session = console.post("/api/console/session", {"login": login, "password": first_password})
    console.headers["x-csrf-token"] = session["csrf"]
    changed = console.post(
        "/api/console/session/password",
        {"old_password": first_password, "new_password": f"smoke-{uuid.uuid4().hex}"},
    )
    console.headers["x-csrf-token"] = changed["csrf"]


def receive(shop: Caller, console: Caller, order: Json) -> Json:
    """The merchant ships, the buyer confirms receipt; returns the order as the buyer then sees it."""
    store_id = order["store"]["id"]
    base = f"/api/console/stores/{store_id}"
    carrier = console.get(f"{base}/carriers")["items"][0]["code"]
    console.post(f"{base}/orders/{order['id']}/ship", {"carrier": carrier, "waybill": "SF1234567890123"})
    here = f"/api/shop/stores/{store_id}/orders/{order['id']}"
    until("the buyer may confirm receipt", lambda: "receive" in shop.get(here)["actions"])
    shop.post(f"{here}/receive")
    return until("the order is completed", lambda: (now := shop.get(here))["status"] == "completed" and now)
