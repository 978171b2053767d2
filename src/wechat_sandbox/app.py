"""Puts the sandbox together: state, routes, and what runs beside the requests."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Any

from litestar import Litestar
from litestar.config.cors import CORSConfig
from litestar.exceptions import HTTPException
from litestar.response import Response

from wechat_sandbox import pages
from wechat_sandbox.applyment import api as applyment_api
from wechat_sandbox.bills import api as bills_api
from wechat_sandbox.config import SandboxConfig
from wechat_sandbox.control import accounts_api, cashier_api, conditions_api, people_api, record_api
from wechat_sandbox.guard import LOOPBACK_ORIGIN, control_guard
from wechat_sandbox.http import ControlError, HttpRequest, json_answer
from wechat_sandbox.miniprogram import api as miniprogram_api
from wechat_sandbox.miniprogram import receipt
from wechat_sandbox.official import api as official_api
from wechat_sandbox.pay import api as pay_api
from wechat_sandbox.pay import cashier, refund
from wechat_sandbox.pay import ecommerce as refunds_below
from wechat_sandbox.sharing import api as sharing_api
from wechat_sandbox.sharing import ecommerce as sharing_below
from wechat_sandbox.sharing import give_back, split
from wechat_sandbox.state import Sandbox
from wechat_sandbox.transfer import api as transfer_api
from wechat_sandbox.transfer import bill, page


def create_app(config: SandboxConfig | None = None) -> Litestar:
    """An ASGI application that is one sandbox. Raises StorageInUse when its folder is taken."""
    sandbox = Sandbox(config or SandboxConfig())

    @asynccontextmanager
    async def alive(_: Litestar) -> AsyncGenerator[None, None]:
        _resume(sandbox)
        tasks = [asyncio.create_task(sandbox.agenda.run()), asyncio.create_task(sandbox.storage.run())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task
            await sandbox.agenda.stop()
            await sandbox.delivery.close()
            sandbox.keep_clock()
            sandbox.storage.close()

    modules = (
        pay_api,
        sharing_api,
        refunds_below,
        sharing_below,
        transfer_api,
        applyment_api,
        bills_api,
        page,
        miniprogram_api,
        receipt,
        official_api,
        accounts_api,
        people_api,
        conditions_api,
        record_api,
        cashier_api,
        pages,
    )
    return Litestar(
        route_handlers=[handler for module in modules for handler in module.routes(sandbox)],
        lifespan=[alive],
        middleware=[control_guard(sandbox.config.trusted_hosts)],
        cors_config=CORSConfig(allow_origins=[], allow_origin_regex=LOOPBACK_ORIGIN),
        exception_handlers={ControlError: _control_error, HTTPException: _http_error},
        openapi_config=None,
        logging_config=None,
        request_max_body_size=1_000_000,
    )


def _resume(sandbox: Sandbox) -> None:
    """Take up what an earlier run with the same folder left under way."""
    sandbox.delivery.resume()
    for pending in sandbox.refunds.processing():
        refund.plan(sandbox, pending)
    for paying in sandbox.transactions.all_in_state("USERPAYING"):
        if paying.combine_out_trade_no is None:
            cashier.resume(sandbox, paying)
    for combined in sandbox.combinations.all_in_state("USERPAYING"):
        cashier.resume(sandbox, combined)
    split.resume(sandbox)
    give_back.resume(sandbox)
    bill.resume(sandbox)


def _control_error(_: HttpRequest, error: ControlError) -> Response[Any]:
    return json_answer({"code": error.code, "message": error.message}, error.status)


def _http_error(_: HttpRequest, error: HTTPException) -> Response[Any]:
    """Unknown addresses and methods, in the shape that both of the platform's APIs nearly share."""
    code = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}.get(error.status_code, "INVALID")
    return json_answer({"code": code, "message": error.detail}, error.status_code)
