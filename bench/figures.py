"""The figures, their bounds, the table and the JSON."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

# What the figures are to reach: at least (True) or at most (False) the bound.
BOUNDS: dict[str, tuple[bool, float]] = {
    "place_http_vs_pgbench": (True, 1.0),
    "place_cpu_ms": (False, 1.0),
    "hot_sku_cpu_ms": (False, 0.35),
    "hot_sku_per_s": (True, 5000),
    "hot_sku_oversold": (False, 0),
    "confirm_cpu_ms": (False, 1.0),
    "product_page_vs_asgi": (True, 0.6),
    "list_page_vs_asgi": (True, 0.6),
    "search_p99_ms": (False, 20),
    "cart_quote_cpu_ms": (False, 1.0),
    "p99_ms_half_load": (False, 50),
    "p99_ms_saturated": (False, 500),
    "growth_products_page": (False, 1.5),
    "growth_products_place": (False, 1.5),
    "growth_products_quote": (False, 1.5),
    "growth_orders_place": (False, 1.5),
    "growth_orders_history": (False, 1.5),
    "rss_mb": (False, 400),
    "ws_clients": (True, 2000),
    "ws_p99_ms": (False, 200),
}


@dataclass(frozen=True)
class Figure:
    """One measured figure; `note` says what it is made of."""

    key: str
    value: float
    note: str = ""

    @property
    def bound(self) -> str:
        if self.key not in BOUNDS:
            return ""
        least, bound = BOUNDS[self.key]
        return f"{'≥' if least else '≤'} {bound:g}"

    @property
    def holds(self) -> bool | None:
        """None for a figure without a bound."""
        if self.key not in BOUNDS:
            return None
        least, bound = BOUNDS[self.key]
        return self.value >= bound if least else self.value <= bound


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0 to 1) of all are not above. Raises ValueError for none."""
    if not values:
        raise ValueError("no values to take a percentile of")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def rounded(value: float) -> float:
    """Three significant digits, and whole numbers from a thousand on."""
    if value == 0 or not math.isfinite(value):
        return value
    return round(value, max(0, 2 - math.floor(math.log10(abs(value)))))


def table(figures: Sequence[Figure]) -> str:
    """For people: key, value, bound, whether it holds, what it is made of."""
    signs = {True: "yes", False: "NO", None: ""}
    rows = [("key", "value", "to reach", "holds", "made of")]
    rows += [(f.key, f"{rounded(f.value):g}", f.bound, signs[f.holds], f.note) for f in figures]
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    return "\n".join(
        "  ".join([*(c.ljust(w) for c, w in zip(row, widths, strict=False)), row[4]]) for row in rows
    )


def write(figures: Sequence[Figure], machine: dict[str, object], file: Path) -> None:
    """One object: key → value; beside them `details` with bounds and notes, and `machine`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    content: dict[str, object] = {f.key: rounded(f.value) for f in figures}
    content["details"] = {f.key: {**asdict(f), "bound": f.bound, "holds": f.holds} for f in figures}
    content["machine"] = machine
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
