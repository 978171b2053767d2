"""Identifiers: UUIDv7 made in Python (RFC 9562 §5.7), ordered within a process."""

import os
import secrets
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0


def new_id() -> UUID:
    """A UUIDv7: 48 bits of Unix milliseconds, 12 bits of counter, 62 random bits.

    Ids made by one process are strictly increasing in creation order. Across processes they are ordered to about a
    millisecond, which is good enough for keyset pages and never for commit order.
    """
    global _last  # noqa: PLW0603  # the counter must be shared by the whole process
    stamp = (time.time_ns() // 1_000_000) << 12
    with _lock:
        stamp = _last + 1 if stamp <= _last else stamp
        _last = stamp
    value = (stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62
    return UUID(int=value | int.from_bytes(os.urandom(8), "big") >> 2)


def secret_token(nbytes: int = 32) -> str:
    """An unguessable URL-safe token."""
    return secrets.token_urlsafe(nbytes)


def digits(count: int) -> str:
    """`count` unpredictable decimal digits, for codes that people read out."""
    return f"{secrets.randbelow(10**count):0{count}d}"
