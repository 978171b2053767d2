"""A merchant's keys: checked, sealed, replaced while everything runs (every process then opens the account again), journalled."""

from typing import NamedTuple
from uuid import UUID

import msgspec

from zhanggui.core import changes, events
from zhanggui.core.changes import By
from zhanggui.core.crypto import Sealer
from zhanggui.core.db import Connection, Row, statement
from zhanggui.core.events import Event
from zhanggui.payments.inbox import NAME
from zhanggui.wechat.pay_shapes import MerchantAccount
from zhanggui.wechat.signing import MerchantSigner, PlatformKeys

KEYS_REPLACED = "payment_account.keys_replaced"
PAYMENT = "payment"
"""What the journal of changed settings calls these keys."""
SHOWN = 4
"""Of a secret, its last characters."""

OF_MERCHANT = statement(
    "payments.keys.of_merchant",
    """
    SELECT store_id, id, sealed, version FROM payment_account WHERE provider = $1 AND mchid = $2 ORDER BY store_id, id
    """,
)
REPLACE = statement(
    "payments.keys.replace",
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


def keys_of(account: MerchantAccount) -> NewKeys:
    """Every key of an account."""
    return NewKeys(*(getattr(account, name) for name in NewKeys._fields))


async def replace_keys(
    conn: Connection, sealer: Sealer, mchid: str, new: NewKeys, by: By | None = None
) -> int:
    """Give every account of this merchant number the new keys; returns how many there are.

    Those retired too: what was paid through them is still asked about, refunded and notified. `by` goes into the journal of
    every store concerned (the sandbox's own keys are not worth an entry). Raises ValueError for keys that cannot be right, and
    when somebody else replaced them at the same time.
    """
    rows = await conn.fetch(OF_MERCHANT, NAME, mchid)
    told: list[Event] = []
    detail = dict[str, str]()
    for row in rows:
        keys = _with(open_keys(sealer, row), new)
        check_keys(keys)
        store_id: UUID = row["store_id"]
        sealed = seal_keys(sealer, row["id"], keys)
        version = await conn.fetchval(REPLACE, store_id, row["id"], row["version"], sealed)
        if version is None:
            raise ValueError("the keys were replaced by somebody else at the same time; look and try again")
        told.append(Event(store_id, KEYS_REPLACED, row["id"], None, {"version": version}))
        detail = {"ends_with": keys.api_v3_key[-SHOWN:], "serial": keys.serial}
    await events.append(conn, told)
    if by is not None:
        await changes.record(conn, {event.store_id for event in told}, by, PAYMENT, mchid, detail)
    return len(rows)


def check_keys(account: MerchantAccount) -> None:
    """Raises ValueError for keys that cannot be right: they are refused before anybody relies on them."""
    MerchantSigner(account.mchid, account.serial, account.private_key)
    if len(account.api_v3_key.encode()) != 32:
        raise ValueError("the API v3 key is 32 bytes")
    if (account.public_key_id is None) != (account.public_key is None):
        raise ValueError("the platform's public key and its id belong together")
    public = {account.public_key_id: account.public_key or ""} if account.public_key_id else {}
    PlatformKeys(account.certificates, public)


def open_keys(sealer: Sealer, row: Row) -> MerchantAccount:
    """What is sealed in an account's row (columns id, sealed)."""
    return msgspec.json.decode(
        sealer.open(row["sealed"], "payment_account", "sealed", row["id"]), type=MerchantAccount
    )


def seal_keys(sealer: Sealer, account_id: UUID, keys: MerchantAccount) -> bytes:
    """The same, sealed for this row."""
    return sealer.seal(msgspec.json.encode(keys).decode(), "payment_account", "sealed", account_id)


def _with(keys: MerchantAccount, new: NewKeys) -> MerchantAccount:
    """What was replaced is kept as the former one: messages made with it are still on their way."""
    if (new.serial is None) != (new.private_key is None):
        raise ValueError("the private key and the serial number of its certificate belong together")
    if (new.public_key_id is None) != (new.public_key is None):
        raise ValueError("the platform's public key and its id belong together")
    replaced = {name: value for name, value in new._asdict().items() if value is not None}
    if new.api_v3_key not in (None, keys.api_v3_key):
        replaced["former_api_v3_key"] = keys.api_v3_key
    if new.public_key_id not in (None, keys.public_key_id) and keys.public_key_id and keys.public_key:
        replaced["former_public_keys"] = {keys.public_key_id: keys.public_key}
    return msgspec.structs.replace(keys, **replaced)
