"""Who sends a request, and which of the platform's keys answers it.

Source: pay.weixin.qq.com, "签名认证": the signed text is method, path with query, timestamp, nonce and
body, each followed by a line feed; a request may be five minutes off.
"""

import re
import time

from cryptography.hazmat.primitives.asymmetric import rsa

from wechat_sandbox.accounts.merchants import Merchant, Merchants
from wechat_sandbox.accounts.platform import PlatformKeys
from wechat_sandbox.pay.errors import PayError, sign_error

SCHEME = "WECHATPAY2-SHA256-RSA2048"
MAX_SKEW_S = 300
FIELDS = frozenset({"mchid", "nonce_str", "signature", "timestamp", "serial_no"})
_PAIR = re.compile(r'([a-z_]+)="([^"]*)"')


def authenticate(merchants: Merchants, header: str, method: str, target: str, body: bytes) -> Merchant:
    """The merchant who signed this request. Raises PayError 401 SIGN_ERROR."""
    if not header:
        raise sign_error("Http头Authorization值为空，请检查是否携带了签名信息")
    scheme, _, rest = header.partition(" ")
    if scheme != SCHEME:
        raise sign_error(f"Http头Authorization认证类型不正确，应为{SCHEME}")
    claims = dict(_PAIR.findall(rest))
    if missing := FIELDS - claims.keys():
        raise sign_error(f"Http头Authorization缺少 {'、'.join(sorted(missing))}")
    merchant = merchants.get(claims["mchid"])
    if merchant is None:
        raise sign_error("商户号不存在", {"mchid": claims["mchid"]})
    if claims["serial_no"].upper() != merchant.serial_no:
        raise sign_error("商户证书序列号有误", {"serial_no": claims["serial_no"]})
    # Real time on purpose: see wechat_sandbox.clock.
    if not claims["timestamp"].isdigit() or abs(time.time() - int(claims["timestamp"])) > MAX_SKEW_S:
        raise sign_error("Http头Authorization中的timestamp与发起请求的时间不得超过5分钟")
    head = f"{method}\n{target}\n{claims['timestamp']}\n{claims['nonce_str']}\n"
    if not merchants.verifies(merchant, claims["signature"], head.encode() + body + b"\n"):
        detail = {"method": method, "url": target, "sign_message_length": len(head.encode()) + len(body) + 1}
        raise sign_error("签名错误，请检查后再试", detail)
    return merchant


def answering_key(
    merchant: Merchant, merchants: Merchants, platform: PlatformKeys, wanted: str | None
) -> tuple[str, rsa.RSAPrivateKey]:
    """(serial, key) that signs the answer: the one named by Wechatpay-Serial, else the merchant's mode.

    Raises PayError 400 when the merchant does not have the key it names.
    """
    if wanted:
        if wanted in {merchant.public_key_id, *merchant.own_public_keys} and merchant.trusts_public_key:
            return wanted, merchants.public_mode_key(merchant, wanted)
        certificate = platform.find(wanted)
        if certificate is not None and merchant.trusts_certificate:
            return certificate.serial, certificate.key
        raise PayError(
            400, "PARAM_ERROR", "Http头Wechatpay-Serial不是该商户可用的平台证书序列号或微信支付公钥ID"
        )
    return default_key(merchant, merchants, platform, prefer_public=False)


def default_key(
    merchant: Merchant, merchants: Merchants, platform: PlatformKeys, *, prefer_public: bool
) -> tuple[str, rsa.RSAPrivateKey]:
    """(serial, key) of the merchant's mode; `prefer_public` decides for one that is migrating."""
    use_public = merchant.mode == "public_key" or (merchant.mode == "both" and prefer_public)
    if use_public:
        return merchant.public_key_id, merchants.public_mode_key(merchant, merchant.public_key_id)
    return platform.current.serial, platform.current.key
