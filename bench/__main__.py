"""`python -m bench`: measures everything, or what is named, prints the table and writes bench/out/latest.json."""

import argparse
import asyncio
import os
import platform
import resource
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path

from bench import accounts, confirm, flash, large, live, mixed, pages, place, quote
from bench.figures import Figure, table, write
from bench.stage import Stage, stage
from bench.wrk import MissingTool

OUT = Path(__file__).parent / "out" / "latest.json"
PARTS: dict[str, Callable[[Stage], Coroutine[None, None, list[Figure]]]] = {
    "place": place.measure,
    "confirm": confirm.measure,
    "pages": pages.measure,
    "quote": quote.measure,
    "mixed": mixed.measure,
    "live": live.measure,
    "products": large.measure_products,
    "orders": large.measure_orders,
    "flash": flash.measure,
}


def say(text: str) -> None:
    print(text, flush=True)


def machine() -> dict[str, object]:
    """What the figures were measured on; `load` is the machine's average of the last minute."""
    cpu = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        "",
    )
    return {"cpu": cpu, "cores": os.cpu_count(), "kernel": platform.release(), "python": platform.python_version(),
            "load": os.getloadavg()[0]}  # fmt: skip


def run(names: list[str]) -> list[Figure]:
    figures: list[Figure] = []
    for name in names:
        began = time.monotonic()
        with stage() as one:
            one.serve(2)
            found = asyncio.run(PARTS[name](one))
        figures += found
        say(
            f"{name}: {', '.join(f'{f.key} {f.value:.3g}' for f in found)} ({time.monotonic() - began:.0f} s)"
        )
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)} (default: all)")
    names = parser.parse_args().parts or list(PARTS)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    on = machine()
    before = Path("/proc/stat").read_text().splitlines()[0]
    try:
        figures = run(names)
    except MissingTool as missing:
        say(str(missing))
        return 2
    on["busy"] = round(accounts.busy_share(before, Path("/proc/stat").read_text().splitlines()[0]), 2)
    say("\n" + table(figures))
    write(figures, on, OUT)
    say(f"\nWritten to {OUT}. Machine: {on}")
    return 0 if all(f.holds is not False for f in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
