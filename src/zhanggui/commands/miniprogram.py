"""`zhanggui miniprogram`: the buyer's mini-program, ready for the platform's developer tools."""

import argparse
import json
import re
import shutil
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from zhanggui.commands import CommandFailed, Commands

API_MARK = "https://API-HOST.invalid"
"""What storefront/src/api/host.ts holds in place of the server's address."""
_APPID = re.compile(r"wx[0-9a-f]{16}")
_HOST = re.compile(r"(https?://)?[A-Za-z0-9.-]+(:\d{1,5})?")


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "miniprogram",
        help="write the mini-program's folder for your appid and server",
        description="Writes the built mini-program into a folder, with your appid and the address of your server in "
        "it. Open the folder in the platform's developer tools, and enter the server as request, uploadFile and socket "
        "domain in the platform's console. Needs no Node.",
    )
    parser.add_argument(
        "--appid", required=True, help="appid of your mini-program (wx and 16 hexadecimal digits)"
    )
    parser.add_argument(
        "--api-host",
        required=True,
        metavar="HOST",
        help="host of your shop server, such as shop.example.com; https is assumed. For the developer tools on this "
        "machine: http://127.0.0.1:8780",
    )
    parser.add_argument("--force", action="store_true", help="replace what is in OUT")
    parser.add_argument("out", metavar="OUT", type=Path, help="folder to write")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check the arguments, write the folder and say what comes next."""
    if not _APPID.fullmatch(args.appid):
        raise CommandFailed(
            f"'{args.appid}' is not an appid: it is wx and 16 hexadecimal digits, as in wx0123456789abcdef."
        )
    host = args.api_host.rstrip("/")
    if not _HOST.fullmatch(host):
        raise CommandFailed(
            f"'{args.api_host}' is not a host: give it without a path, as in shop.example.com."
        )
    origin = host if host.startswith("http") else f"https://{host}"
    with as_file(files("zhanggui") / "web" / "mp-weixin") as built:
        if not (built / "app.json").is_file():
            raise CommandFailed(
                "This installation holds no built mini-program: run 'make setup' in the checkout first."
            )
        replaced = write(built, args.out.expanduser(), args.appid, origin, force=args.force)
    print(f"Written: {args.out} (appid {args.appid}, server {origin}, {replaced} file with its address).")
    if origin.startswith("http://"):
        print(
            "The platform accepts https servers only; http works in the developer tools with domain checks off."
        )
    print("Next: open the folder in the developer tools.")
    return 0


def write(built: Path, out: Path, appid: str, origin: str, *, force: bool = False) -> int:
    """Copy a built mini-program to `out` with `appid` and `origin` in it; returns in how many files the address was.

    Raises CommandFailed if `out` is in use, or if the build is not one that can be configured.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())) and not force:
        raise CommandFailed(f"{out} is not empty: choose another folder, or replace it with --force.")
    if out.is_dir() and any(out.iterdir()) and not (out / "app.json").is_file():
        raise CommandFailed(f"{out} holds something else than a mini-program: --force will not remove that.")
    holders = [file for file in sorted(built.rglob("*.js")) if API_MARK in file.read_text(encoding="utf-8")]
    if not holders:
        raise CommandFailed("The built mini-program has no place for the server's address; build it again.")
    if out.is_dir():
        shutil.rmtree(out)
    shutil.copytree(built, out)
    for file in holders:
        target = out / file.relative_to(built)
        target.write_text(target.read_text(encoding="utf-8").replace(API_MARK, origin), encoding="utf-8")
    config = out / "project.config.json"
    settings: dict[str, Any] = json.loads(config.read_text(encoding="utf-8")) if config.exists() else {}
    settings["appid"] = appid
    settings.setdefault("compileType", "miniprogram")
    config.write_text(json.dumps(settings, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return len(holders)
