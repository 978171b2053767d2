"""A notification as it goes over the wire: encrypted resource, signed headers, and forged variants."""

import secrets
import time
from collections.abc import Collection
from typing import Any, cast

import msgspec

from wechat_sandbox import ids, keys
from wechat_sandbox.accounts.merchants import Merchant, Merchants
from wechat_sandbox.accounts.platform import PlatformKeys
from wechat_sandbox.clock import china_time
from wechat_sandbox.pay.authorization import default_key
from wechat_sandbox.pay.notifications import Notification

PROBE_PREFIX = "WECHATPAY/SIGNTEST/"


class Envelope(msgspec.Struct):
    """Body and headers of one POST."""

    body: bytes
    headers: dict[str, str]


def seal(
    notification: Notification,
    merchant: Merchant,
    merchants: Merchants,
    platform: PlatformKeys,
    faults: Collection[str] = (),
    *,
    facts: dict[str, Any] | None = None,
    mark: str | None = None,
) -> Envelope:
    """Encrypt and sign a notification, with the given faults put in: `facts` told instead of the truth, `mark` as the nonce.

    A merchant that migrates between key modes gets both kinds of signature in turn, as on the platform.
    """
    resource = notification.resource
    if "wrong_amount" in faults:
        resource = with_wrong_amount(resource)
    resource = with_facts(resource, facts or {})
    nonce = ids.nonce(12)
    body = msgspec.json.encode(
        {
            "id": notification.id,
            "create_time": china_time(notification.created_at),
            "resource_type": "encrypt-resource",
            "event_type": notification.event_type,
            "summary": notification.summary,
            "resource": {
                "original_type": notification.original_type,
                "algorithm": "AEAD_AES_256_GCM",
                "ciphertext": keys.encrypt(
                    merchant.api_v3_key, nonce, notification.original_type, msgspec.json.encode(resource)
                ),
                "associated_data": notification.original_type,
                "nonce": nonce,
            },
        }
    )
    prefer_public = (len(notification.attempts) + int(notification.id[-1], 16)) % 2 == 0
    serial, key = default_key(merchant, merchants, platform, prefer_public=prefer_public)
    if "forge_key" in faults:
        key = platform.forger
    stamp, mark = str(int(time.time())), mark or ids.nonce()
    signature = keys.sign(key, stamp, mark, body.decode())
    if "bad_signature" in faults:
        signature = keys.sign(key, stamp, mark, "another body")
    return Envelope(body, headers(serial, stamp, mark, signature))


def seal_probe(
    notification: Notification, merchant: Merchant, merchants: Merchants, platform: PlatformKeys
) -> Envelope:
    """A probe of the kind the platform sends by itself: a signature that must be refused."""
    envelope = seal(notification, merchant, merchants, platform)
    envelope.headers["Wechatpay-Signature"] = PROBE_PREFIX + secrets.token_urlsafe(64)
    return envelope


def headers(serial: str, stamp: str, mark: str, signature: str) -> dict[str, str]:
    """The signature headers of answers and notifications."""
    return {
        "Content-Type": "application/json",
        "Wechatpay-Serial": serial,
        "Wechatpay-Timestamp": stamp,
        "Wechatpay-Nonce": mark,
        "Wechatpay-Signature": signature,
        "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
    }


def with_facts(resource: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    """The same with `facts` in it; inside an object they replace its fields, inside a list those of its first."""
    told = dict(resource)
    for name, value in facts.items():
        known = told.get(name)
        if isinstance(value, dict) and isinstance(known, list) and known:
            first, *others = cast(list[dict[str, Any]], known)
            told[name] = [with_facts(first, cast(dict[str, Any], value)), *others]
        elif isinstance(value, dict) and isinstance(known, dict):
            told[name] = with_facts(cast(dict[str, Any], known), cast(dict[str, Any], value))
        else:
            told[name] = value
    return told


def with_wrong_amount(body: dict[str, Any]) -> dict[str, Any]:
    """The same with each amount one fen more; of a combined payment only the first sub-order's."""
    if isinstance(parts := body.get("sub_orders"), list) and parts:
        first, *others = cast(list[dict[str, Any]], parts)
        return {**body, "sub_orders": [with_wrong_amount(first), *others]}
    if not isinstance(amount := body.get("amount"), dict):
        return body
    more = {n: v + 1 if isinstance(v, int) else v for n, v in cast(dict[str, Any], amount).items()}
    return {**body, "amount": more}
