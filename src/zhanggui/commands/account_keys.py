"""`zhanggui account-keys`: a merchant's keys are replaced while everything runs."""

import argparse
import asyncio
from pathlib import Path

from zhanggui.commands import CommandFailed, Commands, options


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "account-keys",
        help="replace a merchant's API v3 key, API certificate or the platform's public key while everything runs",
        description="Give what was replaced on the platform's pages; what is left out stays. All accounts of the merchant "
        "number take it over, and every running process within a moment, without a restart. The former API v3 key and public "
        "key are still taken for what is on its way. Secrets are read from files, never from the command line.",
    )
    parser.add_argument("mchid", metavar="MCHID", help="merchant number")
    parser.add_argument("--serial", help="serial number of the merchant's new API certificate")
    parser.add_argument("--private-key", type=Path, metavar="PEM", help="its apiclient_key.pem")
    parser.add_argument(
        "--api-v3-key", type=Path, metavar="FILE", help="the 32 characters of the new API v3 key"
    )
    parser.add_argument(
        "--public-key-id", metavar="PUB_KEY_ID_…", help="id of the platform's (new) public key"
    )
    parser.add_argument("--public-key", type=Path, metavar="PEM", help="the platform's (new) public key")
    options.add_data(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check the files, replace what they hold and say in how many accounts."""
    if not any((args.serial, args.private_key, args.api_v3_key, args.public_key_id, args.public_key)):
        raise CommandFailed("Say what is to be replaced: --private-key, --api-v3-key or --public-key.")
    data_dir = options.apply_data(args)
    with options.database(data_dir):
        count = asyncio.run(_replace(args))
    if not count:
        raise CommandFailed(f"No account has the merchant number {args.mchid}.")
    print(f"Replaced in {count} account{'s' if count > 1 else ''} of merchant {args.mchid}.")
    return 0


async def _replace(args: argparse.Namespace) -> int:
    from zhanggui import settings
    from zhanggui.app import open_runtime
    from zhanggui.core.changes import By
    from zhanggui.core.db import in_transaction
    from zhanggui.payments.keys import NewKeys, replace_keys

    new = NewKeys(
        serial=args.serial,
        private_key=options.secret(args.private_key),
        api_v3_key=options.secret(args.api_v3_key),
        public_key_id=args.public_key_id,
        public_key=options.secret(args.public_key),
    )
    async with open_runtime(settings.load(), pool_size=2) as rt:
        try:
            by = By(None, "zhanggui account-keys")
            return await in_transaction(
                rt.db, lambda conn: replace_keys(conn, rt.sealer, args.mchid, new, by)
            )
        except (ValueError, TypeError) as error:
            raise CommandFailed(f"These keys cannot work: {error}.") from error
