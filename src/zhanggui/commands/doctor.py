"""`zhanggui doctor`: what is wrong with this machine or installation."""

import argparse
import base64
import os
import secrets

from zhanggui.commands import Commands, options


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "doctor",
        help="say what is wrong with this machine or installation",
        description="Checks Python, packages, settings, database, schema, front ends, ports, disk, clock and browser; "
        "says how to put right what is wrong. Changes nothing. Exit code 1 if something stops the shop from running.",
    )
    parser.add_argument(
        "--new-key", action="store_true", help="only print a new key for ZHANGGUI_MASTER_KEYS"
    )
    options.add_data(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print one line for each thing looked at."""
    if args.new_key:
        number = 1 + max((int(part.split(":")[0]) for part in _present_keys()), default=0)
        print(f"{number}:{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}")
        return 0
    from zhanggui.diagnosis import Verdict, findings

    marks = {Verdict.GOOD: "ok  ", Verdict.NOTE: "note", Verdict.BAD: "BAD "}
    bad = 0
    for finding in findings(options.apply_data(args)):
        print(f"{marks[finding.verdict]}  {finding.subject:<12} {finding.sentence}", flush=True)
        bad += finding.verdict is Verdict.BAD
    print("Nothing stands in the way." if not bad else f"{bad} to put right.")
    return 1 if bad else 0


def _present_keys() -> list[str]:
    given = os.environ.get("ZHANGGUI_MASTER_KEYS", "")
    return [part for part in given.split(",") if part.split(":")[0].isdigit()]
