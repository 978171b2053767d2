"""What a process does in a race for the book (tests.support.racing): it posts payments."""

import asyncio
import sys
from typing import Any
from uuid import UUID

from tests.ledger.books import put
from zhanggui.core.db import Connection
from zhanggui.core.runtime import Runtime
from zhanggui.ledger import recipes
from zhanggui.ledger.recipes import Money

BOOK = sys.modules["zhanggui.ledger.post"]


def unguard() -> None:
    """Entries are numbered without locking the book."""
    BOOK._open = _unlocked_open  # type: ignore[attr-defined]  # the guard is what is switched off


async def _unlocked_open(conn: Connection, store_id: UUID, _accounts: Any, lines: int) -> int:
    known = await conn.fetchval("SELECT entries FROM ledger_book WHERE store_id = $1", store_id)
    await asyncio.sleep(0)  # somebody else may be here
    return (known or 0) + lines


async def act(rt: Runtime, errand: dict[str, Any]) -> dict[str, Any]:
    moneys = [
        Money(UUID(one), UUID(int=1), UUID(int=2), UUID(int=3), amount, 6)
        for one, amount in errand["payments"]
    ]
    new = await put(rt.db, UUID(errand["store"]), *(recipes.payment(m) for m in moneys))
    return {"code": "posted", "new": new}
