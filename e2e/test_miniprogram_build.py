"""The mini-program's build itself: the platform's compilers take it, and it is small enough."""

import json
import subprocess
from pathlib import Path

from e2e.conftest import BUILT, ROOT

MAIN_PACKAGE_BYTES = 1_048_576


def test_official_compilers_take_every_file() -> None:
    check = ["node", str(ROOT / "e2e" / "miniprogram" / "compile-check.mjs"), str(BUILT / "mp-weixin")]
    run = subprocess.run(check, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "wcc:" in run.stdout
    assert "wcsc:" in run.stdout


def test_compilers_refuse_a_broken_template(tmp_path: Path) -> None:
    (tmp_path / "a.wxml").write_text("<view><text></view>")
    (tmp_path / "a.wxss").write_text(".a{color:red}")
    check = ["node", str(ROOT / "e2e" / "miniprogram" / "compile-check.mjs"), str(tmp_path)]
    run = subprocess.run(check, capture_output=True, text=True, check=False)
    assert run.returncode == 1


def test_main_package_at_most_1_mb() -> None:
    built = BUILT / "mp-weixin"
    parts = {part["root"] for part in json.loads((built / "app.json").read_text())["subPackages"]}
    size = sum(
        file.stat().st_size
        for file in built.rglob("*")
        if file.is_file() and file.relative_to(built).parts[0] not in parts
    )
    assert 0 < size <= MAIN_PACKAGE_BYTES


def test_runner_unit_tests() -> None:
    run = subprocess.run(
        ["node", "--test", "miniprogram/"], cwd=ROOT / "e2e", capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout
