"""Replacing a merchant's keys while everything runs: they are written once, and every process opens the account again."""

from typing import NamedTuple
from uuid import UUID

import msgspec

from zhanggui.core import events
from zhanggui.core.crypto import Sealer
from zhanggui.core.db import Connection, statement
from zhanggui.core.events import Event
from zhanggui.payments.accounts import KEYS_REPLACED, check_keys, open_keys, seal_keys
from zhanggui.payments.inbox import NAME
from zhanggui.wechat.pay_shapes import MerchantAccount

OF_MERCHANT = statement(
    "payments.replace_keys.of_merchant",
    """
    SELECT store_id, id, sealed, version FROM payment_account WHERE provider = $1 AND mchid = $2 ORDER BY store_id, id
    """,
)
REPLACE = statement(
    "payments.replace_keys.replace",
    """
    UPDATE payment_account SET sealed = $4, version = version + 1
    WHERE store_id = $1 AND id = $2 AND version = $3 RETURNING version
    """,
)


class NewKeys(NamedTuple):
    """What is replaced; None leaves a thing as it is. Serial and private key, and public key and its id, come together."""

    serial: str | None = None
    private_key: str | None = None
    api_v3_key: str | None = None
    public_key_id: str | None = None
    public_key: str | None = None


async def replace_keys(conn: Connection, sealer: Sealer, mchid: str, new: NewKeys) -> int:
    """Give every account of this merchant number the new keys; returns how many there are.

    Those retired too: what was paid through them is still asked about, refunded and notified. Raises ValueError for keys
    that cannot be right, and when somebody else replaced them at the same time.
    """
    rows = await conn.fetch(OF_MERCHANT, NAME, mchid)
    for row in rows:
        keys = _with(open_keys(sealer, row), new)
        check_keys(keys)
        store_id: UUID = row["store_id"]
        sealed = seal_keys(sealer, row["id"], keys)
        version = await conn.fetchval(REPLACE, store_id, row["id"], row["version"], sealed)
        if version is None:
            raise ValueError("the keys were replaced by somebody else at the same time; look and try again")
        event = Event(store_id, KEYS_REPLACED, row["id"], None, {"version": version})
        await events.append(conn, [event])
    return len(rows)


def _with(keys: MerchantAccount, new: NewKeys) -> MerchantAccount:
    """What was replaced is kept as the former one: messages made with it are still on their way."""
    if (new.serial is None) != (new.private_key is None):
        raise ValueError("the private key and the serial number of its certificate belong together")
    changes = {name: value for name, value in new._asdict().items() if value is not None}
    if new.api_v3_key not in (None, keys.api_v3_key):
        changes["former_api_v3_key"] = keys.api_v3_key
    if new.public_key_id not in (None, keys.public_key_id) and keys.public_key_id and keys.public_key:
        changes["former_public_keys"] = {keys.public_key_id: keys.public_key}
    return msgspec.structs.replace(keys, **changes)
