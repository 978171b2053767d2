"""A few returns in the demo's shop, asked for, decided and argued about through the same use cases as real ones."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from zhanggui.catalog.cache import catalogue
from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.ids import new_id
from zhanggui.core.runtime import Runtime
from zhanggui.customers.addresses import add_address
from zhanggui.customers.shapes import AddressInput
from zhanggui.customers.sign_in import customer_by_phone
from zhanggui.fulfillment.complete import complete
from zhanggui.fulfillment.ship import Parcel, ship
from zhanggui.orders.requests import OrderRequest, PlaceRequest
from zhanggui.orders.rules import Actor
from zhanggui.orders.submit import place
from zhanggui.payments import attempt
from zhanggui.payments.accounts import active_account
from zhanggui.pricing.prepare import prepare, quote_now
from zhanggui.pricing.shapes import BasketLine, QuoteRequest
from zhanggui.returns import apply, buyer, decide, goods
from zhanggui.returns.records import Taken
from zhanggui.returns.rules import Kind, Reason
from zhanggui.returns.shapes import SayInput
from zhanggui.returns.shop_shapes import AppealInput, ApplyInput, SendBackInput, WantedLine
from zhanggui.returns.talk import say as say_line
from zhanggui.returns.work import of_buyer
from zhanggui.staff.invite import add_staff

OPERATOR = "operator"
PHONE = "+8613700137000"
ADDRESS = AddressInput(
    recipient="林小满", phone="13700137000", region_code="310104", detail="衡山路 10 号 501", is_default=True
)
KNOWN = statement("demo.after_sale.known", "SELECT EXISTS (SELECT FROM return_request WHERE store_id = $1)")
OWNER = statement(
    "demo.after_sale.owner",
    """
    SELECT m.staff_id, m.name FROM staff_role r JOIN staff_member m ON m.staff_id = r.staff_id
    WHERE r.store_id = $1 AND r.role = 'owner' ORDER BY m.staff_id LIMIT 1
    """,
)
PERSON = statement("demo.after_sale.person", "SELECT EXISTS (SELECT FROM staff_member WHERE login = $1)")

FIRST_LINE = statement(
    "demo.after_sale.line",
    "SELECT id FROM order_line WHERE store_id = $1 AND order_id = $2 ORDER BY position LIMIT 1",
)


class Story(NamedTuple):
    """One order and what its buyer wants back."""

    product: str
    kind: Kind
    reason: Reason
    words: str
    sent: bool = True


STORIES: Sequence[Story] = (
    Story("mug", "return_refund", "quality", "杯口有一道细裂纹，装热水会渗，照片晚点补。"),
    Story("cotton-tee", "return_refund", "no_reason", "颜色和想的不太一样。"),
    Story("market-cap", "exchange", "other_spec", "想换一个颜色，吊牌还在。"),
    Story("iron-pan", "refund_only", "missing_item", "箱子里只有锅，没有盖子。"),
    Story("notebook", "refund_only", "changed_mind", "买重复了。", sent=False),
)


class Stage(NamedTuple):
    """Where it plays: runtime, store, buyer and the merchant who answers."""

    rt: Runtime
    store_id: UUID
    buyer_id: UUID
    address_id: UUID
    merchant: Actor


async def ensure(
    rt: Runtime, store_id: UUID, coffee_id: UUID, password: str, say: Callable[[str], None]
) -> None:
    """Play the stories once, and give the platform its operator. Needs the sandbox, which takes the money."""
    if rt.config.sandbox_origin is None or await rt.db.fetchval(KNOWN, store_id):
        return
    say("  after-sale a few returns for the queue")
    if not await rt.db.fetchval(PERSON, OPERATOR):
        roles: Any = {store_id: "operator", coffee_id: "operator"}

        async def hire(conn: Connection) -> None:
            await add_staff(conn, OPERATOR, "平台客服", password, roles)

        await in_transaction(rt.db, hire)
    stage = await _stage(rt, store_id)
    made = [await _play(stage, number, story) for number, story in enumerate(STORIES, start=1)]
    await _go_on(stage, made)


async def _stage(rt: Runtime, store_id: UUID) -> Stage:
    buyer_id = await in_transaction(rt.db, lambda conn: customer_by_phone(conn, rt.sealer, PHONE, "zh"))
    address = await add_address(rt, buyer_id, ADDRESS, "demo-after-sale")
    owner = await rt.db.fetchrow(OWNER, store_id)
    if owner is None:
        raise LookupError("the demo store has an owner before it has returns")
    return Stage(rt, store_id, buyer_id, address.id, Actor("merchant", owner["staff_id"], owner["name"]))


async def _play(stage: Stage, number: int, story: Story) -> UUID:
    """Buy, pay, receive, and ask for it back; returns the return."""
    rt = stage.rt
    order_id = await _buy(stage, story.product)
    await _pay(stage, order_id)
    if story.sent:
        await ship(rt, stage.store_id, order_id, Parcel("SF", f"SF20260000000{number:02d}"), stage.merchant)
        await complete(rt, stage.store_id, order_id, Actor("buyer", stage.buyer_id))
    line_id = await rt.db.fetchval(FIRST_LINE, stage.store_id, order_id)
    wanted = [WantedLine(order_line_id=line_id, quantity=1)]
    body = ApplyInput(kind=story.kind, reason=story.reason, lines=wanted, description=story.words)
    return await apply.apply(rt, apply.Wish(stage.store_id, order_id, stage.buyer_id, new_id().hex, body))


async def _buy(stage: Stage, code: str) -> UUID:
    rt = stage.rt
    goods_of = await catalogue(rt, stage.store_id)
    product = next(p for p in goods_of.on_shelf if p.code == code)
    line = BasketLine(key=new_id().hex, sku_id=product.active_skus[0].sku_id, modifiers=[], quantity=1)
    asked = QuoteRequest(
        store_id=stage.store_id, lines=[line], delivery_method="express", address_id=stage.address_id
    )
    total = (await quote_now(rt, stage.buyer_id, await prepare(rt, stage.buyer_id, asked))).total
    order = OrderRequest(
        store_id=stage.store_id,
        lines=[line],
        delivery_method="express",
        address_id=stage.address_id,
        expected_total=total,
    )
    (made,) = await place(rt, stage.buyer_id, new_id().hex, PlaceRequest([order], "h5"), "zh")
    return made.order_id


async def _pay(stage: Stage, order_id: UUID) -> None:
    """Scan the code and pay at the sandbox's cashier, as a person would; then ask how it stands."""
    rt = stage.rt
    wish = attempt.Wish(
        stage.store_id, order_id, stage.buyer_id, "wechat_native", None, "127.0.0.1", new_id().hex
    )
    started = await attempt.start(rt, wish, await active_account(rt, stage.store_id))
    if started.pay is None or started.pay.code_url is None:
        raise LookupError("a payment by code shows a code")
    prepay_id = parse_qs(urlsplit(started.pay.code_url).query)["prepay_id"][0]
    address = f"{rt.config.sandbox_origin}/_sandbox/cashier/{prepay_id}/approve"
    (await rt.http.post(address, json={})).raise_for_status()
    await attempt.check(rt, stage.store_id, order_id, started.id, stage.buyer_id)


async def _go_on(stage: Stage, made: Sequence[UUID]) -> None:
    """One waits for the merchant, one parcel is on its way back, one refusal lies before the platform."""
    cracked, tee, _, pan, _ = made
    me = Actor("buyer", stage.buyer_id)
    await _do(
        stage, cracked, lambda c, t: say_line(c, t, me, "buyer", SayInput(text="需要我把杯子寄回去吗？"))
    )
    parcel = SendBackInput(waybill="SF2026000000099", carrier="SF")
    await _do(stage, tee, lambda c, t: goods.send_back(c, t, me, parcel))
    await _do(
        stage, pan, lambda c, t: decide.reject(c, t, stage.merchant, "页面写明锅盖另购，出库照片里没有漏发。")
    )
    words = AppealInput(reason="商品图里有盖子，请平台看看。")
    await _do(stage, pan, lambda c, t: buyer.appeal(c, t, me, words))


async def _do(stage: Stage, return_id: UUID, step: Callable[[Connection, Taken], Any]) -> None:
    await of_buyer(stage.rt, stage.store_id, return_id, stage.buyer_id, step)
