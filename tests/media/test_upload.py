"""Uploads: only pixels survive; what is not a picture, or too much of one, is refused."""

import io
import zlib
from typing import Any

import pytest
from PIL import Image

from tests.support.api import Api, Caller
from zhanggui.media.decode import encode


def picture(
    fmt: str = "PNG", size: tuple[int, int] = (40, 30), colour: str = "#c03020", **options: Any
) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, fmt, **options)
    return out.getvalue()


def huge_png() -> bytes:
    """A PNG of a few kB whose header promises 60,000 × 60,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = (60_000).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    body = zlib.compress(b"\x00" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


async def send(staff: Caller, data: bytes, name: str = "a.png") -> Any:
    return await staff.post("/pictures", files={"file": (name, data, "image/png")})


@pytest.mark.parametrize("fmt", ["PNG", "JPEG", "WEBP", "GIF", "AVIF"])
async def test_each_format_becomes_webp(api: Api, fmt: str) -> None:
    staff = await api.staff(await api.store())
    answer = await send(staff, picture(fmt), "../../etc/passwd")
    assert answer.status_code == 201, answer.text
    shape = answer.json()
    assert (shape["width"], shape["height"]) == (40, 30)
    served = await api.anybody.get(shape["urls"]["l"])
    assert served.headers["content-type"] == "image/webp"
    assert served.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in served.headers["cache-control"]
    assert "content-encoding" not in served.headers
    assert Image.open(io.BytesIO(served.content)).format == "WEBP"
    again = await api.anybody.get(shape["urls"]["l"], headers={"If-None-Match": served.headers["etag"]})
    assert again.status_code == 304


async def test_equal_bytes_are_kept_once_per_store(api: Api) -> None:
    one, other = await api.staff(await api.store()), await api.staff(await api.store())
    data = picture(colour="#112233")
    first = (await send(one, data)).json()
    assert (await send(one, data)).json() == first
    assert (await send(other, data)).json()["id"] != first["id"]
    assert first["tint"] == "#112233"


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (SVG, 415, "picture_format"),
        (HTML, 415, "picture_format"),
        (b"GIF89a" + HTML, 415, "picture_format"),
        (b"PK\x03\x04" + b"\x00" * 100, 415, "picture_format"),
        (huge_png(), 413, "picture_too_large"),
        (picture("JPEG", (300, 300))[:900], 422, "picture_broken"),
        (b"\x00" * 10_000_001, 413, "picture_too_large"),
        (b"", 400, "missing"),
    ],
    ids=["svg", "html", "gif-html", "zip", "bomb", "cut", "heavy", "empty"],
)
async def test_what_is_no_picture_is_refused(api: Api, data: bytes, status: int, code: str) -> None:
    staff = await api.staff(await api.store())
    answer = await send(staff, data, "a.svg")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_polyglot_keeps_only_its_pixels(api: Api) -> None:
    staff = await api.staff(await api.store())
    shape = (await send(staff, picture("GIF") + HTML)).json()
    for size in ("s", "m", "l"):
        assert b"script" not in (await api.anybody.get(shape["urls"][size])).content


def test_metadata_is_dropped_and_pictures_stand_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lying on its side
    exif[0x010E] = "secret place"
    encoded = encode(picture("JPEG", (1000, 600), exif=exif))
    large = Image.open(io.BytesIO(encoded.files["l"]))
    assert large.size == (600, 1000)
    assert not large.getexif()
    assert b"secret" not in encoded.files["l"]
    assert [Image.open(io.BytesIO(encoded.files[s])).width for s in ("s", "m")] == [160, 400]


async def test_paths_lead_nowhere_else(api: Api) -> None:
    staff = await api.staff(await api.store())
    picture_id = (await send(staff, picture())).json()["id"]
    for path in (
        f"/media/{picture_id}/x.webp",
        f"/media/{picture_id}/..%2F..%2Fmaster.key",
        "/media/..%2F..%2Fmaster.key/l.webp",
        "/media/01890000-0000-7000-8000-000000000000/l.webp",
    ):
        assert (await api.anybody.get(path)).status_code == 404, path


async def test_another_stores_staff_cannot_upload(api: Api) -> None:
    mine, stranger = await api.store(), await api.staff(await api.store())
    answer = await stranger.post(
        f"/api/console/stores/{mine}/pictures", files={"file": ("a.png", picture(), "image/png")}
    )
    assert answer.status_code == 404
