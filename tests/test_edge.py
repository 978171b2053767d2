"""The outermost layer: two origins, packed files, the mini-program's PATCH."""

import json
import os
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from tests.support.api import CONSOLE_ORIGIN, SHOP_ORIGIN, Api
from zhanggui.edge import Edge
from zhanggui.first_screen import FirstScreen

GIVEN = '<script type="application/json" id="given"></script>'
INLINE = "<script>window.started = 1</script>"


@pytest.fixture
def edge(api: Api, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> httpx.AsyncClient:
    """The application behind its edge, with a small build of each front end."""
    for side in ("h5", "console"):
        (tmp_path / "web" / side / "assets").mkdir(parents=True)
        (tmp_path / "web" / side / "index.html").write_text(
            f"<!doctype html><title>{side}</title>{GIVEN}{INLINE}"
        )
        (tmp_path / "web" / side / "assets" / "main-1a2b.js").write_text("let a = 1;\n" * 1000)
    (tmp_path / "secret.txt").write_text("not a front end")
    monkeypatch.setattr("zhanggui.edge.files", lambda _package: tmp_path)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    (tmp_path / "web" / "h5" / "assets" / "main-1a2b.js.br").write_bytes(b"packed by the build")
    layer = Edge(api.app, api.rt.config)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=layer), base_url=SHOP_ORIGIN)  # type: ignore[arg-type]  # Litestar's scope type is narrower


async def test_each_origin_has_its_own_front_end_and_api(edge: httpx.AsyncClient) -> None:
    assert "h5" in (await edge.get("/")).text
    assert "console" in (await edge.get(f"{CONSOLE_ORIGIN}/orders/anything")).text
    assert (await edge.get("/api/shop/stores")).status_code == 200
    assert (await edge.get("/api/console/session")).status_code == 404
    assert (await edge.get(f"{CONSOLE_ORIGIN}/api/shop/stores")).status_code == 404
    assert (await edge.get(f"{CONSOLE_ORIGIN}/api/console/session")).status_code == 401


async def test_files_are_packed_and_kept_and_nothing_else_is_served(edge: httpx.AsyncClient) -> None:
    script = await edge.get("/assets/main-1a2b.js", headers={"Accept-Encoding": "gzip, deflate"})
    assert script.headers["content-encoding"] == "gzip"
    assert "immutable" in script.headers["cache-control"]
    assert script.text.startswith("let a")
    assert (await edge.get("/")).headers["cache-control"] == "no-cache"
    for path in ("/../secret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt", "/assets/none.js"):
        assert (await edge.get(path)).status_code == 404, path


async def test_a_new_build_is_given_without_a_restart(edge: httpx.AsyncClient, tmp_path: Path) -> None:
    page = tmp_path / "web" / "h5" / "index.html"
    assert "h5" in (await edge.get("/")).text
    page.write_text(f"<!doctype html><title>newer</title>{GIVEN}")
    os.utime(page, ns=(0, page.stat().st_mtime_ns + 1_000_000))
    assert "newer" in (await edge.get("/")).text
    page.unlink()
    assert (await edge.get("/")).status_code == 404


async def test_what_the_build_packed_is_given_to_who_takes_it(edge: httpx.AsyncClient) -> None:
    asked = edge.build_request(
        "GET", "/assets/main-1a2b.js", headers={"Accept-Encoding": "gzip, deflate, br"}
    )
    script = await edge.send(asked, stream=True)
    assert script.headers["content-encoding"] == "br"
    assert b"".join([part async for part in script.aiter_raw()]) == b"packed by the build"


async def test_the_home_page_comes_with_what_its_first_screen_shows(
    edge: httpx.AsyncClient, api: Api
) -> None:
    slugs = {"lantern", "teapot"}
    for slug in slugs:
        await api.store(slug=slug)
    page = await edge.get("/")
    given = page.text.partition(GIVEN.removesuffix("</script>"))[2].partition("</script>")[0]
    answers = json.loads(given)
    stores = answers["/api/shop/stores"]["items"]
    assert slugs <= {store["slug"] for store in stores}
    assert stores == (await edge.get("/api/shop/stores")).json()["items"]
    for path, answer in answers.items():
        assert answer == (await edge.get(path)).json(), path
    assert "given" in (await edge.get(f"{CONSOLE_ORIGIN}/")).text
    assert "/api/shop" not in (await edge.get(f"{CONSOLE_ORIGIN}/")).text


async def test_what_a_merchant_wrote_cannot_end_the_element_it_is_written_into() -> None:
    body = json.dumps({"items": [{"slug": "x", "name": "</script><script>alert(1)</script>"}]})

    async def api(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body.encode()})

    given = await FirstScreen(api).given(cast("Any", {"type": "http", "headers": []}))
    assert b"<" not in given
    assert json.loads(given)["/api/shop/stores"] == json.loads(body)


async def test_only_the_inline_scripts_of_the_build_may_run(edge: httpx.AsyncClient) -> None:
    digest = b64encode(sha256(b"window.started = 1").digest()).decode()
    page = (await edge.get("/")).headers["content-security-policy"]
    assert f"script-src 'self' 'sha256-{digest}';" in page
    assert "script-src 'self';" in (await edge.get("/api/shop/stores")).headers["content-security-policy"]


async def test_every_answer_carries_the_security_headers(edge: httpx.AsyncClient) -> None:
    for path in ("/", "/api/shop/stores", "/api/elsewhere"):
        headers = (await edge.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


async def test_a_post_that_says_patch_is_a_patch(edge: httpx.AsyncClient, api: Api) -> None:
    buyer = await api.buyer()
    changed = await edge.post(
        "/api/shop/me",
        json={"nickname": "小满"},
        headers={**buyer.headers, "X-HTTP-Method-Override": "PATCH"},
    )
    assert (changed.status_code, changed.json()["nickname"]) == (200, "小满")
    refused = await edge.post(
        "/api/shop/me", json={"nickname": "x"}, headers={**buyer.headers, "X-HTTP-Method-Override": "DELETE"}
    )
    assert refused.status_code == 405
