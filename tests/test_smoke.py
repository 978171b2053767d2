"""What `make smoke` runs, run by `make test` too."""

import json
import subprocess
import sys
from pathlib import Path

SMOKE = Path(__file__).parents[1] / "scripts" / "smoke.py"


def test_one_purchase_over_http() -> None:
    ended = subprocess.run(
        [sys.executable, SMOKE], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    report = json.loads(ended.stdout.splitlines()[-1])
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert report["ok"] is True
    assert report["status"] == "completed"
    assert report["total"] > 0
