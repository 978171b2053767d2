"""make wheel: one wheel with both built front ends in it, so that installing it needs no Node."""

import shutil
import sys
import zipfile

from steps import ROOT, StepFailed, main, run, say

CARRIED = ("zhanggui/web/h5/index.html", "zhanggui/web/console/index.html", "zhanggui/web/mp-weixin/app.json")


def wheel() -> None:
    """Build into dist/ and look into what was built."""
    out = ROOT / "dist"
    shutil.rmtree(out, ignore_errors=True)
    run(
        "Building the wheel",
        [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", out, ROOT],
        log_name="wheel",
    )
    built = next(out.glob("*.whl"))
    with zipfile.ZipFile(built) as archive:
        names = set(archive.namelist())
    missing = [name for name in CARRIED if name not in names]
    if missing:
        raise StepFailed(f"{built.name} lacks {', '.join(missing)}: run make setup and build it again.")
    say(f"{built.relative_to(ROOT)}: {built.stat().st_size / 1e6:.1f} MB, {len(names)} files.")
    say(f"Try it elsewhere: python3 -m venv try && try/bin/pip install {built} && try/bin/zhanggui demo")


if __name__ == "__main__":
    main(wheel)
