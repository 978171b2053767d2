"""Taking pictures and applications, asking about them, and what a person answers.

Source: pay.weixin.qq.com, "图片上传", "二级商户进件 · 提交申请单", "查询申请状态".
"""

import re
from typing import Any

from wechat_sandbox import ids
from wechat_sandbox.accounts.merchants import MerchantOrder
from wechat_sandbox.applyment.book import Applyment, State
from wechat_sandbox.http import ControlError
from wechat_sandbox.pay.errors import PayError, invalid_request, param_error
from wechat_sandbox.pay.fields import Fields, fingerprint_of
from wechat_sandbox.pay.gateway import PayCall, PayReply
from wechat_sandbox.state import Sandbox

OUT_REQUEST_NO = re.compile(r"[0-9A-Za-z_\-]{1,124}")
CREDIT_CODE = re.compile(r"[0-9A-Z]{15,18}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|长期")
ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
NEXT: dict[State, tuple[State, ...]] = {
    "CHECKING": ("ACCOUNT_NEED_VERIFY", "AUDITING", "REJECTED", "NEED_SIGN", "FROZEN"),
    "ACCOUNT_NEED_VERIFY": ("AUDITING", "REJECTED", "FROZEN", "CANCELED"),
    "AUDITING": ("NEED_SIGN", "REJECTED", "FROZEN"),
    "NEED_SIGN": ("FINISH", "FROZEN", "CANCELED"),
    "FROZEN": ("AUDITING", "CANCELED"),
    "REJECTED": (),
    "FINISH": (),
    "CANCELED": (),
}


def upload(sandbox: Sandbox, call: PayCall) -> PayReply:
    """Take a picture; its media id says nothing of it."""
    media_id = ids.stable_id("M", call.merchant.mchid, call.body["sha256"], length=64)
    sandbox.applyments.media[media_id] = call.merchant.mchid
    return PayReply(200, {"media_id": media_id})


def submit(sandbox: Sandbox, call: PayCall) -> PayReply:
    """Take an application; the number makes it idempotent, and a refused one may be overwritten under it. Raises PayError."""
    fields = Fields(call.body)
    number = fields.text("out_request_no", 124, pattern=OUT_REQUEST_NO)
    form = _read(sandbox, call, fields)
    known = sandbox.applyments.by_number(call.merchant.mchid, number)
    fingerprint = fingerprint_of(form)
    if known is not None and known.state != "REJECTED":
        if known.fingerprint != fingerprint:
            raise invalid_request("业务申请编号重复，但资料与原申请不一致")
        return PayReply(200, {"applyment_id": known.applyment_id, "out_request_no": number})
    one = Applyment(
        mchid=call.merchant.mchid,
        out_request_no=number,
        applyment_id=known.applyment_id if known else sandbox.applyments.next_id(),
        fingerprint=fingerprint,
        form=form,
        origin=call.origin,
    )
    sandbox.applyments.save(one)
    return PayReply(200, {"applyment_id": one.applyment_id, "out_request_no": number})


def query(call: PayCall, one: Applyment | None) -> PayReply:
    """How an application stands. Raises PayError 404 for one of another platform too."""
    if one is None or one.mchid != call.merchant.mchid:
        raise PayError(404, "RESOURCE_NOT_EXISTS", "申请单不存在")
    return PayReply(200, one.describe())


def answer(sandbox: Sandbox, applyment_id: int, state: State, reasons: list[dict[str, str]]) -> Applyment:
    """What a person decides; signing makes the merchant. Raises ControlError 404, 409 for what cannot follow."""
    one = sandbox.applyments.get(applyment_id)
    if one is None:
        raise ControlError(404, "APPLYMENT", "没有这个申请单 / no such application")
    if state not in NEXT[one.state]:
        raise ControlError(409, "STATE", f"{one.state} 之后不能是 {state} / cannot follow")
    one.state, one.reasons = state, reasons
    if state == "NEED_SIGN" and not one.sub_mchid:
        platform = sandbox.merchants.get(one.mchid)
        order = MerchantOrder(
            name=one.form["merchant_shortname"],
            sub_of=one.mchid,
            appid=platform.appids[0] if platform else None,
        )
        one.sub_mchid = sandbox.merchants.provide(order).mchid
    sandbox.applyments.save(one)
    sandbox.seen.record(
        "applyment", f"{one.applyment_id} → {state}", subject=one.out_request_no, mchid=one.mchid
    )
    return one


def _read(sandbox: Sandbox, call: PayCall, fields: Fields) -> dict[str, Any]:
    """The form with its sensitive fields decrypted; every field checked as the platform does."""

    def media(inner: Fields, group: str, name: str) -> str:
        found = inner.text(name, 256)
        if sandbox.applyments.media.get(found) != call.merchant.mchid:
            raise param_error(f"/{group}/{name}", "图片不存在 / no such media id", found)
        return found

    def secret(inner: Fields, group: str, name: str) -> str:
        return call.sensitive(f"/{group}/{name}", inner.text(name, 2048))

    kind = fields.text("organization_type", 4)
    if kind not in ("2", "4"):
        raise param_error("/organization_type", "沙箱只收企业和个体工商户 / 2 or 4", kind)
    licence, card = fields.inner("business_license_info"), fields.inner("id_card_info")
    bank, contact, scene = (fields.inner(n) for n in ("account_info", "contact_info", "sales_scene_info"))
    if kind == "2" and not fields.has("owner"):
        raise param_error("/owner", "企业必填 / is required for an enterprise")
    form: dict[str, Any] = {
        "organization_type": kind,
        "business_license_copy": media(licence, "business_license_info", "business_license_copy"),
        "business_license_number": licence.text("business_license_number", 18, pattern=CREDIT_CODE),
        "merchant_name": licence.text("merchant_name", 110, least=2),
        "legal_person": licence.text("legal_person", 100, least=2),
        "id_card_copy": media(card, "id_card_info", "id_card_copy"),
        "id_card_national": media(card, "id_card_info", "id_card_national"),
        "id_card_name": secret(card, "id_card_info", "id_card_name"),
        "id_card_number": secret(card, "id_card_info", "id_card_number"),
        "id_card_valid_time_begin": card.text("id_card_valid_time_begin", 10, pattern=DAY),
        "id_card_valid_time": card.text("id_card_valid_time", 10, pattern=DAY),
        "account_name": secret(bank, "account_info", "account_name"),
        "account_number": secret(bank, "account_info", "account_number"),
        "bank_account_type": bank.text("bank_account_type", 2),
        "account_bank": bank.text("account_bank", 10),
        "bank_address_code": bank.text("bank_address_code", 12),
        "contact_type": contact.text("contact_type", 2),
        "contact_name": secret(contact, "contact_info", "contact_name"),
        "mobile_phone": secret(contact, "contact_info", "mobile_phone"),
        "store_name": scene.text("store_name", 256),
        "store_url": scene.text("store_url", 1024),
        "merchant_shortname": fields.text("merchant_shortname", 64),
    }
    if kind == "2":
        form["id_card_address"] = secret(card, "id_card_info", "id_card_address")
    if kind == "2" and form["bank_account_type"] != "74":
        raise param_error("/account_info/bank_account_type", "企业须为对公账户 / must be 74")
    if ID_NUMBER.fullmatch(form["id_card_number"]) is None:
        raise param_error("/id_card_info/id_card_number", "格式不正确 / malformed")
    return form
