"""`zhanggui demo`: the whole shop on this machine."""

import argparse

from zhanggui.commands import Commands, options


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "demo",
        help="run the whole shop on this machine: database, WeChat sandbox, server, worker, two stores",
        description="Runs everything that a shop needs, with two stores to look at, and prints the addresses. The "
        "first start takes some seconds longer. Ports that are taken are replaced by the next free ones. Ctrl-C stops "
        "everything; data stay in the data folder. While it runs, DATA/demo.json holds the addresses for scripts.",
    )
    parser.add_argument(
        "--port", type=int, default=8780, help="port of the shop (default: %(default)s; 0: any)"
    )
    parser.add_argument(
        "--console-port", type=int, default=8781, help="port of the console (default: %(default)s; 0: any)"
    )
    parser.add_argument(
        "--sandbox-port", type=int, default=8790, help="port of the sandbox (default: %(default)s; 0: any)"
    )
    parser.add_argument("--processes", type=int, default=1, help="server processes (default: %(default)s)")
    options.add_data(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run until told to stop."""
    data_dir = options.apply_data(args)
    from zhanggui.demo.run import Wanted, run

    return run(
        Wanted(
            data_dir=data_dir.absolute(),
            port=args.port,
            console_port=args.console_port,
            sandbox_port=args.sandbox_port,
            processes=args.processes,
        )
    )
