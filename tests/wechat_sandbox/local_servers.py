"""A sandbox in a real server on a free loopback port, and a merchant's server that it notifies."""

import asyncio
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import uvicorn

from wechat_sandbox import SandboxConfig, create_app


class ServerThread:
    """uvicorn in a thread, on a socket that is listening before the thread starts."""

    def __init__(self, config: SandboxConfig) -> None:
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(256)
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self._config = config
        self._server: uvicorn.Server | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sandbox")
        self._thread.start()
        if not self._ready.wait(10):
            self.socket.close()
            raise RuntimeError("the sandbox did not start; see the exception of its thread")

    def _run(self) -> None:
        async def serve() -> None:
            # Built inside the loop; a failure to build ends the thread and shows as one.
            app = create_app(self._config)
            self._server = uvicorn.Server(
                uvicorn.Config(app, log_level="critical", ws="none", timeout_graceful_shutdown=1)
            )
            self._ready.set()
            await self._server.serve(sockets=[self.socket])

        with asyncio.Runner() as runner:
            runner.run(serve())

    def stop(self) -> None:
        """Shut down and wait for the thread."""
        assert self._server is not None
        self._server.should_exit = True
        self._thread.join(20)
        self.socket.close()


@dataclass
class Delivered:
    """A notification as the merchant received it."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A merchant's server: keeps what comes and answers as told."""

    url: str
    status: int = 204
    answers: list[int] = field(default_factory=list[int])
    got: list[Delivered] = field(default_factory=list[Delivered])
    hold: threading.Event | None = None
    on_second: threading.Event | None = None


def handler_of(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.append(Delivered(self.path, dict(self.headers.items()), body))
            if receiver.on_second is not None and len(receiver.got) > 1:
                receiver.on_second.set()
            if receiver.hold is not None:
                receiver.hold.wait(10)
            status = receiver.answers.pop(0) if receiver.answers else receiver.status
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    return Handler


@contextmanager
def receiving() -> Generator[Receiver]:
    """A merchant's server on a free port."""
    waiting = Receiver("")
    listener = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(waiting))
    waiting.url = f"http://127.0.0.1:{listener.server_address[1]}/notify"
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield waiting
    finally:
        if waiting.hold is not None:
            waiting.hold.set()
        listener.shutdown()
        thread.join()
        listener.server_close()
