"""The outermost layer: two origins, packed files, the mini-program's PATCH."""

from pathlib import Path

import httpx
import pytest

from tests.support.api import CONSOLE_ORIGIN, SHOP_ORIGIN, Api
from zhanggui.edge import Edge


@pytest.fixture
def edge(api: Api, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> httpx.AsyncClient:
    """The application behind its edge, with a small build of each front end."""
    for side in ("h5", "console"):
        (tmp_path / "web" / side / "assets").mkdir(parents=True)
        (tmp_path / "web" / side / "index.html").write_text(f"<!doctype html><title>{side}</title>")
        (tmp_path / "web" / side / "assets" / "main-1a2b.js").write_text("let a = 1;\n" * 1000)
    (tmp_path / "secret.txt").write_text("not a front end")
    monkeypatch.setattr("zhanggui.edge.files", lambda _package: tmp_path)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
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
    script = await edge.get("/assets/main-1a2b.js")
    assert script.headers["content-encoding"] == "gzip"
    assert "immutable" in script.headers["cache-control"]
    assert script.text.startswith("let a")
    assert (await edge.get("/")).headers["cache-control"] == "no-cache"
    for path in ("/../secret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt", "/assets/none.js"):
        assert (await edge.get(path)).status_code == 404, path


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
