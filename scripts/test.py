"""make test: every test there is, the Python ones last, so that their summary closes the output.

Arguments go to pytest: make test ARGS='-k refund'. With arguments the front ends' own tests are left out.
"""

import os
import subprocess
import sys

from steps import ROOT, StepFailed, main, run, say


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
    failed = False
    for folder in () if arguments else ("storefront", "console"):
        try:
            run(
                f"Unit tests of {folder}/ (vitest)",
                ["npm", "run", "--silent", "test"],
                folder=ROOT / folder,
                log_name=f"test-{folder}",
            )
        except StepFailed as failure:
            say(str(failure))
            failed = True
    # As many as there are cores: tests wait for PostgreSQL and for processes as much as they compute.
    workers = ["-n", str(max(2, os.cpu_count() or 2))]
    places = ["e2e", "tests"] if any((ROOT / "e2e").rglob("test_*.py")) else ["tests"]
    command = [sys.executable, "-m", "pytest", *workers, *(arguments or places)]
    say(f"→ pytest {' '.join(command[3:])}")
    ended = subprocess.run(command, cwd=ROOT, env={**os.environ, "ZHANGGUI_CHROMIUM": browser}, check=False)
    sys.exit(ended.returncode or failed)


if __name__ == "__main__":
    main(test)
