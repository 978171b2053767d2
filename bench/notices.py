"""WeChat Pay notifications as the platform would send them, signed by a platform key of our own."""

import base64
import json
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from zhanggui.core.ids import new_id
from zhanggui.wechat.pay_shapes import MerchantAccount


@dataclass(frozen=True)
class Platform:
    """The platform's key pair and the account that trusts it (public-key mode)."""

    key: rsa.RSAPrivateKey
    account: MerchantAccount

    def notice(self, attempt_id: UUID, amount: int) -> tuple[dict[str, str], str]:
        """Headers and body of TRANSACTION.SUCCESS for `amount` fen."""
        now = datetime.now(UTC).astimezone().isoformat(timespec="seconds")
        trade = {"appid": self.account.appid, "mchid": self.account.mchid, "out_trade_no": attempt_id.hex,
                 "transaction_id": f"42{attempt_id.int % 10**26:026d}", "trade_type": "JSAPI", "trade_state": "SUCCESS",
                 "success_time": now, "payer": {"openid": f"o{attempt_id.hex[:27]}"},
                 "amount": {"total": amount, "payer_total": amount, "currency": "CNY", "payer_currency": "CNY"}}  # fmt: skip
        nonce = os.urandom(6).hex()
        sealed = AESGCM(self.account.api_v3_key.encode()).encrypt(
            nonce.encode(), json.dumps(trade).encode(), b"transaction"
        )
        resource = {"original_type": "transaction", "algorithm": "AEAD_AES_256_GCM", "nonce": nonce,
                    "ciphertext": base64.b64encode(sealed).decode(), "associated_data": "transaction"}  # fmt: skip
        body = json.dumps({"id": str(new_id()), "create_time": now, "resource_type": "encrypt-resource",
                           "event_type": "TRANSACTION.SUCCESS", "summary": "paid", "resource": resource})  # fmt: skip
        stamp, word = str(int(time.time())), os.urandom(16).hex()
        signature = self.key.sign(f"{stamp}\n{word}\n{body}\n".encode(), padding.PKCS1v15(), hashes.SHA256())
        headers = {"Wechatpay-Timestamp": stamp, "Wechatpay-Nonce": word,
                   "Wechatpay-Signature": base64.b64encode(signature).decode(),
                   "Wechatpay-Serial": str(self.account.public_key_id), "Content-Type": "application/json"}  # fmt: skip
        return headers, body


def platform() -> Platform:
    """A platform and a merchant of its own."""
    key, merchant = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    private = merchant.private_bytes(
        encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    account = MerchantAccount(
        mchid="1900000001",
        appid="wxbench000000001",
        serial="BENCH",
        private_key=private.decode(),
        api_v3_key=os.urandom(16).hex(),
        public_key_id="PUB_KEY_ID_BENCH",
        public_key=key.public_key().public_bytes(encoding, form).decode(),
    )
    return Platform(key, account)
