"""make test: every test there is, the Python ones last, so that their summary closes the output.

Arguments go to pytest: make test ARGS='-k refund'. With arguments the front ends' own tests are left out.
"""

import os
import subprocess
import sys

from steps import ROOT, main, run, say


def test() -> None:
    """Front-end unit tests, then all of pytest (unit, database, races, browser)."""
    found = subprocess.run(
        [sys.executable, ROOT / "scripts" / "browser.py"], stdout=subprocess.PIPE, text=True, check=False
    )
    if found.returncode != 0:
        sys.exit(found.returncode)
    browser = found.stdout.strip()
    say(f"Browser: {browser}")
    arguments = sys.argv[1:]
    if not arguments:
        for folder in ("storefront", "console"):
            run(
                f"Unit tests of {folder}/ (vitest)",
                ["npm", "run", "--silent", "test"],
                folder=ROOT / folder,
                log_name=f"test-{folder}",
            )
    # As many as there are cores: tests wait for PostgreSQL and for processes as much as they compute.
    workers = ["-n", str(max(2, os.cpu_count() or 2)), "--dist", "loadgroup"]
    places = ["e2e", "tests"] if any((ROOT / "e2e").rglob("test_*.py")) else ["tests"]
    command = [sys.executable, "-m", "pytest", *workers, *(arguments or places)]
    say(f"→ pytest {' '.join(command[3:])}")
    os.chdir(ROOT)
    os.execve(sys.executable, command, {**os.environ, "ZHANGGUI_CHROMIUM": browser})  # noqa: S606  pytest's exit code is ours


if __name__ == "__main__":
    main(test)
