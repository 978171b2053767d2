"""The picture files, kept by browsers for ever: what an id shows never changes."""

import asyncio
from typing import Any
from uuid import UUID

from litestar import Response, get

from zhanggui.core.auth import PUBLIC
from zhanggui.core.errors import not_found
from zhanggui.core.http import AnyRequest
from zhanggui.core.runtime import Runtime
from zhanggui.media import files

HEADERS = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}


@get(
    "/media/{picture_id:uuid}/{name:str}",
    opt={**PUBLIC, "uncompressed": True},
    operation_id="picture_file",
    media_type="image/webp",
)
async def picture_file(rt: Runtime, request: AnyRequest, picture_id: UUID, name: str) -> Response[bytes]:
    """A picture as WebP; `name` is s.webp (160 px wide), m.webp (400) or l.webp (800)."""
    etag = f'"{picture_id}-{name}"'
    if request.headers.get("if-none-match") == etag and name in files.NAMES:
        return Response(b"", status_code=304, headers={**HEADERS, "ETag": etag})
    data = await asyncio.to_thread(files.read, rt.config.data_dir, picture_id, name)
    if data is None:
        raise not_found("picture")
    return Response(data, media_type="image/webp", headers={**HEADERS, "ETag": etag})


routes: list[Any] = [picture_file]
