"""Serves the pages and their style and script files."""

from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from jinja2 import Environment, FileSystemLoader, select_autoescape
from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Response

from wechat_sandbox.faults import KINDS
from wechat_sandbox.http import Answer, ControlError, HttpRequest
from wechat_sandbox.pay import cashier
from wechat_sandbox.pay.combinations import Combination, Till
from wechat_sandbox.pay.coupons import NAMES, Coupon
from wechat_sandbox.state import Sandbox

FOLDER = Path(__file__).parent
STATIC = {
    "style.css": "text/css",
    "seen.css": "text/css",
    "applyment.js": "text/javascript",
    "cashier.js": "text/javascript",
    "receipt.js": "text/javascript",
    "seen.js": "text/javascript",
    "transfer.js": "text/javascript",
    "weixin-bridge.js": "text/javascript",
    "words.js": "text/javascript",
}
# Everything comes from this server; pages of other origins may frame the cashier (a mini-program runner does).
POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:"


def routes(sandbox: Sandbox) -> list[HTTPRouteHandler]:
    """The handlers, bound to one sandbox."""

    @get("/")
    async def seen() -> Answer:
        return render("seen.html", kinds=KINDS)

    @get("/_sandbox/cashier")
    async def show_cashier(request: HttpRequest) -> Answer:
        prepay_id = request.query_params.get("prepay_id", "")
        try:
            transaction = cashier.find(sandbox, prepay_id)
        except ControlError as error:
            return render("cashier_gone.html", status=error.status, message=error.message)
        try:
            cashier.check_payable(sandbox, transaction, prepay_id)
            refusal = ""
        except ControlError as error:
            refusal = error.message
        return render(
            "cashier.html",
            order=transaction,
            prepay_id=prepay_id,
            merchant=_name(sandbox, transaction.mchid),
            parts=_parts(sandbox, transaction),
            yuan=f"{transaction.total // 100:,}",
            fen=f"{transaction.total % 100:02d}",
            coupons=offers(transaction),
            left_s=max(0, int(transaction.pay_by - sandbox.clock.now())),
            speed=sandbox.clock.speed,
            refusal=refusal,
            paid=transaction.is_paid,
            redirect_url=web_address(request.query_params.get("redirect_url", "")),
        )

    @get("/_sandbox/static/{name:str}")
    async def static(name: FromPath[str]) -> Answer:
        if name not in STATIC:
            raise ControlError(404, "NOT_FOUND", "no such file")
        return Response(
            content=_file(name),
            media_type=STATIC[name],
            headers={"Cache-Control": "no-cache"},
            status_code=200,
        )

    return [seen, show_cashier, static]


def offers(till: Till) -> list[dict[str, object]]:
    """The coupons that a person at the cashier may pay with: a tenth off, ¥5 at most, as the platform's and as the merchant's."""
    amount = min(till.total // 10, 500)
    if amount < 1:
        return []
    both = (Coupon(amount=amount), Coupon(amount=amount, type="NOCASH", funder="merchant"))
    return [
        {"name": NAMES[c.type], "body": msgspec.json.encode(c).decode(), "amount": c.amount, "type": c.type}
        for c in both
    ]


def _name(sandbox: Sandbox, mchid: str) -> str:
    merchant = sandbox.merchants.get(mchid)
    return merchant.name if merchant else mchid


def _parts(sandbox: Sandbox, till: Till) -> list[dict[str, str]]:
    """The sub-orders of a combined payment as the page shows them: who is paid, for what, how much."""
    if not isinstance(till, Combination):
        return []
    return [
        {
            "merchant": _name(sandbox, part.sub_mchid or part.mchid),
            "description": part.description,
            "amount": f"{part.total // 100:,}.{part.total % 100:02d}",
        }
        for part in sandbox.combinations.parts(till)
    ]


@cache
def _templates() -> Environment:
    return Environment(loader=FileSystemLoader(FOLDER / "templates"), autoescape=select_autoescape())


@cache
def _file(name: str) -> bytes:
    return (FOLDER / "static" / name).read_bytes()


def render(template: str, status: int = 200, **values: object) -> Answer:
    """A page out of its template."""
    content = _templates().get_template(template).render(**values).encode()
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
    return Response(
        content=content, media_type="text/html; charset=utf-8", headers=headers, status_code=status
    )


def web_address(text: str) -> str:
    """The address if it is one of the web, else nothing: it ends up in a link."""
    return text if urlsplit(text).scheme in ("http", "https") else ""
