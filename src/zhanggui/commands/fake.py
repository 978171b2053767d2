"""`zhanggui fake`: a store with as many made-up goods and orders as one likes."""

import argparse
import asyncio
import time
from datetime import UTC, date, datetime

from zhanggui.commands import CommandFailed, Commands, options


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "fake",
        help="fill a store with a large made-up catalogue and order history, for trying out and measuring",
        description="Opens a store and fills it with made-up goods (Chinese and English names, specs, SKUs, prices, "
        "stock) and completed orders of past days, written with COPY in one transaction: all of it or nothing. The same "
        "seed and day give the same rows. Not for a store that sells.",
    )
    parser.add_argument(
        "--store", default="everything", metavar="SLUG", help="the store's short name (default: %(default)s)"
    )
    parser.add_argument(
        "--products", type=int, default=10_000, help="how many products (default: %(default)s)"
    )
    parser.add_argument(
        "--skus-per-product", type=int, default=4, help="about how many SKUs each (default: %(default)s)"
    )
    parser.add_argument("--orders", type=int, default=0, help="how many past orders (default: %(default)s)")
    parser.add_argument("--days", type=int, default=365, help="over how many days (default: %(default)s)")
    parser.add_argument(
        "--seed", type=int, default=1, help="another seed, other goods (default: %(default)s)"
    )
    parser.add_argument(
        "--until",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="the day after the last order (default: today)",
    )
    options.add_data(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Fill the store and say how long it took."""
    if args.products < 1 or args.orders < 0 or args.days < 1 or not 1 <= args.skus_per_product <= 30:
        raise CommandFailed(
            "--products and --days must be 1 or more, --skus-per-product 1 to 30, --orders 0 or more."
        )
    data_dir = options.apply_data(args)
    with options.database(data_dir) as dsn:
        return asyncio.run(_fill(args, dsn))


async def _fill(args: argparse.Namespace, dsn: str) -> int:
    from zhanggui import settings
    from zhanggui.app import open_runtime
    from zhanggui.demo.fake.write import NotEmptyError, Wanted, fill

    day = args.until or datetime.now(UTC).date()
    until = datetime(day.year, day.month, day.day, tzinfo=UTC)
    wanted = Wanted(
        args.store, args.products, args.skus_per_product, args.orders, args.days, args.seed, until
    )
    started = time.monotonic()
    async with open_runtime(settings.load(), pool_size=2) as rt:
        try:
            await fill(rt, dsn, wanted, print)
        except NotEmptyError as error:
            raise CommandFailed(
                f"The store '{args.store}' has goods already: choose another with --store."
            ) from error
    print(
        f"The store '{args.store}' has {args.products:,} products and {args.orders:,} orders "
        f"({time.monotonic() - started:.0f} s)."
    )
    return 0
