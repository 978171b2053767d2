"""Fetches a bill into a file that is gone when it is closed, and believes it only when its hash is right."""

import gzip
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import date
from typing import NamedTuple, TextIO

from zhanggui.payments.accounts import Account
from zhanggui.payments.provider import BillKind, OutcomeUnknown
from zhanggui.payments.wechat_pay import translated
from zhanggui.wechat.bill_file import unpacked_sha1

IN_MEMORY = 8_000_000


class BillText(NamedTuple):
    """A bill whose hash is right: its lines from the start, and the hash."""

    lines: TextIO
    sha1: str


@asynccontextmanager
async def bill(account: Account, kind: BillKind, day: date) -> AsyncGenerator[BillText | None]:
    """The bill of a day for the duration of the block; None when the provider has none.

    Raises OutcomeUnknown when it cannot be had now, or when what came is not what its hash says; ProviderRefused.
    """
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as packed:
        said = await account.provider.download_bill(kind, day, packed)
        if said is None:
            yield None
            return
        with translated():
            found = unpacked_sha1(packed)
        if found != said:
            raise OutcomeUnknown(f"the {kind} bill of {day} has the hash {found}, not {said}")
        packed.seek(0)
        with gzip.open(packed, "rt", encoding="utf-8", newline="\n") as lines:
            yield BillText(lines, said)
