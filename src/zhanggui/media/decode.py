"""Turns uploaded bytes into harmless WebP pictures; pure CPU, call it in a thread.

Only raster formats of a short list are even looked at, and only the decoded pixels survive: metadata, trailing bytes,
animation and whatever else was smuggled along are left behind.
"""

import hashlib
import io
import warnings
from typing import NamedTuple

from PIL import Image, ImageOps

from zhanggui.core.errors import ShopError

MAX_BYTES = 10_000_000
MAX_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
WIDTHS = {"s": 160, "m": 400, "l": 800}
QUALITY = {"s": 78, "m": 80, "l": 82}


class Encoded(NamedTuple):
    """A picture in its sizes; width and height are the largest's, px; `tint` is #rrggbb."""

    sha256: bytes
    files: dict[str, bytes]
    width: int
    height: int
    tint: str


def fingerprint(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def encode(data: bytes) -> Encoded:
    """Decode, turn upright, scale down to 160/400/800 px wide and re-encode. Never scales up.

    Raises ShopError 413 `picture_too_large` (more than 10 MB or 50 megapixels), 415 `picture_format` for what is not
    one of FORMATS, and 422 `picture_broken` for what cannot be decoded to the end.
    """
    whole = upright(data)
    sizes = {name: _fit(whole, width) for name, width in WIDTHS.items()}
    files = {name: _webp(image, QUALITY[name]) for name, image in sizes.items()}
    large = sizes["l"]
    return Encoded(fingerprint(data), files, large.width, large.height, _tint(sizes["s"]))


def check(data: bytes) -> None:
    """Raise what `encode` would raise, without encoding anything (dry runs)."""
    upright(data)


def _open(data: bytes) -> Image.Image:
    if len(data) > MAX_BYTES:
        raise ShopError("picture_too_large", 413, field="file")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own, lower limit comes next
            image = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as fault:
        raise ShopError("picture_too_large", 413, field="file") from fault
    except Exception as fault:  # Pillow's plugins raise whatever a broken header makes them raise
        raise ShopError("picture_format", 415, field="file") from fault
    if image.width * image.height > MAX_PIXELS:
        raise ShopError("picture_too_large", 413, field="file")
    return image


def upright(data: bytes) -> Image.Image:
    """The picture as it is meant to be seen, at least 1600 px wide if it was. Raises as `encode` does."""
    with _open(data) as image:
        try:
            image.draft("RGB", (WIDTHS["l"] * 2, WIDTHS["l"] * 2))
            upright = ImageOps.exif_transpose(image)
            has_alpha = "A" in upright.getbands() or "transparency" in upright.info
            return upright.convert("RGBA" if has_alpha else "RGB")
        except Exception as fault:
            raise ShopError("picture_broken", 422, field="file") from fault


def _fit(image: Image.Image, width: int) -> Image.Image:
    """At most `width` wide and three times as high."""
    scale = min(1.0, width / image.width, 3 * width / image.height)
    if scale == 1.0:
        return image
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _webp(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=quality, method=2, exif=b"", xmp=b"", icc_profile=b"")
    return out.getvalue()


def _tint(image: Image.Image) -> str:
    """The average colour; what is transparent counts as white."""
    flat = Image.new("RGB", image.size, "white")
    flat.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    red, green, blue = flat.resize((1, 1), Image.Resampling.BOX).tobytes()
    return f"#{red:02x}{green:02x}{blue:02x}"
