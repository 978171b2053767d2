"""A picture as the API answers it."""

from typing import Literal
from uuid import UUID

import msgspec

Size = Literal["s", "m", "l"]


class PictureUrls(msgspec.Struct, frozen=True):
    """Addresses by size, without origin: the front end puts its server's in front where it has another one."""

    s: str
    m: str
    l: str  # noqa: E741  # the API's own name for "large"


class Picture(msgspec.Struct, frozen=True):
    """A stored picture; `tint` (#rrggbb) is shown until it has come, `width` and `height` are the largest size's, px."""

    id: UUID
    alt: str
    tint: str
    urls: PictureUrls
    width: int
    height: int


def picture(picture_id: UUID, alt: str, tint: str, width: int, height: int) -> Picture:
    """The shape for a row of the picture table."""
    base = f"/media/{picture_id}"
    return Picture(
        picture_id,
        alt,
        tint,
        PictureUrls(f"{base}/s.webp", f"{base}/m.webp", f"{base}/l.webp"),
        width,
        height,
    )
