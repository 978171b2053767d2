"""Take pictures in: decoded in threads, files written first, rows after; equal bytes are kept once per store."""

import asyncio
import os
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Row, statement
from zhanggui.core.errors import ShopError
from zhanggui.core.ids import new_id
from zhanggui.core.runtime import Runtime
from zhanggui.media import decode, files
from zhanggui.media.shapes import Picture, picture

KNOWN = statement(
    "media.upload.known",
    "SELECT id, sha256, alt, tint, width, height FROM picture WHERE store_id = $1 AND sha256 = ANY($2::bytea[])",
)
# DO UPDATE with the same value, so that the row of whoever came first is returned too.
INSERT = statement(
    "media.upload.insert",
    """
    INSERT INTO picture (store_id, id, sha256, width, height, tint, alt, created_at)
    SELECT $1, p.*, $8
    FROM unnest($2::uuid[], $3::bytea[], $4::int[], $5::int[], $6::text[], $7::text[]) AS p
    ORDER BY 2
    ON CONFLICT (store_id, sha256) DO UPDATE SET sha256 = excluded.sha256
    RETURNING id, sha256, alt, tint, width, height
    """,
)


class Upload(NamedTuple):
    """The bytes of a file and what it shows."""

    data: bytes
    alt: str = ""


class UploadRefused(ShopError):
    """A refusal with the file's place among the uploads."""

    def __init__(self, cause: ShopError, position: int) -> None:
        super().__init__(cause.code, cause.status, field=cause.field)
        self.position = position


async def store_pictures(rt: Runtime, store_id: UUID, uploads: Sequence[Upload]) -> list[Picture]:
    """Store each upload and return the pictures in the same order; two statements however many.

    Raises UploadRefused for the first file that `decode.encode` refuses; nothing is recorded then.
    """
    prints = await asyncio.to_thread(lambda: [decode.fingerprint(u.data) for u in uploads])
    rows = await rt.db.fetch(KNOWN, store_id, list(set(prints)))
    found: dict[bytes, Row] = {row["sha256"]: row for row in rows}
    new = dict(zip(prints, uploads, strict=True))
    lost = [p for p, row in found.items() if not files.folder(rt.config.data_dir, row["id"]).is_dir()]
    for sha256 in found.keys() - set(lost):
        del new[sha256]
    slots = asyncio.Semaphore(os.cpu_count() or 1)

    async def take(sha256: bytes, upload: Upload) -> tuple[UUID, decode.Encoded, str]:
        picture_id: UUID = found[sha256]["id"] if sha256 in found else new_id()
        async with slots:
            try:
                encoded = await asyncio.to_thread(_encode_to_disk, rt, picture_id, upload.data)
            except ShopError as refusal:
                raise UploadRefused(refusal, prints.index(sha256)) from refusal
        return picture_id, encoded, upload.alt

    taken = await asyncio.gather(*(take(p, u) for p, u in new.items()))
    fresh = [t for t in taken if t[1].sha256 not in found]
    if fresh:
        rows = await rt.db.fetch(
            INSERT,
            store_id,
            [t[0] for t in fresh],
            [t[1].sha256 for t in fresh],
            [t[1].width for t in fresh],
            [t[1].height for t in fresh],
            [t[1].tint for t in fresh],
            [t[2][:200] for t in fresh],
            clock.now(),
        )
        found |= {row["sha256"]: row for row in rows}
        for picture_id, encoded, _ in fresh:
            if found[encoded.sha256]["id"] != picture_id:  # somebody else stored the same bytes meanwhile
                await asyncio.to_thread(files.remove, rt.config.data_dir, picture_id)
    return [_shape(found[p]) for p in prints]


def _encode_to_disk(rt: Runtime, picture_id: UUID, data: bytes) -> decode.Encoded:
    encoded = decode.encode(data)
    files.write(rt.config.data_dir, picture_id, encoded.files)
    return encoded


def _shape(row: Row) -> Picture:
    return picture(row["id"], row["alt"], row["tint"], row["width"], row["height"])
