"""The console's first password: made once, shown until it has been changed."""

import json
import os
import secrets
from pathlib import Path
from typing import NamedTuple

from zhanggui.core.db import connect_pool

LOGIN = "owner"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike on a screen


class FirstPassword(NamedTuple):
    """What to type at the first sign-in."""

    login: str
    password: str


def make() -> str:
    """Four groups of four letters and digits, about 79 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def prepare(data_dir: Path) -> FirstPassword:
    """The first password of this data folder; made, and kept readable by its owner only, when there is none."""
    file = data_dir / "first-password.json"
    if file.exists():
        return FirstPassword(**json.loads(file.read_text()))
    made = FirstPassword(LOGIN, make())
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        json.dump(made._asdict(), out)
    return made


async def is_known(dsn: str, login: str) -> bool:
    """Whether there is such a person."""
    return await _ask(dsn, "SELECT true FROM staff_member WHERE login = $1", login)


async def still_valid(dsn: str, login: str) -> bool:
    """Whether the person has yet to choose a password."""
    return await _ask(dsn, "SELECT must_change_password FROM staff_member WHERE login = $1", login)


async def _ask(dsn: str, question: str, login: str) -> bool:
    pool = await connect_pool(dsn, size=1)
    try:
        return bool(await pool.fetchval(question, login))
    finally:
        await pool.close()
