"""Measures the hot paths: ratios within one run and CPU milliseconds, never only a wall time. Run by `make bench`."""
