"""Look-up of pictures; they never change once stored, so what was read is kept."""

from collections import OrderedDict
from collections.abc import Iterable
from uuid import UUID

from zhanggui.core.db import statement
from zhanggui.core.runtime import Runtime
from zhanggui.media.shapes import Picture, picture

KEPT = 20_000

BY_ID = statement(
    "media.pictures",
    "SELECT id, alt, tint, width, height FROM picture WHERE store_id = $1 AND id = ANY($2::uuid[])",
)


class Known(OrderedDict[tuple[UUID, UUID], Picture]):
    """Pictures of this process by (store, id), oldest first."""


async def pictures(rt: Runtime, store_id: UUID, ids: Iterable[UUID | None]) -> dict[UUID, Picture]:
    """The pictures of `ids` that belong to the store, by id; None and unknown ids are left out.

    At most one statement, none when all of them have been seen by this process.
    """
    known = rt.once("media.pictures", Known)
    wanted = {i for i in ids if i is not None}
    missing = [i for i in wanted if (store_id, i) not in known]
    fresh: dict[UUID, Picture] = {}
    if missing:
        for row in await rt.db.fetch(BY_ID, store_id, missing):
            fresh[row["id"]] = picture(row["id"], row["alt"], row["tint"], row["width"], row["height"])
    found = {i: fresh.get(i) or known.get((store_id, i)) for i in wanted}
    for picture_id, shape in fresh.items():
        known[store_id, picture_id] = shape
    while len(known) > KEPT:
        known.popitem(last=False)
    return {i: p for i, p in found.items() if p is not None}
