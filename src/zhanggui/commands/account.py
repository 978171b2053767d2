"""`zhanggui account`: a store's WeChat Pay account and the secrets of mini-program and official account."""

import argparse
import asyncio
from pathlib import Path

from zhanggui.commands import CommandFailed, Commands, options


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "account",
        help="give a store its WeChat Pay account and the secrets of mini-program and official account",
        description="Stores a merchant's account sealed with the installation's key; new payments of the store go to it. "
        "Secrets are read from files, never from the command line. Merchants opened since late 2024 give the platform's "
        "public key; older ones may leave it out and use platform certificates, which are downloaded.",
    )
    parser.add_argument("store", metavar="SLUG", help="the store's short name")
    parser.add_argument("--appid", required=True, help="of the mini-program, bound to the merchant number")
    parser.add_argument("--app-secret", required=True, type=Path, metavar="FILE", help="its AppSecret")
    parser.add_argument(
        "--official-appid",
        metavar="APPID",
        help="of the official account with which pages opened inside WeChat are paid, bound to the merchant number too",
    )
    parser.add_argument("--official-secret", type=Path, metavar="FILE", help="its AppSecret")
    parser.add_argument("--mchid", required=True, help="merchant number")
    parser.add_argument("--serial", required=True, help="serial number of the merchant's API certificate")
    parser.add_argument("--private-key", required=True, type=Path, metavar="PEM", help="apiclient_key.pem")
    parser.add_argument(
        "--api-v3-key", required=True, type=Path, metavar="FILE", help="the 32 characters of the API v3 key"
    )
    parser.add_argument("--public-key-id", metavar="PUB_KEY_ID_…", help="id of the platform's public key")
    parser.add_argument("--public-key", type=Path, metavar="PEM", help="the platform's public key")
    options.add_data(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check the files, seal what is in them and say so."""
    if bool(args.public_key) != bool(args.public_key_id):
        raise CommandFailed("--public-key and --public-key-id belong together: give both or neither.")
    if bool(args.official_appid) != bool(args.official_secret):
        raise CommandFailed("--official-appid and --official-secret belong together: give both or neither.")
    if args.official_appid == args.appid:
        raise CommandFailed(
            "--official-appid is the mini-program's: the official account has one of its own."
        )
    data_dir = options.apply_data(args)
    with options.database(data_dir):
        asyncio.run(_store(args))
    print(f"New payments of '{args.store}' go to merchant {args.mchid}, appid {args.appid}.")
    return 0


async def _store(args: argparse.Namespace) -> None:
    from zhanggui import settings
    from zhanggui.app import open_runtime
    from zhanggui.core.changes import By
    from zhanggui.core.db import Connection, in_transaction
    from zhanggui.core.errors import ShopError
    from zhanggui.core.i18n import message
    from zhanggui.payments.accounts import add_account
    from zhanggui.payments.connection_shapes import AppInput
    from zhanggui.payments.connections import keep_app
    from zhanggui.stores.queries import by_slug
    from zhanggui.wechat.pay_shapes import MerchantAccount

    account = MerchantAccount(
        mchid=args.mchid,
        appid=args.appid,
        serial=args.serial,
        private_key=options.secret(args.private_key) or "",
        api_v3_key=options.secret(args.api_v3_key) or "",
        public_key_id=args.public_key_id,
        public_key=options.secret(args.public_key),
    )
    by = By(None, "zhanggui account")
    mini = AppInput(args.appid, options.secret(args.app_secret) or "")
    official = options.secret(args.official_secret)
    async with open_runtime(settings.load(), pool_size=2) as rt:
        try:
            store = await by_slug(rt, args.store)
        except ShopError as error:
            raise CommandFailed(f"There is no store '{args.store}'.") from error

        async def work(conn: Connection) -> None:
            await keep_app(conn, rt.sealer, by, "mini_program", mini)
            if official:
                await keep_app(
                    conn, rt.sealer, by, "official_account", AppInput(args.official_appid, official)
                )
            await add_account(conn, rt.sealer, store.id, account, by)

        try:
            await in_transaction(rt.db, work)
        except ShopError as error:
            raise CommandFailed(message(error.code, "en")) from error
        except ValueError as error:
            raise CommandFailed(f"This account cannot work: {error}.") from error
