"""`zhanggui serve`: the web server, shop and console on two ports."""

import argparse
import errno
import os
import socket

from zhanggui.commands import CommandFailed, Commands, options

_WS_MESSAGE = 16_384  # bytes; a page sends its ticket and nothing else


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "serve",
        help="run the web server (shop and console)",
        description="Serves the shop with its API and hooks on one port and the console with its API on another, from "
        "the same processes. Uses ZHANGGUI_DATABASE_URL, or the embedded database of the data folder; missing "
        "migrations are run first. SIGTERM finishes requests in flight and ends.",
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: %(default)s, this machine only)"
    )
    parser.add_argument(
        "--port", type=int, default=8780, help="port of shop and hooks (default: %(default)s)"
    )
    parser.add_argument(
        "--console-port", type=int, default=8781, help="port of the console (default: %(default)s)"
    )
    parser.add_argument("--workers", type=int, default=1, help="server processes (default: %(default)s)")
    parser.add_argument(
        "--trusted-proxy",
        metavar="ADDRESS",
        default="127.0.0.1",
        help="believe X-Forwarded-* from this address (default: %(default)s)",
    )
    options.add_data(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Listen, then serve until told to stop."""
    from zhanggui import settings

    if args.workers < 1:
        raise CommandFailed("--workers must be 1 or more.")
    data_dir = options.apply_data(args)
    # Where the public addresses are not set, they are the ones we listen on.
    os.environ.setdefault("ZHANGGUI_SHOP_ORIGIN", f"http://127.0.0.1:{args.port}")
    os.environ.setdefault("ZHANGGUI_CONSOLE_ORIGIN", f"http://127.0.0.1:{args.console_port}")
    settings.load()  # a missing secret is better said here than by each process
    listening = [
        _listen(args.host, args.port, "--port"),
        _listen(args.host, args.console_port, "--console-port"),
    ]
    with options.database(data_dir):
        return _serve(args, listening)


def _serve(args: argparse.Namespace, listening: list[socket.socket]) -> int:
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    config = uvicorn.Config(
        "zhanggui.app:create_app",
        factory=True,
        workers=args.workers,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=_WS_MESSAGE,
        lifespan="on",
        log_level="info",
        access_log=False,
        server_header=False,
        forwarded_allow_ips=args.trusted_proxy,
        timeout_graceful_shutdown=10,
    )
    if args.workers > 1:
        Multiprocess(config, sockets=listening).run()
        return 0
    server = uvicorn.Server(config)
    server.run(sockets=listening)
    return 0 if server.started else 3


def _listen(host: str, port: int, option: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise CommandFailed(
                f"Port {port} is taken by another program: choose one with {option}."
            ) from error
        raise CommandFailed(f"Cannot listen on {host}, port {port}: {error.strerror}.") from error
    listener.set_inheritable(True)
    return listener
