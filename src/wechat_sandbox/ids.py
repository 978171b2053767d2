"""The numbers and names the platform gives out."""

import base64
import hashlib
import secrets

from wechat_sandbox.clock import china_day


def nonce(length: int = 32) -> str:
    """A random text of hexadecimal digits."""
    return secrets.token_hex((length + 1) // 2)[:length]


def stable_id(prefix: str, *parts: str, length: int = 28) -> str:
    """The same text for the same parts, in the alphabet of openid and unionid."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return (prefix + base64.urlsafe_b64encode(digest).decode())[:length]


def openid_for(appid: str, user: str) -> str:
    """The openid of a test user in one app: 28 characters, stable between runs."""
    return stable_id("o", "openid", appid, user)


def unionid_for(user: str) -> str:
    """The unionid of a test user: the same in every app of the sandbox."""
    return stable_id("oU", "unionid", user)


def transaction_id(now: float) -> str:
    """28 digits with the day inside, as WeChat Pay numbers its transactions."""
    return f"4200{secrets.randbelow(10**6):06d}{china_day(now)}{secrets.randbelow(10**10):010d}"


def coupon_id() -> str:
    """12 digits, as WeChat Pay numbers coupons."""
    return f"1{secrets.randbelow(10**11):011d}"


def refund_id(now: float) -> str:
    """29 digits, as WeChat Pay numbers its refunds."""
    return f"5030{secrets.randbelow(10**7):07d}{china_day(now)}{secrets.randbelow(10**10):010d}"


def prepay_id(now: float) -> str:
    """wx, the day, and 26 hexadecimal digits."""
    return f"wx{china_day(now)}{secrets.token_hex(13)}"


def split_order_id(now: float) -> str:
    """28 digits, as WeChat Pay numbers split orders, their parts and returns."""
    return f"3008{secrets.randbelow(10**6):06d}{china_day(now)}{secrets.randbelow(10**10):010d}"


def transfer_bill_no(now: float) -> str:
    """38 digits, as WeChat Pay numbers transfers to users."""
    return f"1330{secrets.randbelow(10**13):013d}{china_day(now)}{secrets.randbelow(10**13):013d}"
