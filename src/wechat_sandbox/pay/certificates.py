"""Downloading the platform's certificates. Source: pay.weixin.qq.com, "下载平台证书"."""

from cryptography import x509

from wechat_sandbox import ids, keys
from wechat_sandbox.clock import china_time
from wechat_sandbox.pay.errors import PayError
from wechat_sandbox.pay.gateway import PayCall, PayReply
from wechat_sandbox.state import Sandbox


def certificates(sandbox: Sandbox, call: PayCall) -> PayReply:
    """All valid certificates, encrypted with the merchant's API v3 key.

    A merchant in public-key mode only has none: 404 RESOURCE_NOT_EXISTS.
    """
    if not call.merchant.trusts_certificate:
        raise PayError(
            404, "RESOURCE_NOT_EXISTS", "无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥"
        )
    listed: list[dict[str, object]] = []
    for certificate in reversed(sandbox.platform.certificates):
        parsed, nonce = x509.load_pem_x509_certificate(certificate.pem.encode()), ids.nonce(12)
        listed.append(
            {
                "serial_no": certificate.serial,
                "effective_time": china_time(parsed.not_valid_before_utc.timestamp()),
                "expire_time": china_time(parsed.not_valid_after_utc.timestamp()),
                "encrypt_certificate": {
                    "algorithm": "AEAD_AES_256_GCM",
                    "nonce": nonce,
                    "associated_data": "certificate",
                    "ciphertext": keys.encrypt(
                        call.merchant.api_v3_key, nonce, "certificate", certificate.pem.encode()
                    ),
                },
            }
        )
    return PayReply(200, {"data": listed})
