"""`zhanggui worker`: timers and jobs."""

import argparse

from zhanggui.commands import Commands, options


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "worker",
        help="run timers and jobs (payments that were not reported, messages, reports to the platform)",
        description="Runs what is due: asks the payment provider about open payments, closes unpaid orders, sends "
        "subscription messages and shipping reports. Run one or many; each job is taken by one of them.",
    )
    options.add_data(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Work until SIGTERM or SIGINT."""
    data_dir = options.apply_data(args)
    with options.database(data_dir):
        from zhanggui.worker import main

        main()
    return 0
