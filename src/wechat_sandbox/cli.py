"""The ``wechat-sandbox`` command."""

import argparse
import socket
import sys
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a sandbox until it is interrupted. Returns the exit code: 2 when it cannot start."""
    options = _parser().parse_args(arguments)
    try:
        listener = _listen(options.host, options.port)
    except OSError as error:
        print(
            f"wechat-sandbox: cannot listen on {options.host}:{options.port} ({error.strerror or error}). "
            "Stop what uses the port, or choose another with --port (0 takes a free one).",
            file=sys.stderr,
        )
        return 2
    import uvicorn

    from wechat_sandbox.app import create_app
    from wechat_sandbox.config import SandboxConfig
    from wechat_sandbox.storage import StorageInUse

    config = SandboxConfig(
        data_dir=options.data,
        clock_speed=options.clock_speed,
        seed=options.seed,
        sms_key=options.sms_key,
        trusted_hosts=tuple(options.trusted_host),
    )
    try:
        app = create_app(config)
    except (StorageInUse, OSError) as error:
        print(f"wechat-sandbox: {error}", file=sys.stderr)
        return 2
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    print(f"WeChat sandbox: http://{shown}:{port}/", flush=True)
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="warning", access_log=False, ws="none", timeout_graceful_shutdown=2)
    )
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        return 0
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="wechat-sandbox",
        description="A local stand-in for the WeChat platform and the WeChat Pay servers.",
        epilog="Open the printed address in a browser to see everything that arrives, and to inject faults.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=8790, help="port to listen on, 0 for a free one (default: %(default)s)"
    )
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="keep accounts, keys and payments in this folder"
    )
    parser.add_argument(
        "--clock-speed",
        type=float,
        default=1.0,
        metavar="N",
        help="platform seconds in one real second (default: %(default)s)",
    )
    parser.add_argument("--seed", type=int, metavar="N", help="make faults with a probability repeatable")
    parser.add_argument("--sms-key", metavar="KEY", help="require this X-Sandbox-Key on POST /_sandbox/sms")
    parser.add_argument(
        "--trusted-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a host name, beside loopback and IP addresses, under which the control API may be reached",
    )
    return parser


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1024)
    except OSError:
        listener.close()
        raise
    return listener
