"""Profit sharing of merchants below a platform: the e-commerce product's addresses and names over the same book.

Source: pay.weixin.qq.com, 平台收付通 "请求分账", "查询分账结果", "完结分账", "请求分账回退", "查询分账回退结果", "添加分账接收方".
"""

from dataclasses import replace
from typing import Any

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from wechat_sandbox.http import Answer, HttpRequest
from wechat_sandbox.pay.errors import param_error
from wechat_sandbox.pay.fields import Fields
from wechat_sandbox.pay.gateway import PayCall, PayReply, serve
from wechat_sandbox.pay.product import named
from wechat_sandbox.sharing import give_back, receivers, split
from wechat_sandbox.sharing.book import SplitOrder
from wechat_sandbox.state import Sandbox

BASE = "/v3/ecommerce/profitsharing"
RELATIONS = {
    "SUPPLIER": "SUPPLIER",
    "DISTRIBUTOR": "DISTRIBUTOR",
    "SERVICE_PROVIDER": "SERVICE_PROVIDER",
    "PLATFORM": "HEADQUARTER",
    "OTHERS": "PARTNER",
}
"""The product's own list, and what the book of receivers calls them."""


def routes(sandbox: Sandbox) -> list[HTTPRouteHandler]:
    """The handlers, bound to one sandbox."""

    @post(f"{BASE}/receivers/add", status_code=200)
    async def add_receiver(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: _add(sandbox, call))

    @post(f"{BASE}/receivers/delete", status_code=200)
    async def delete_receiver(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: receivers.delete_receiver(sandbox, call))

    @post(f"{BASE}/orders", status_code=200)
    async def split_order(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: _split(sandbox, call))

    @get(f"{BASE}/orders")
    async def query_split(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: _query(sandbox, call))

    @post(f"{BASE}/finish-order", status_code=200)
    async def finish(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: _finish(sandbox, call))

    @get(f"{BASE}/orders/{{transaction_id:str}}/amounts")
    async def amounts(request: HttpRequest, transaction_id: FromPath[str]) -> Answer:
        return await serve(sandbox, request, lambda call: _amounts(sandbox, call, transaction_id))

    @post(f"{BASE}/returnorders", status_code=200)
    async def return_order(request: HttpRequest) -> Answer:
        return await serve(
            sandbox, request, lambda call: _returned(call, give_back.give_back(sandbox, named(call)))
        )

    @get(f"{BASE}/returnorders")
    async def query_return(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: _query_return(sandbox, call))

    return [
        add_receiver,
        delete_receiver,
        split_order,
        query_split,
        finish,
        amounts,
        return_order,
        query_return,
    ]


def _add(sandbox: Sandbox, call: PayCall) -> PayReply:
    """A receiver of the platform: a merchant's name comes as it is, a person's encrypted."""
    fields = Fields(call.body)
    relation = fields.text("relation_type", 32)
    if relation not in RELATIONS:
        raise param_error("/relation_type", "不在枚举范围 / unknown", relation)
    plain = fields.optional_text("name", 256)
    body = {k: v for k, v in call.body.items() if k not in ("name", "encrypted_name")}
    if fields.has("encrypted_name"):
        body["name"] = fields.text("encrypted_name", 10_240)
    inner = replace(call, body={**body, "relation_type": RELATIONS[relation]})
    receivers.add_receiver(sandbox, inner, plain)
    return PayReply(200, {"type": fields.text("type", 32), "account": fields.text("account", 64)})


def _split(sandbox: Sandbox, call: PayCall) -> PayReply:
    fields, body = Fields(call.body), dict(call.body)
    body["receivers"] = [
        {
            "type": one.text("type", 32),
            "account": one.text("receiver_account", 64),
            "amount": one.integer("amount", least=1),
            "description": one.text("description", 80),
            **({"name": one.text("receiver_name", 10_240)} if one.has("receiver_name") else {}),
        }
        for one in fields.inner_list("receivers", most=split.MOST_RECEIVERS)
    ]
    if not fields.has("finish"):
        raise param_error("/finish", "必填 / is required")
    body["unfreeze_unsplit"] = fields.flag("finish")
    split.split(sandbox, replace(named(call), body=body))
    return _described(sandbox, call, fields.text("out_order_no", 64))


def _finish(sandbox: Sandbox, call: PayCall) -> PayReply:
    """Accepted only: whether it is done the query tells."""
    split.unfreeze(sandbox, named(call))
    order = _found(sandbox, call, str(call.body["out_order_no"]))
    return PayReply(200, _head(call.body["sub_mchid"], order))


def _query(sandbox: Sandbox, call: PayCall) -> PayReply:
    number = call.query.get("out_order_no", "")
    split.query(sandbox, named(call), number)
    return _described(sandbox, call, number)


def _amounts(sandbox: Sandbox, call: PayCall, transaction_id: str) -> PayReply:
    transaction = sandbox.transactions.by_id(transaction_id)
    below = transaction.sub_mchid if transaction else None
    return split.amounts(sandbox, replace(call, below=below), transaction_id)


def _query_return(sandbox: Sandbox, call: PayCall) -> PayReply:
    number = call.query.get("out_return_no", "")
    return _returned(call, give_back.query_return(sandbox, named(call), number))


def _returned(call: PayCall, reply: PayReply) -> PayReply:
    """A return under the product's names."""
    body = dict(reply.body or {})
    body["return_no"] = body.pop("return_id")
    return PayReply(reply.status, {"sub_mchid": (call.body or call.query)["sub_mchid"], **body})


def _described(sandbox: Sandbox, call: PayCall, number: str) -> PayReply:
    """A split order; of one that only ended the sharing its amount, and no receivers."""
    order = _found(sandbox, call, number)
    told = order.describe()
    answer = {**_head((call.body or call.query)["sub_mchid"], order), "status": order.state}
    parts: list[dict[str, Any]] = []
    for part in told["receivers"]:
        account = part.pop("account")
        own = account == call.merchant.mchid and part["description"] == split.UNFROZEN
        if own:
            answer |= {"finish_amount": part["amount"], "finish_description": split.UNFROZEN}
        else:
            merchant = {"receiver_mchid": account} if part["type"] == "MERCHANT_ID" else {}
            parts.append({**part, **merchant, "receiver_account": account})
    return PayReply(200, {**answer, **({"receivers": parts} if parts else {})})


def _found(sandbox: Sandbox, call: PayCall, number: str) -> SplitOrder:
    order = sandbox.sharing.order(call.merchant.mchid, number)
    if order is None:
        raise LookupError(f"split order {number} was accepted and is gone")
    return order


def _head(sub_mchid: str, order: SplitOrder) -> dict[str, Any]:
    return {
        "sub_mchid": sub_mchid,
        "transaction_id": order.transaction_id,
        "out_order_no": order.out_order_no,
        "order_id": order.order_id,
    }
