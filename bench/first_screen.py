"""How soon the storefront's first screen is there: Chromium, cold cache, slow phone, DevTools' "Fast 4G". Run by hand.

`python -m bench.first_screen [--runs 5] [--url http://…]` prints JSON: for each page the medians and the single runs of LCP and FCP
in ms after navigation, what the largest element was and how many bytes came over the line; beside it the load average, because
Chromium shares the cores with whatever else runs.

The line is that of the "Fast 4G" preset in Chromium's DevTools: 9 Mbit/s down and 1.5 up, both times 0.9, and 60 ms of round trip
times 2.75 (165 ms), added by the browser to every request. It is what "fast 4G" means to who measures with a browser;
Lighthouse's own default, 1.6 Mbit/s, is called slow 4G there.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from e2e.conftest import PHONE, QUIET, running_demo

PAGES = {
    "home": "/",
    "menu": "/#/pages/menu/index?store=coffee",
    "grid": "/#/pages/menu/index?store=southwind",
}
CPU_SLOWER = 4
FAST_4G = {
    "offline": False,
    "latency": 60 * 2.75,
    "downloadThroughput": 9_000_000 / 8 * 0.9,
    "uploadThroughput": 1_500_000 / 8 * 0.9,
}
SETTLED_MS = 4_000
"""After the first paint: later pictures would still count for LCP."""
OBSERVE = """
window.__lcp = [];
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) window.__lcp.push({
    ms: one.startTime, size: one.size, url: one.url, what: one.element ? one.element.tagName + '.' + one.element.className : ''})
}).observe({type: 'largest-contentful-paint', buffered: true});
"""
TOLD = """() => ({
  lcp: window.__lcp,
  fcp: performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
  first_byte: performance.getEntriesByType('navigation')[0].responseStart,
  bytes: [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .reduce((sum, one) => sum + one.transferSize, 0),
})"""


def look(browser: Browser, url: str) -> dict[str, Any]:
    """One cold visit."""
    context = browser.new_context(**PHONE)
    try:
        page = context.new_page()
        page.add_init_script(OBSERVE)
        devtools = context.new_cdp_session(page)
        devtools.send("Network.enable")
        devtools.send("Network.emulateNetworkConditions", FAST_4G)
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWER})
        page.goto(url, wait_until="load")
        page.locator(".t-product:visible").first.wait_for()
        page.wait_for_timeout(SETTLED_MS)
        told = page.evaluate(TOLD)
    finally:
        context.close()
    last = told["lcp"][-1]
    return {
        "lcp_ms": round(last["ms"]),
        "fcp_ms": round(told["fcp"]),
        "first_byte_ms": round(told["first_byte"]),
        "kb": round(told["bytes"] / 1024),
        "largest": f"{last['what']} {last['url'].rsplit('/', 1)[-1]}".strip(),
        "steps": [(round(one["ms"]), round(one["size"]), one["what"]) for one in told["lcp"]],
    }


def measure(shop: str, runs: int) -> dict[str, Any]:
    """Every page, `runs` cold visits each, one after another."""
    path = os.environ.get("ZHANGGUI_CHROMIUM", "/usr/bin/chromium")
    report: dict[str, Any] = {}
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=QUIET)
        look(browser, shop)  # the browser's and the server's own first steps are not the page's
        for name, place in PAGES.items():
            before = os.getloadavg()[0]
            seen = [look(browser, shop + place) for _ in range(runs)]
            report[name] = {
                **{f"{key}_median": median(one[key] for one in seen) for key in ("lcp_ms", "fcp_ms", "kb")},
                "load": [round(before, 2), round(os.getloadavg()[0], 2)],
                "runs": seen,
            }
        browser.close()
    return report


@contextmanager
def shop_at(url: str | None) -> Generator[str]:
    """The shop to look at: that address, or a demo of its own."""
    if url:
        yield url.rstrip("/")
        return
    with tempfile.TemporaryDirectory(prefix="zhanggui-first-") as folder:
        Path(folder).chmod(0o755)  # so that the database's own account can enter when root runs this
        for demo in running_demo(Path(folder) / "data"):
            yield demo.shop


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--url", help="a shop that runs already; otherwise a demo is started")
    args = parser.parse_args()
    with shop_at(args.url) as shop:
        print(json.dumps(measure(shop, args.runs), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
