"""Receivers of profit sharing: whom a merchant may share with, added before the first split.

Source: pay.weixin.qq.com, "添加分账接收方", "删除分账接收方", "查询最大分账比例".
"""

from typing import Any

from wechat_sandbox.pay.errors import PayError, invalid_request, param_error
from wechat_sandbox.pay.fields import Fields
from wechat_sandbox.pay.gateway import PayCall, PayReply
from wechat_sandbox.sharing.book import AccountType, Receiver
from wechat_sandbox.state import Sandbox

TYPES = ("MERCHANT_ID", "PERSONAL_OPENID")
RELATIONS = frozenset(
    [
        "STORE",
        "STAFF",
        "STORE_OWNER",
        "PARTNER",
        "HEADQUARTER",
        "BRAND",
        "DISTRIBUTOR",
        "USER",
        "SUPPLIER",
        "CUSTOM",
        "SERVICE_PROVIDER",
    ]
)


def account_type(fields: Fields) -> AccountType:
    """The type of a receiver. Raises PayError."""
    found = fields.text("type", 32)
    if found not in TYPES:
        raise param_error("/type", "不在枚举范围 / unknown", found)
    return found


def check_app(call: PayCall, fields: Fields, *, needed: bool) -> None:
    """`appid` is one of the merchant's; a personal openid needs it. Raises PayError."""
    if not needed and not fields.has("appid"):
        return
    if fields.text("appid", 32) not in call.merchant.appids:
        raise PayError(400, "PARAM_ERROR", "AppID 与商户号不匹配")


def add_receiver(sandbox: Sandbox, call: PayCall, plain: str | None = None) -> PayReply:
    """Add a receiver; the same again is the same. Names come encrypted, unless told in `plain`, and must be the account's.

    Raises PayError.
    """
    fields = Fields(call.body)
    type_, account = account_type(fields), fields.text("account", 64)
    check_app(call, fields, needed=True)
    relation = fields.text("relation_type", 32)
    if relation not in RELATIONS:
        raise param_error("/relation_type", "不在枚举范围 / unknown", relation)
    custom = fields.text("custom_relation", 10) if relation == "CUSTOM" else None
    name = call.sensitive("/name", fields.text("name", 1024)) if fields.has("name") else plain
    _check_account(sandbox, call, type_, account, name)
    receiver = Receiver(
        mchid=call.merchant.mchid,
        type=type_,
        account=account,
        relation_type=relation,
        custom_relation=custom,
        name=name,
    )
    sandbox.sharing.add_receiver(receiver)
    answer: dict[str, Any] = {"type": type_, "account": account, "relation_type": relation}
    if fields.has("name"):
        answer["name"] = call.body["name"]
    if custom is not None:
        answer["custom_relation"] = custom
    return PayReply(200, answer)


def delete_receiver(sandbox: Sandbox, call: PayCall) -> PayReply:
    """Remove a receiver; one that is not there is removed already. Raises PayError."""
    fields = Fields(call.body)
    type_, account = account_type(fields), fields.text("account", 64)
    check_app(call, fields, needed=True)
    known = sandbox.sharing.receiver(call.merchant.mchid, type_, account)
    if known is not None:
        sandbox.sharing.drop_receiver(known)
    return PayReply(200, {"type": type_, "account": account})


def maximum_ratio(sandbox: Sandbox, call: PayCall, mchid: str) -> PayReply:
    """The agreed maximum in ten-thousandths of a payment. Raises PayError 404."""
    del call
    if sandbox.merchants.get(mchid) is None:
        raise PayError(404, "RESOURCE_NOT_EXISTS", "商户不存在")
    return PayReply(200, {"sub_mchid": mchid, "max_ratio": sandbox.sharing.settings(mchid).max_ratio})


def _check_account(
    sandbox: Sandbox, call: PayCall, type_: AccountType, account: str, name: str | None
) -> None:
    if type_ == "MERCHANT_ID":
        merchant = sandbox.merchants.get(account)
        if merchant is None:
            raise invalid_request("分账接收方账号不存在")
        if name is None:
            raise param_error("/name", "商户接收方必填 / is required for a merchant")
        if name != merchant.name:
            raise invalid_request("分账接收方全称与账号不匹配")
        return
    owner = sandbox.users.app_of(account)
    if owner is not None and owner != call.body["appid"]:
        raise invalid_request("分账接收方 openid 与 appid 不匹配")
