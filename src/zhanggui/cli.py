"""The `zhanggui` command. Nothing heavy is imported before it is known what to do."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version

from zhanggui.commands import (
    CommandFailed,
    account,
    account_keys,
    demo,
    doctor,
    fake,
    import_sheet,
    migrate,
    miniprogram,
    open_store,
    serve,
    worker,
)

_GROUPS = (
    demo,
    serve,
    worker,
    migrate,
    open_store,
    account,
    account_keys,
    import_sheet,
    fake,
    miniprogram,
    doctor,
)


def parser() -> argparse.ArgumentParser:
    """The whole command line, as --help shows it."""
    top = argparse.ArgumentParser(
        prog="zhanggui",
        description="掌柜 Zhanggui: the shop behind a WeChat mini-program, from the first tap to the refund.",
        epilog="Start with 'zhanggui demo'. 'zhanggui COMMAND --help' explains a command. Settings come from the "
        "environment (ZHANGGUI_…); docs/architecture.md lists them.",
    )
    top.add_argument("--version", action="version", version=f"%(prog)s {version('zhanggui')}")
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    for module in _GROUPS:
        module.add(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code. What a person can put right is one sentence on standard error."""
    args = parser().parse_args(arguments)
    from zhanggui.settings import SettingsError  # heavy, and --help and --version end before it

    try:
        return args.run(args)
    except (CommandFailed, SettingsError) as failure:
        print(f"zhanggui: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # the reader of our output has gone (zhanggui doctor | head): nothing more to say to anybody
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


if __name__ == "__main__":
    sys.exit(main())
