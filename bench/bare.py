"""The bare ASGI application that pages are compared with: sends the bytes in BENCH_ANSWER and does nothing else."""

import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

Send = Callable[[dict[str, Any]], Awaitable[None]]


def _answer() -> tuple[dict[str, Any], dict[str, Any]]:
    folder = Path(os.environ["BENCH_ANSWER"])
    headers = [(n.encode(), v.encode()) for n, v in json.loads((folder / "headers.json").read_text())]
    start = {"type": "http.response.start", "status": 200, "headers": headers}
    return start, {"type": "http.response.body", "body": (folder / "body").read_bytes()}


START, BODY = _answer()


async def application(scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Send) -> None:
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            kind = message["type"]
            await send({"type": f"{kind}.complete"})
            if kind == "lifespan.shutdown":
                return
    await send(START)
    await send(BODY)
