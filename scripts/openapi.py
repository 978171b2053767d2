"""docs/openapi.json from the server's own endpoints, and both front ends' types from that.

`--check` writes nothing and fails when one of the three is not what it would write.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec
from steps import ROOT, StepFailed, main, say

DOCUMENT = ROOT / "docs" / "openapi.json"
FRONT_ENDS = ("storefront", "console")
TYPES = Path("src/api/schema.d.ts")


def document() -> str:
    """The OpenAPI document as text, keys in a fixed order so that a change shows as one."""
    from zhanggui.app import create_api

    schema = create_api().openapi_schema.to_schema()
    return json.dumps(msgspec.to_builtins(schema), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def types(front_end: str, source: Path) -> str:
    """TypeScript types of a document, made by the front end's own generator."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "schema.d.ts"
        made = subprocess.run(
            [ROOT / front_end / "node_modules" / ".bin" / "openapi-typescript", source, "-o", out],
            cwd=ROOT / front_end,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode != 0:
            raise StepFailed(
                f"openapi-typescript in {front_end}/ failed: {made.stderr.strip() or made.stdout.strip()}"
            )
        return out.read_text(encoding="utf-8")


def generate() -> None:
    """Write all three, or compare them."""
    checking = "--check" in sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "openapi.json"
        source.write_text(document(), encoding="utf-8")
        wanted = {DOCUMENT: source.read_text(encoding="utf-8")}
        for front_end in FRONT_ENDS:
            wanted[ROOT / front_end / TYPES] = types(front_end, source)
    stale = [
        path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    if checking and stale:
        names = ", ".join(str(path.relative_to(ROOT)) for path in stale)
        raise StepFailed(
            f"Not what the server's endpoints say: {names}. Run: .venv/bin/python scripts/openapi.py"
        )
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], encoding="utf-8")
        say(f"written: {path.relative_to(ROOT)}")
    if not stale:
        say("OpenAPI document and types are up to date")


if __name__ == "__main__":
    main(generate)
