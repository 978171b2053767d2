"""`zhanggui migrate`: the database schema."""

import argparse

from zhanggui.commands import Commands, options


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "migrate",
        help="bring the database to the newest schema",
        description="Runs the missing migrations. 'serve', 'worker' and 'demo' do it by themselves at their start; "
        "run it beforehand where deployment and schema change are separate steps. Several at once wait for one another.",
    )
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 if a migration is missing"
    )
    options.add_data(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Upgrade, or only compare."""
    data_dir = options.apply_data(args)
    with options.database(data_dir, migrated=not args.check) as dsn:
        from zhanggui.core.migrate import revisions

        with options.database_faults_explained():
            applied, newest = revisions(dsn)
    if applied == newest:
        print(f"The database is at the newest schema ({newest}).")
        return 0
    print(f"The database is at {applied or 'no schema'}, the newest is {newest}: run 'zhanggui migrate'.")
    return 1
