"""Identifiers: UUIDv7 made in Python (RFC 9562 §5.7), ordered within a process."""

import os
import secrets
import threading
import time
from uuid import UUID

from asyncpg.pgproto.pgproto import UUID as QuickUUID  # a uuid.UUID in C, as asyncpg reads them

_POOL = 2_048  # bytes drawn from the system at a time: 256 ids

_lock = threading.Lock()
_last = 0
_random = b""
_used = 0


def new_id() -> UUID:
    """A UUIDv7: 48 bits of Unix milliseconds, 12 bits of counter, 62 random bits.

    Ids made by one process are strictly increasing in creation order. Across processes they are ordered to about a
    millisecond, which is good enough for keyset pages and never for commit order.
    """
    global _last, _random, _used  # noqa: PLW0603  # the counter must be shared by the whole process
    stamp = (time.time_ns() // 1_000_000) << 12
    with _lock:
        stamp = _last + 1 if stamp <= _last else stamp
        _last = stamp
        if _used >= len(_random):
            _random, _used = os.urandom(_POOL), 0
        low = int.from_bytes(_random[_used : _used + 8], "big")
        _used += 8
    high = (stamp >> 12) << 16 | 0x7000 | (stamp & 0xFFF)
    return QuickUUID((high << 64 | 0b10 << 62 | low >> 2).to_bytes(16, "big"))


def quick_id(value: UUID | str) -> UUID:
    """The same id as asyncpg reads and writes them: hashing, comparing and sending it takes a tenth of the time that Python's own
    takes. For ids that are looked up often. Raises ValueError for a text that is none.
    """
    return QuickUUID(value) if isinstance(value, str) else QuickUUID(value.bytes)


def _forget_random() -> None:
    """A forked child must not draw what its parent draws."""
    global _random, _used  # as above
    _random, _used = b"", 0


os.register_at_fork(after_in_child=_forget_random)


def secret_token(nbytes: int = 32) -> str:
    """An unguessable URL-safe token."""
    return secrets.token_urlsafe(nbytes)


def digits(count: int) -> str:
    """`count` unpredictable decimal digits, for codes that people read out."""
    return f"{secrets.randbelow(10**count):0{count}d}"


def many_digits(count: int, times: int) -> list[str]:
    """`times` such codes at once, up to nine digits each. Eight random bytes are drawn for each, so that some digits are
    more likely than others by less than one in a thousand million.
    """
    if count > 9:
        raise ValueError("more digits than eight bytes are evenly spread over")
    drawn, most = os.urandom(8 * times), 10**count
    return [f"{int.from_bytes(drawn[i : i + 8], 'big') % most:0{count}d}" for i in range(0, len(drawn), 8)]
