"""Upload of pictures by the merchant."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body

from zhanggui.core.auth import staff
from zhanggui.core.errors import ShopError
from zhanggui.core.runtime import Runtime
from zhanggui.media.decode import MAX_BYTES
from zhanggui.media.shapes import Picture
from zhanggui.media.upload import Upload, store_pictures


class PictureForm(msgspec.Struct):
    """A multipart form with one file."""

    file: UploadFile


@post(
    "/stores/{store_id:uuid}/pictures",
    opt=staff("products.write"),
    operation_id="upload_picture",
    request_max_body_size=MAX_BYTES + 100_000,
)
async def upload_picture(
    rt: Runtime,
    store_id: UUID,
    data: Annotated[PictureForm, Body(media_type=RequestEncodingType.MULTI_PART)],
) -> Picture:
    """Store a JPEG, PNG, WebP, GIF or AVIF of at most 10 MB; the same file again answers the same picture."""
    content = await data.file.read(MAX_BYTES + 1)
    if not content:
        raise ShopError("missing", 400, field="file")
    return (await store_pictures(rt, store_id, [Upload(content)]))[0]


routes: list[Any] = [upload_picture]
