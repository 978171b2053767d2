"""The pure parts of the benchmark: accounts, percentiles, bounds."""

import pytest

from bench.accounts import TICK_MS, Stat, busy_share, parse_stat, select
from bench.figures import BOUNDS, Figure, percentile, rounded, table


def test_cpu_time_of_a_process_counts_its_ended_children() -> None:
    line = "42 (a (b) c) S 7 42 42 0 -1 4194560 1 2 3 4 100 20 3 5 20 0 1 0 1 1 1"
    assert parse_stat(line) == Stat(7, 128 * TICK_MS)


def test_a_tree_is_the_roots_and_all_below() -> None:
    everybody = {1: Stat(0, 1), 2: Stat(1, 2), 3: Stat(2, 4), 4: Stat(0, 8), 5: Stat(4, 16)}
    assert set(select(everybody, [2])) == {2, 3}
    assert sum(s.cpu_ms for s in select(everybody, [1, 4, 9]).values()) == 31


def test_how_busy_the_machine_was() -> None:
    assert busy_share("cpu 10 0 10 80 0 0 0 0 0 0", "cpu 20 0 20 160 0 0 0 0 0 0") == pytest.approx(0.2)
    assert busy_share("cpu 1 0 0 0 0 0 0 0", "cpu 1 0 0 0 0 0 0 0") == 0


@pytest.mark.parametrize(
    ("share", "value"), [(0.5, 50), (0.99, 99), (0.991, 100), (1.0, 100), (0.0, 1), (0.001, 1)]
)
def test_percentiles_are_values_that_were_measured(share: float, value: int) -> None:
    assert percentile(list(range(100, 0, -1)), share) == value


def test_no_percentile_of_nothing() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.99)


def test_a_bound_holds_on_its_own_side() -> None:
    assert Figure("place_cpu_ms", 1.0).holds is True
    assert Figure("place_cpu_ms", 1.01).holds is False
    assert Figure("place_http_vs_pgbench", 1.0).holds is True
    assert Figure("hot_sku_oversold", 1).holds is False
    assert Figure("anything_else", 1).holds is None
    assert set(BOUNDS) >= {"rss_mb", "ws_clients", "search_p99_ms", "p99_ms_half_load"}


def test_the_table_says_what_does_not_hold() -> None:
    text = table([Figure("rss_mb", 401.4, "two"), Figure("rss_mb", 12.34)])
    assert [line.split()[:5] for line in text.splitlines()[1:]] == [
        ["rss_mb", "401", "≤", "400", "NO"],
        ["rss_mb", "12.3", "≤", "400", "yes"],
    ]
    assert [rounded(v) for v in (0.0, 1234.5, 0.012345, 5.678)] == [0.0, 1234, 0.0123, 5.68]
