"""Files that wait to be fetched."""

import msgspec


class Waiting(msgspec.Struct, frozen=True):
    """A file that its merchant can fetch under its token until `until` (platform seconds)."""

    mchid: str
    content: bytes
    until: float
