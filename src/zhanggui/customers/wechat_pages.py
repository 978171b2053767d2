"""A page inside WeChat learns the buyer's openid from the official account, to be paid there.

The openid serves payments only: nobody signs in with it, no unionid is kept with it, and so no accounts become one.
"""

import hmac
import os
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import statement
from zhanggui.core.errors import ShopError
from zhanggui.core.ids import new_id
from zhanggui.core.runtime import Runtime
from zhanggui.wechat.apps import official_account
from zhanggui.wechat.errors import WeChatRefused, WeChatUnknown

PROVIDER = "wechat_oa"
PAY_PAGE = "/#/settle/pay/index?wechat=1"
"""The only page that buyers come back to; what was to be paid the page remembers itself."""
STATE_SECONDS = 600
HEAD_BYTES, MAC_BYTES = 12, 16

# Whoever holds the phone now is who pays with it: an openid known for another buyer moves here.
KNOW = statement(
    "customers.wechat_pages.know",
    """
    INSERT INTO customer_identity (customer_id, id, provider, appid, subject, created_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (provider, appid, subject)
      DO UPDATE SET customer_id = excluded.customer_id, id = excluded.id, created_at = excluded.created_at
    """,
)


async def authorization(rt: Runtime, customer_id: UUID) -> str:
    """The address to go to. Raises 409 `official_account_not_set_up`."""
    account = await official_account(rt)
    state = make_state(rt, account.appid, customer_id)
    return account.authorize_address(f"{rt.config.shop_origin}{PAY_PAGE}", state)


async def come_back(rt: Runtime, customer_id: UUID, code: str, state: str) -> None:
    """Exchange the code and keep the openid as the buyer's.

    Raises 400 `wechat_state_invalid` (forged, over, another buyer's), 400 `wechat_code_refused`, 502
    `wechat_unavailable`, 409 `official_account_not_set_up`.
    """
    account = await official_account(rt)
    if not state_holds(rt, account.appid, customer_id, state):
        raise ShopError("wechat_state_invalid", 400, field="state")
    try:
        openid = await account.openid_of(code)
    except WeChatRefused as fault:
        raise ShopError("wechat_code_refused", 400, field="code") from fault
    except WeChatUnknown as fault:
        raise ShopError("wechat_unavailable", 502) from fault
    await rt.db.execute(KNOW, customer_id, new_id(), PROVIDER, account.appid, openid, clock.now())


def make_state(rt: Runtime, appid: str, customer_id: UUID) -> str:
    """56 letters and digits (the platform allows nothing else), good for ten minutes and this buyer only."""
    head = (int(clock.now().timestamp()) + STATE_SECONDS).to_bytes(4, "big") + os.urandom(HEAD_BYTES - 4)
    return (head + _mac(rt, appid, customer_id, head)).hex()


def state_holds(rt: Runtime, appid: str, customer_id: UUID, state: str) -> bool:
    """Whether we made this state for this buyer and account, not longer ago than it lives."""
    try:
        raw = bytes.fromhex(state)
    except ValueError:
        return False
    head, mac = raw[:HEAD_BYTES], raw[HEAD_BYTES:]
    if not hmac.compare_digest(mac, _mac(rt, appid, customer_id, head)):
        return False
    return int.from_bytes(head[:4], "big") > clock.now().timestamp()


def _mac(rt: Runtime, appid: str, customer_id: UUID, head: bytes) -> bytes:
    return rt.signer.mac("wechat-page-state", head + customer_id.bytes + appid.encode())[:MAC_BYTES]
