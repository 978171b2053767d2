"""Asking for a transfer, following it, taking it back, and what the user does with it.

Source: pay.weixin.qq.com, "发起转账", "查询转账单", "撤销转账", "商家转账回调通知".
"""

import re
import secrets

from wechat_sandbox import ids
from wechat_sandbox.clock import china_time
from wechat_sandbox.http import ControlError
from wechat_sandbox.pay.errors import PayError, invalid_request, param_error
from wechat_sandbox.pay.fields import Fields, fingerprint_of
from wechat_sandbox.pay.gateway import PayCall, PayReply
from wechat_sandbox.state import Sandbox
from wechat_sandbox.transfer.balance import balance
from wechat_sandbox.transfer.book import LIVE, State, Transfer

OUT_BILL_NO = re.compile(r"[0-9A-Za-z]{1,32}")
OPENID = re.compile(r"[0-9A-Za-z_\-]{6,64}")
SCENES = frozenset(("1000", "1001", "1002", "1004", "1005", "1006", "1009", "1010", "1011", "1013"))
MOST_REPORTS = 10
LEAST, MOST = 10, 20_000_000
NAME_FROM, NAMED_FROM = 30, 200_000  # a name may be given from ¥0.30 and must be from ¥2,000


def ask(sandbox: Sandbox, call: PayCall) -> PayReply:
    """Accept a transfer. The merchant's number makes it idempotent. Raises PayError."""
    fields = Fields(call.body)
    number = fields.text("out_bill_no", 32, pattern=OUT_BILL_NO)
    transfer = _read(sandbox, call, fields, number)
    known = sandbox.transfers.by_number(call.merchant.mchid, number)
    if known is not None:
        if known.fingerprint != transfer.fingerprint:
            raise invalid_request("商户单号重复，但请求参数与原请求不一致")
        return PayReply(200, known.accepted())
    if transfer.amount > balance(sandbox, call.merchant.mchid)["available"]:
        raise PayError(403, "NOT_ENOUGH", "商户运营账户资金不足")
    sandbox.transfers.save(transfer)
    if sandbox.config.transfer_accepted_s <= 0:
        transfer.state = "WAIT_USER_CONFIRM"
        sandbox.transfers.save(transfer)
    plan(sandbox, transfer)
    return PayReply(200, transfer.accepted())


def query_by_number(sandbox: Sandbox, call: PayCall, out_bill_no: str) -> PayReply:
    """A transfer by the merchant's number. Raises PayError 404."""
    return PayReply(200, _of(sandbox.transfers.by_number(call.merchant.mchid, out_bill_no)).describe())


def query_by_bill(sandbox: Sandbox, call: PayCall, transfer_bill_no: str) -> PayReply:
    """A transfer by the platform's number. Raises PayError 404."""
    return PayReply(200, _of(sandbox.transfers.by_bill(call.merchant.mchid, transfer_bill_no)).describe())


def take_back(sandbox: Sandbox, call: PayCall, out_bill_no: str) -> PayReply:
    """The merchant cancels a transfer that nobody confirmed yet. Raises PayError."""
    transfer = _of(sandbox.transfers.by_number(call.merchant.mchid, out_bill_no))
    if transfer.state == "CANCELLED":
        pass
    elif transfer.state in LIVE:
        settle(sandbox, transfer, "CANCELLED")
    else:
        raise invalid_request("转账单状态不可撤销")
    return PayReply(
        200,
        {
            "out_bill_no": transfer.out_bill_no,
            "transfer_bill_no": transfer.transfer_bill_no,
            "state": transfer.state,
            "update_time": china_time(transfer.updated_at),
        },
    )


def find(sandbox: Sandbox, package_info: str) -> Transfer:
    """The transfer behind a confirmation page. Raises ControlError 404."""
    transfer = sandbox.transfers.by_package(package_info)
    if transfer is None:
        raise ControlError(404, "PACKAGE", "没有这个 package_info / no such package_info")
    return transfer


def check_open(sandbox: Sandbox, transfer: Transfer) -> None:
    """Raises ControlError 409 with the reason why this transfer cannot be confirmed now."""
    if transfer.state == "SUCCESS":
        raise ControlError(409, "RECEIVED", "已收款 / it was confirmed")
    if transfer.state == "CANCELLED":
        raise ControlError(409, "CANCELLED", "商户已撤销 / the merchant took it back")
    if transfer.state == "FAIL" or sandbox.clock.now() >= transfer.confirm_by:
        raise ControlError(409, "OVERDUE", "已超过确认时间，款项已退回商户 / the time to confirm is over")
    if transfer.state == "ACCEPTED":
        raise ControlError(409, "ACCEPTED", "转账处理中，请稍后 / not ready to be confirmed yet")


def confirm(sandbox: Sandbox, package_info: str, openid: str | None = None) -> Transfer:
    """The user takes the money. Raises ControlError; `openid` says who, if the caller wants it checked."""
    transfer = find(sandbox, package_info)
    check_open(sandbox, transfer)
    if openid is not None and openid != transfer.openid:
        raise ControlError(409, "OPENID", "不是收款用户本人 / is not the user it was made for")
    settle(sandbox, transfer, "SUCCESS")
    return transfer


def plan(sandbox: Sandbox, transfer: Transfer) -> None:
    """Let the transfer become confirmable, and fall due, at their times."""

    async def ready() -> None:
        if transfer.state == "ACCEPTED":
            transfer.state, transfer.updated_at = "WAIT_USER_CONFIRM", sandbox.clock.now()
            sandbox.transfers.save(transfer)

    async def over() -> None:
        if transfer.state in LIVE:
            settle(sandbox, transfer, "FAIL", "OVERDUE_CLOSE")

    if transfer.state == "ACCEPTED":
        sandbox.agenda.at(transfer.created_at + sandbox.config.transfer_accepted_s, ready)
    sandbox.agenda.at(transfer.confirm_by, over)


def resume(sandbox: Sandbox) -> None:
    """Take up what an earlier run left under way."""
    for transfer in sandbox.transfers.live():
        plan(sandbox, transfer)


def settle(sandbox: Sandbox, transfer: Transfer, state: State, reason: str | None = None) -> None:
    """Give the transfer its result and notify the merchant."""
    transfer.state, transfer.fail_reason, transfer.updated_at = state, reason, sandbox.clock.now()
    sandbox.transfers.save(transfer)
    sandbox.seen.record(
        "transfer",
        f"{transfer.amount / 100:.2f} CNY → {state}",
        mood="ok" if state == "SUCCESS" else "warn",
        subject=transfer.out_bill_no,
        transfer=transfer.describe(),
    )
    merchant = sandbox.merchants.get(transfer.mchid)
    if merchant is None or transfer.notify_url is None:
        return
    resource = {
        name: value
        for name, value in transfer.describe().items()
        if name not in ("appid", "transfer_remark", "package_info")
    }
    sandbox.delivery.notify(
        merchant,
        url=transfer.notify_url,
        event_type="MCHTRANSFER.BILL.FINISHED",
        original_type="mch_payment",
        summary="商家转账单据终态通知",
        subject=transfer.out_bill_no,
        resource=resource,
    )


def _read(sandbox: Sandbox, call: PayCall, fields: Fields, number: str) -> Transfer:
    appid = fields.text("appid", 32)
    if appid not in call.merchant.appids:
        raise param_error("/appid", "与商户号不匹配 / is not the merchant's", appid)
    openid = fields.text("openid", 64, pattern=OPENID)
    owner = sandbox.users.app_of(openid)
    if owner is not None and owner != appid:
        raise param_error("/openid", "与 appid 不匹配 / belongs to another app", openid)
    scene = fields.text("transfer_scene_id", 36)
    if scene not in SCENES:
        raise param_error("/transfer_scene_id", "转账场景未开通 / unknown", scene)
    amount = fields.integer("transfer_amount", least=LEAST, most=MOST)
    name = None
    if fields.has("user_name"):
        if amount < NAME_FROM:
            raise param_error("/user_name", "金额小于 0.3 元时不支持 / not below ¥0.30")
        name = call.sensitive("/user_name", fields.text("user_name", 1024))
    elif amount >= NAMED_FROM:
        raise param_error("/user_name", "金额达到 2000 元时必填 / is required from ¥2,000")
    _check_report(fields)
    return Transfer(
        mchid=call.merchant.mchid,
        appid=appid,
        out_bill_no=number,
        transfer_bill_no=ids.transfer_bill_no(call.now),
        package_info=secrets.token_urlsafe(48),
        openid=openid,
        amount=amount,
        remark=fields.text("transfer_remark", 32),
        scene_id=scene,
        fingerprint=fingerprint_of(call.body, without={"user_name"}),
        created_at=call.now,
        updated_at=call.now,
        confirm_by=call.now + sandbox.config.transfer_confirm_s,
        notify_url=fields.address("notify_url") if fields.has("notify_url") else None,
        user_name=name,
    )


def _check_report(fields: Fields) -> None:
    """What a scene has to say about itself, e.g. post and reason of a commission."""
    for one in fields.inner_list("transfer_scene_report_infos", most=MOST_REPORTS):
        one.text("info_type", 15)
        one.text("info_content", 32)


def _of(transfer: Transfer | None) -> Transfer:
    if transfer is None:
        raise PayError(404, "NOT_FOUND", "记录不存在")
    return transfer
