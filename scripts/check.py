"""make check: everything that can be said about the sources without running the shop. Says all that is wrong, not the first."""

import shutil
import sys

from steps import ROOT, StepFailed, main, run, say

BIN = ROOT / ".venv" / "bin"
HERE = ROOT / "scripts"


def check() -> None:
    """Run every check; raises StepFailed with the list of those that failed."""
    python = sys.executable
    checks: list[tuple[str, list[object], str]] = [
        ("Format (ruff format)", [BIN / "ruff", "format", "--check", "."], "."),
        ("Lint (ruff check)", [BIN / "ruff", "check", "."], "."),
        ("Lengths of files", [python, HERE / "lengths.py"], "."),
        ("What must not be in tracked files", [python, HERE / "tracked.py"], "."),
        ("Import contracts (import-linter)", [BIN / "lint-imports", "--no-logo"], "."),
        ("Types (pyright, strict)", [BIN / "pyright"], "."),
        ("OpenAPI and the types made from it", [python, HERE / "openapi.py", "--check"], "."),
        ("Schema documentation", [python, HERE / "schema_docs.py", "--check"], "."),
        ("Types of storefront/ (vue-tsc)", ["npm", "run", "--silent", "type-check"], "storefront"),
        ("Lint of storefront/ (eslint)", ["npm", "run", "--silent", "lint"], "storefront"),
        ("Types of console/ (vue-tsc)", ["npm", "run", "--silent", "type-check"], "console"),
        ("Lint of console/ (eslint)", ["npm", "run", "--silent", "lint"], "console"),
    ]
    failed: list[str] = []
    for number, (title, command, folder) in enumerate(checks, start=1):
        try:
            run(
                f"[{number}/{len(checks)}] {title}",
                [str(part) for part in command],
                folder=ROOT / folder,
                log_name=f"check-{number:02}",
            )
        except StepFailed as failure:
            say(str(failure))
            failed.append(title)
    if failed:
        raise StepFailed(f"make check: {len(failed)} of {len(checks)} failed: {'; '.join(failed)}")
    say(f"make check: all {len(checks)} passed.")


if __name__ == "__main__":
    if shutil.which("npm") is None:
        sys.exit("make check needs Node and npm for the front ends.")
    main(check)
