"""What merchants drew to their banks (提现), on the platform's own pages: no API tells of it, only the fund-flow bill."""

import msgspec

from wechat_sandbox.storage import Storage


class Drawn(msgspec.Struct, frozen=True):
    """One withdrawal; fen, platform seconds."""

    mchid: str
    number: str
    amount: int
    at: float


class DrawnBook:
    """All of them, kept between runs."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._all = storage.load("drawn", Drawn)

    def of(self, mchid: str) -> list[Drawn]:
        """A merchant's, oldest first."""
        return [one for one in self._all if one.mchid == mchid]

    def add(self, one: Drawn) -> None:
        """Keep one."""
        self._all.append(one)
        self._storage.put("drawn", one.number, one)
