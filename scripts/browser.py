"""Find a Chromium for the browser tests; as root on Debian, install one. Prints its path."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)


def find() -> str | None:
    """The path of a browser that is already here; ZHANGGUI_CHROMIUM wins."""
    named = os.environ.get("ZHANGGUI_CHROMIUM")
    if named:
        if not os.access(named, os.X_OK):
            sys.exit(f"ZHANGGUI_CHROMIUM is {named}, which cannot be run.")
        return named
    on_path = (shutil.which(name) for name in NAMES)
    in_place = (str(place) for place in PLACES if place.exists())
    downloaded = (
        str(path) for path in sorted(Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome"))
    )
    return next((path for source in (on_path, in_place, downloaded) for path in source if path), None)


def install() -> None:
    """Install Debian's chromium; only root can, and only where there is apt."""
    print(
        "No browser here; installing Debian's chromium with apt (about 300 MB) …", file=sys.stderr, flush=True
    )
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
    ):
        result = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False
        )
        if result.returncode != 0:
            sys.exit(
                f"'{' '.join(command)}' failed: install a Chromium yourself, or name one in ZHANGGUI_CHROMIUM."
            )


def main() -> None:
    """Print the path of a browser, or say how to get one."""
    path = find()
    if path is None and os.geteuid() == 0 and shutil.which("apt-get"):
        install()
        path = find()
    if path is None:
        sys.exit(
            "The tests drive a real browser and this machine has none. Install Chromium or Chrome (Debian: as root "
            "'apt install chromium'; Fedora: 'dnf install chromium'; macOS: 'brew install --cask chromium'), or name "
            "one: make test ZHANGGUI_CHROMIUM=/path/to/chromium"
        )
    print(path)


if __name__ == "__main__":
    main()
