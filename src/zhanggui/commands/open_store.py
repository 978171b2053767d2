"""`zhanggui open-store`: a store of one's own, and who owns it."""

import argparse
import asyncio

from zhanggui.commands import CommandFailed, Commands, options

_METHODS = ("express", "delivery", "pickup", "dine_in")


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "open-store",
        help="open a store and give it an owner who signs in to the console",
        description="Opens an empty store: its address, hours and fees are set in the console, its goods come from there "
        "or from 'zhanggui import', its payments from 'zhanggui account'. Prints the owner's first password, which the "
        "console wants changed at the first sign-in.",
    )
    parser.add_argument("slug", metavar="SLUG", help="short name in addresses: a-z, 0-9 and -")
    parser.add_argument("--name", required=True, metavar="ZH", help="the store's name in Chinese")
    parser.add_argument("--name-en", default="", metavar="EN", help="and in English")
    parser.add_argument(
        "--layout", choices=("menu", "grid"), default="grid", help="food or goods (default: grid)"
    )
    parser.add_argument(
        "--deliver",
        action="append",
        choices=_METHODS,
        metavar="METHOD",
        help=f"one of {', '.join(_METHODS)}; several times for several (default: express and pickup)",
    )
    parser.add_argument(
        "--owner", required=True, metavar="LOGIN", help="sign-in name of its owner, a new one"
    )
    options.add_data(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Open it and say what comes next."""
    data_dir = options.apply_data(args)
    with options.database(data_dir):
        password = asyncio.run(_open(args))
    print(f"Store '{args.slug}' is open. In the console, sign in as {args.owner.lower()} with {password}")
    print(
        f"Next: zhanggui account {args.slug} … for payments, and goods by the console or 'zhanggui import'."
    )
    return 0


async def _open(args: argparse.Namespace) -> str:
    import re

    from zhanggui import settings
    from zhanggui.app import open_runtime
    from zhanggui.core.db import Connection, in_transaction
    from zhanggui.core.errors import ShopError
    from zhanggui.core.i18n import Text, message
    from zhanggui.demo.first_password import make
    from zhanggui.staff.invite import add_staff
    from zhanggui.stores.open_store import open_store
    from zhanggui.stores.rules import Settings

    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,39}", args.slug):
        raise CommandFailed(
            f"'{args.slug}' is not a short name: 2 to 40 of a-z, 0-9 and -, as in lane-coffee."
        )
    password = make()

    async def work(conn: Connection) -> None:
        chosen = Settings(delivery_methods=args.deliver or ["express", "pickup"])
        store_id = await open_store(conn, args.slug, Text(args.name, args.name_en), args.layout, chosen)
        await add_staff(conn, args.owner, args.owner, password, {store_id: "owner"})

    async with open_runtime(settings.load(), pool_size=2) as rt:
        try:
            await in_transaction(rt.db, work)
        except ShopError as error:
            raise CommandFailed(message(error.code, "en", **error.params)) from error
    return password
