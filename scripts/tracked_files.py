"""The files that git knows, with their text."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

from steps import ROOT, StepFailed

GENERATED = ("package-lock.json", "requirements/", "docs/openapi.json", "docs/schema.md", "schema.d.ts")
"""Parts of the paths of files that a tool writes: exempt from rules about hand-written files."""


def tracked() -> Iterator[tuple[str, Path]]:
    """Path as git names it, and where it is. Works in a checkout that belongs to somebody else."""
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode != 0:
        raise StepFailed(f"git cannot list the files of {ROOT}: {listing.stderr.strip()}")
    for name in listing.stdout.split("\0"):
        path = ROOT / name
        if name and path.is_file() and not path.is_symlink():
            yield name, path


def text_of(path: Path) -> str | None:
    """The text of a file, or None for a picture and the like."""
    data = path.read_bytes()
    return None if b"\0" in data[:8192] else data.decode(errors="replace")


def hand_written(name: str) -> bool:
    """Whether a person wrote this file."""
    return not any(part in name for part in GENERATED)
