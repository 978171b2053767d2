"""A picture that comes as a multipart form with one file."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body

from zhanggui.core.errors import ShopError
from zhanggui.core.runtime import Runtime
from zhanggui.media.decode import MAX_BYTES
from zhanggui.media.shapes import Picture
from zhanggui.media.upload import Upload, store_pictures

MAX_FORM = MAX_BYTES + 100_000
"""`request_max_body_size` of an endpoint that takes one: the file and what the form adds."""


class PictureForm(msgspec.Struct):
    """A multipart form with one file."""

    file: UploadFile


PictureBody = Annotated[PictureForm, Body(media_type=RequestEncodingType.MULTI_PART)]


async def keep_picture(rt: Runtime, store_id: UUID, form: PictureForm) -> Picture:
    """Store the picture of a form: decoded and re-encoded. Raises 400 `missing` and what `store_pictures` raises."""
    content = await form.file.read(MAX_BYTES + 1)
    if not content:
        raise ShopError("missing", 400, field="file")
    return (await store_pictures(rt, store_id, [Upload(content)]))[0]
