"""Upload of pictures by the merchant."""

from typing import Any
from uuid import UUID

from litestar import post

from zhanggui.core.auth import staff
from zhanggui.core.runtime import Runtime
from zhanggui.media.form import MAX_FORM, PictureBody, keep_picture
from zhanggui.media.shapes import Picture


@post(
    "/stores/{store_id:uuid}/pictures",
    opt=staff("products.write"),
    operation_id="upload_picture",
    request_max_body_size=MAX_FORM,
)
async def upload_picture(rt: Runtime, store_id: UUID, data: PictureBody) -> Picture:
    """Store a JPEG, PNG, WebP, GIF or AVIF of at most 10 MB; the same file again answers the same picture."""
    return await keep_picture(rt, store_id, data)


routes: list[Any] = [upload_picture]
