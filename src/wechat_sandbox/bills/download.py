"""Asking for a bill and downloading it.

Source: pay.weixin.qq.com, "申请交易账单", "申请资金账单", "下载账单": yesterday's is ready after 10:00, three months are kept, the
address lives five minutes, hash_value is the SHA-1 of the file before it was packed, the download is signed by the merchant and
answered without a signature.
"""

import gzip
import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast, get_args

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from wechat_sandbox import ids, keys
from wechat_sandbox.accounts.merchants import Merchant
from wechat_sandbox.bills.files import Waiting
from wechat_sandbox.bills.rows import day_begins
from wechat_sandbox.bills.text import BillType, flow_bill, trade_bill
from wechat_sandbox.clock import CHINA
from wechat_sandbox.pay.errors import PayError, param_error
from wechat_sandbox.pay.gateway import PayCall, PayReply
from wechat_sandbox.state import Sandbox

READY_AT = timedelta(hours=10)
KEPT = timedelta(days=92)
URL_LIVES_S = 300


def ask_trade_bill(sandbox: Sandbox, call: PayCall) -> PayReply:
    """Where the trade bill of a day is. Raises PayError: PARAM_ERROR, STATEMENT_CREATING, NO_STATEMENT_EXIST."""
    kind = call.query.get("bill_type") or "ALL"
    if kind not in get_args(BillType):
        raise param_error("bill_type", "不在枚举范围 / unknown", kind, "query")
    return _ask(
        sandbox,
        call,
        lambda merchant, day: trade_bill(
            sandbox, merchant, day, cast("BillType", kind), call.query.get("sub_mchid")
        ),
    )


def ask_flow_bill(sandbox: Sandbox, call: PayCall) -> PayReply:
    """Where the fund-flow bill of a day is. Raises PayError as above; only the account BASIC has one."""
    account = call.query.get("account_type") or "BASIC"
    if account not in ("BASIC", "OPERATION", "FEES"):
        raise param_error("account_type", "不在枚举范围 / unknown", account, "query")
    return _ask(
        sandbox, call, lambda merchant, day: flow_bill(sandbox, merchant, day) if account == "BASIC" else None
    )


def ask_sub_flow_bill(sandbox: Sandbox, call: PayCall) -> PayReply:
    """Where the encrypted fund-flow bill of a merchant below the platform is (申请单个子商户资金账单).

    The file's key comes encrypted under the caller's certificate. Raises PayError as above; NO_AUTH for a merchant that is
    not below the caller.
    """
    sub = call.query.get("sub_mchid", "")
    below = sandbox.merchants.get(sub)
    if below is None or below.sub_of != call.merchant.mchid:
        raise PayError(403, "NO_AUTH", "商户无权下载该子商户的账单")
    algorithm = call.query.get("algorithm", "")
    if algorithm != "AEAD_AES_256_GCM":
        raise param_error("algorithm", "只支持 AEAD_AES_256_GCM / only that", algorithm, "query")
    account = call.query.get("account_type", "")
    if account not in ("BASIC", "OPERATION", "FEES", "DEPOSIT"):
        raise param_error("account_type", "不在枚举范围 / unknown", account, "query")
    plain = _written(
        call, lambda merchant, day: flow_bill(sandbox, merchant, day, sub) if account == "BASIC" else None
    )
    key, nonce = ids.nonce(32), ids.nonce(12)
    content = AESGCM(key.encode()).encrypt(nonce.encode(), _packed(call, plain), b"")
    one = {
        "bill_sequence": 1,
        **_kept(sandbox, call, plain, content),
        "encrypt_key": keys.seal_field(call.merchant.certificate, key),
        "nonce": nonce,
    }
    return PayReply(200, {"download_bill_count": 1, "download_bill_list": [one]})


def fetch(sandbox: Sandbox, call: PayCall) -> PayReply:
    """The file itself. Raises PayError when the address is over or another merchant's."""
    waiting = sandbox.bill_files.get(call.query.get("token", ""))
    if waiting is None or waiting.until < call.now:
        raise PayError(403, "NO_AUTH", "账单下载地址已失效，请重新申请")
    if waiting.mchid != call.merchant.mchid:
        raise PayError(403, "NO_AUTH", "商户无权下载该账单")
    return PayReply(200, None, file=waiting.content)


def _ask(sandbox: Sandbox, call: PayCall, write: Callable[[Merchant, str], str | None]) -> PayReply:
    plain = _written(call, write)
    return PayReply(200, _kept(sandbox, call, plain, _packed(call, plain)))


def _written(call: PayCall, write: Callable[[Merchant, str], str | None]) -> bytes:
    packed = call.query.get("tar_type")
    if packed not in (None, "", "GZIP"):
        raise param_error("tar_type", "只支持 GZIP / only GZIP", packed, "query")
    day = call.query.get("bill_date", "")
    try:
        begins = datetime.fromtimestamp(day_begins(day), CHINA)
    except ValueError as error:
        raise param_error("bill_date", "格式应为 YYYY-MM-DD / malformed", day, "query") from error
    now = datetime.fromtimestamp(call.now, CHINA)
    if begins.date() >= now.date() or now - begins > KEPT:
        raise param_error("bill_date", "只能下载近三个月、昨天以前的账单 / out of range", day, "query")
    if now < begins + timedelta(days=1) + READY_AT:
        raise PayError(400, "STATEMENT_CREATING", "账单生成中，请在上午10点以后再下载")
    text = write(call.merchant, day)
    if text is None:
        raise PayError(400, "NO_STATEMENT_EXIST", "账单文件不存在，请检查指定日期内是否有成功的交易")
    return text.encode()


def _packed(call: PayCall, plain: bytes) -> bytes:
    return gzip.compress(plain, compresslevel=1) if call.query.get("tar_type") else plain


def _kept(sandbox: Sandbox, call: PayCall, plain: bytes, content: bytes) -> dict[str, str]:
    """The file can be fetched from now on; how its hash and address are told."""
    token = ids.nonce(32)
    files = sandbox.bill_files
    for old in [name for name, waiting in files.items() if waiting.until < call.now]:
        del files[old]
    files[token] = Waiting(call.merchant.mchid, content, call.now + URL_LIVES_S)
    return {
        "hash_type": "SHA1",
        "hash_value": hashlib.sha1(plain).hexdigest(),  # noqa: S324  # the platform's choice
        "download_url": f"{call.origin}/v3/billdownload/file?token={token}",
    }
