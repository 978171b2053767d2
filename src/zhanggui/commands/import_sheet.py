"""`zhanggui import`: products from a spreadsheet, as the console's import does it."""

import argparse
import asyncio
from pathlib import Path

from zhanggui.commands import CommandFailed, Commands, options


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "import",
        help="import products into a store from a spreadsheet",
        description="Imports products, SKUs and categories from an .xlsx file, or from a .zip of one .xlsx and its "
        "pictures: all of it or, if one row is at fault, nothing. What has a code that the store knows is updated. The "
        "console has a template with the columns explained (Products, Import).",
    )
    parser.add_argument("file", metavar="FILE", type=Path, help=".xlsx, or .zip with pictures")
    parser.add_argument(
        "--store", required=True, metavar="SLUG", help="the store's short name, as in its address"
    )
    parser.add_argument("--dry-run", action="store_true", help="check every row and write nothing")
    parser.add_argument(
        "--language", choices=("zh", "en"), default="en", help="of messages (default: %(default)s)"
    )
    options.add_data(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Import and report; exit code 1 when a row is at fault."""
    try:
        data = args.file.read_bytes()
    except OSError as error:
        raise CommandFailed(f"{args.file} cannot be read: {error.strerror}.") from error
    data_dir = options.apply_data(args)
    with options.database(data_dir):
        return asyncio.run(_import(args, data))


async def _import(args: argparse.Namespace, data: bytes) -> int:
    from zhanggui import settings
    from zhanggui.app import open_runtime
    from zhanggui.catalog.import_sheet import import_sheet
    from zhanggui.core.errors import ShopError
    from zhanggui.core.i18n import message
    from zhanggui.stores.queries import by_slug

    async with open_runtime(settings.load(), pool_size=4) as rt:
        try:
            store = await by_slug(rt, args.store)
        except ShopError as error:
            raise CommandFailed(f"There is no store '{args.store}'.") from error
        try:
            done = await import_sheet(rt, store.id, data, "command line", dry_run=args.dry_run)
        except ShopError as error:
            raise CommandFailed(message(error.code, args.language, **error.params)) from error
    for fault in done.errors:
        where = f"{fault.sheet}, row {fault.row}, {fault.column}" if fault.row else fault.sheet
        print(f"{where}: {message(fault.code, args.language, **fault.params)}")
    if done.errors:
        print(f"Nothing was imported: {len(done.errors)} to put right.")
        return 1
    kept = "Would import" if args.dry_run else "Imported"
    print(
        f"{kept} {done.products} products with {done.skus} SKUs: {done.created} new, {done.updated} updated."
    )
    return 0
