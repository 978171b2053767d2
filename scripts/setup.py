"""make setup: virtual environment, front-end packages, front-end builds; only what has changed since last time.

Standard library only: it runs before anything is installed.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys

from steps import ROOT, STATE, StepFailed, fingerprint, fresh, main, run, say, stamp

VENV = ROOT / ".venv"
NODE_MAJOR = 20
NODE_FOLDERS = ("storefront", "console", "e2e")
WEB = ROOT / "src" / "zhanggui" / "web"
BUILDS = {
    # name: (folder, npm script, where the build lies, the file it must have, its name in src/zhanggui/web)
    "storefront for browsers": ("storefront", "build:h5", "dist/build/h5", "index.html", "h5"),
    "storefront as a mini-program": (
        "storefront",
        "build:mp-weixin",
        "dist/build/mp-weixin",
        "app.json",
        "mp-weixin",
    ),
    "console": ("console", "build", "dist", "index.html", "console"),
}
NEEDED_BYTES = {"first": 2_500_000_000, "again": 300_000_000}


def setup() -> None:
    """Do all the steps; a second run takes less than a second when nothing has changed."""
    writable()
    STATE.mkdir(exist_ok=True)
    with (STATE / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another 'make' is setting up this checkout; waiting for it …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        room()
        python_packages()
        node = node_version()
        for name in NODE_FOLDERS:
            node_packages(name, node)
        for name in BUILDS:
            front_end(name)


def writable() -> None:
    """Refuse a checkout that we may not write to, before anything is half-made."""
    if not os.access(ROOT, os.W_OK):
        raise StepFailed(
            f"This checkout ({ROOT}) cannot be written to by this user: run make as its owner, or clone it again "
            "into a folder of yours."
        )


def room() -> None:
    """Refuse a disk that is too full, and say how much is needed."""
    needed = NEEDED_BYTES["again" if (STATE / "python").exists() else "first"]
    free = shutil.disk_usage(ROOT).free
    if free < needed:
        raise StepFailed(
            f"Setting up needs about {needed / 1e9:.1f} GB on the disk of {ROOT}; {free / 1e9:.1f} GB are free. "
            "Make room and try again."
        )


def python_packages() -> None:
    """The virtual environment with everything locked, and this checkout in editable form."""
    locks = [ROOT / "requirements" / "dev.txt", ROOT / "requirements" / "build.txt"]
    version = ".".join(str(part) for part in sys.version_info[:3])
    python = VENV / "bin" / "python"
    wanted = fingerprint([*locks, ROOT / "pyproject.toml"], version, str(ROOT))
    if fresh("python", wanted) and python.exists():
        return
    if not fresh("python-base", version + str(ROOT)) or not python.exists():
        shutil.rmtree(VENV, ignore_errors=True)
        try:
            run(
                f"Making a virtual environment with Python {version}",
                [sys.executable, "-m", "venv", VENV],
                log_name="venv",
            )
        except StepFailed as failure:
            raise StepFailed(
                f"{failure}\nThis Python cannot make virtual environments: install its venv module "
                "(Debian, Ubuntu: apt install python3-venv)."
            ) from None
        stamp("python-base", version + str(ROOT))
    count = len(re.findall(r"^[a-z0-9][^ =]*==", "".join(lock.read_text() for lock in locks), re.MULTILINE))
    pip = [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    wanted_files = [part for lock in locks for part in ("-r", lock)]
    run(
        f"Installing {count} Python packages (locked by hash)",
        [*pip, "--require-hashes", "--only-binary=:all:", *wanted_files],
        log_name="pip",
    )
    run(
        "Installing this checkout",
        [*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT],
        log_name="pip-editable",
    )
    stamp("python", wanted)


def node_version() -> str:
    """The version of Node, after making sure that it is new enough and that npm is there."""
    hint = (
        "Install it (Debian, Ubuntu: apt install nodejs npm where that is 20 or newer, otherwise from nodejs.org; "
        "macOS: brew install node) and try again. The finished wheel needs no Node."
    )
    if shutil.which("node") is None:
        raise StepFailed(
            f"Building the front ends needs Node {NODE_MAJOR} or newer, and this machine has none. {hint}"
        )
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.removeprefix("v").split(".")[0]) < NODE_MAJOR:
        raise StepFailed(
            f"Building the front ends needs Node {NODE_MAJOR} or newer; this is {version}. {hint}"
        )
    if shutil.which("npm") is None:
        raise StepFailed(f"Node {version} is here but npm is not. {hint}")
    return version


def node_packages(name: str, node: str) -> None:
    """`npm ci` in one folder, when its lock file has changed."""
    folder = ROOT / name
    lock = folder / "package-lock.json"
    if not lock.exists():
        return
    wanted = fingerprint([lock, folder / "package.json"], node)
    if fresh(f"npm-{name}", wanted) and (folder / "node_modules").is_dir():
        return
    run(
        f"Installing the packages of {name}/ (npm ci)",
        ["npm", "ci", "--no-audit", "--no-fund"],
        folder=folder,
        log_name=f"npm-{name}",
    )
    stamp(f"npm-{name}", wanted)


def front_end(name: str) -> None:
    """Build one front end and put it where the server serves it from, when its sources or packages have changed."""
    folder_name, script, output, entry, served_as = BUILDS[name]
    folder = ROOT / folder_name
    if not (folder / "package.json").exists():
        return
    wanted = fingerprint([folder, ROOT / ".npmrc"], script)
    slug = f"build-{served_as}"
    served = WEB / served_as
    if fresh(slug, wanted) and (served / entry).exists():
        return
    run(f"Building the {name}", ["npm", "run", "--silent", script], folder=folder, log_name=slug)
    if not (folder / output / entry).exists():
        raise StepFailed(
            f"Building the {name} left no {folder / output / entry}; see {STATE}/logs/{slug}.log"
        )
    incoming = served.with_name(f"{served_as}.incoming")
    shutil.rmtree(incoming, ignore_errors=True)
    shutil.copytree(folder / output, incoming)
    shutil.rmtree(served, ignore_errors=True)
    incoming.rename(served)
    stamp(slug, wanted)


if __name__ == "__main__":
    main(setup)
