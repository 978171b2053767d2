"""Unlimited mini-program codes. Source: developers.weixin.qq.com, "获取不限制的小程序码".

The picture is a plain QR code, not the platform's round one; it carries the page and the scene.
"""

import io
import re
from collections import deque
from urllib.parse import urlencode

import segno

from wechat_sandbox.accounts.apps import App
from wechat_sandbox.miniprogram.errors import WxError, data_format_error
from wechat_sandbox.miniprogram.gateway import Picture, Result, WxCall, calling_app
from wechat_sandbox.miniprogram.subscribe import check_page
from wechat_sandbox.state import Sandbox

SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]{1,32}")
MOST_A_MINUTE = 5000


class CodeLimit:
    """Counts an app's codes of the last minute."""

    def __init__(self) -> None:
        self._made: dict[str, deque[float]] = {}

    def count(self, appid: str, now: float) -> None:
        """Count one. Raises WxError 45009 above 5000 a minute."""
        made = self._made.setdefault(appid, deque())
        while made and made[0] <= now - 60:
            made.popleft()
        if len(made) >= MOST_A_MINUTE:
            raise WxError(45009, "reach max api minute quota limit")
        made.append(now)


def unlimited(sandbox: Sandbox, limit: CodeLimit, call: WxCall) -> Result:
    """A picture of a code. Raises WxError: 40129 scene, 41030 page, 40169 width, 45009 too many."""
    app = calling_app(sandbox, call)
    scene = call.body.get("scene")
    if not isinstance(scene, str) or not SCENE.fullmatch(scene):
        raise WxError(40129, "invalid scene")
    page = call.body.get("page", "")
    if page and (not isinstance(page, str) or "?" in page):
        raise WxError(41030, "invalid page")
    if page and call.body.get("check_path", True):
        check_page(app, page)
    width = call.body.get("width", 430)
    if not isinstance(width, int) or isinstance(width, bool):
        raise data_format_error("data format error: width")
    limit.count(app.appid, call.now)
    return Picture(_draw(_text(app, page, scene), min(1280, max(280, width))), "image/png")


def _text(app: App, page: str, scene: str) -> str:
    query = urlencode({"page": page, "scene": scene}) if page else urlencode({"scene": scene})
    if app.launch_url:
        return f"{app.launch_url}{'&' if '?' in app.launch_url else '?'}{query}"
    return f"weapp://{app.appid}?{query}"


def _draw(text: str, width: int) -> bytes:
    code = segno.make(text, error="m", micro=False)
    picture = io.BytesIO()
    code.save(picture, kind="png", scale=max(1, width // (code.symbol_size(border=2)[0])), border=2)
    return picture.getvalue()
