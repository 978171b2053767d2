"""argon2id hashes, made and checked off the event loop, a few at a time."""

import asyncio

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from zhanggui.core.runtime import Runtime

AT_ONCE = 2  # a hash takes 64 MB and tens of milliseconds: a burst of sign-ins must not take the machine
_hasher = PasswordHash((Argon2Hasher(),))
_nobody = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """The argon2id hash as it is stored; blocks for tens of milliseconds."""
    return _hasher.hash(password)


async def hash_aside(rt: Runtime, password: str) -> str:
    """`hash_password` in a thread."""
    async with _slots(rt):
        return await asyncio.to_thread(_hasher.hash, password)


async def matches(rt: Runtime, password: str, stored: str | None) -> bool:
    """Whether `password` is the one; for nobody (`None`) the same work is done, so that time tells nothing."""
    async with _slots(rt):
        good = await asyncio.to_thread(_hasher.verify, password, stored or _nobody)
    return good and stored is not None


def _slots(rt: Runtime) -> asyncio.Semaphore:
    return rt.once("staff.passwords", lambda: asyncio.Semaphore(AT_ONCE))
