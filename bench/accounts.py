"""CPU time and memory from the operating system's accounts (/proc), for whole process trees."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


class Stat(NamedTuple):
    """One line of /proc/PID/stat: parent, and CPU milliseconds of the process and of its children that ended."""

    ppid: int
    cpu_ms: float


def parse_stat(line: str) -> Stat:
    """Fields after the command's name, which may itself hold spaces and brackets (proc(5): 4, 14 to 17)."""
    fields = line[line.rindex(")") + 2 :].split()
    return Stat(int(fields[1]), sum(int(ticks) for ticks in fields[11:15]) * TICK_MS)


def tree(roots: Iterable[int]) -> dict[int, Stat]:
    """The processes below and including `roots` that live now."""
    everybody: dict[int, Stat] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                everybody[int(entry.name)] = parse_stat((entry / "stat").read_text())
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended between listing and reading; its parent has its time now
    return select(everybody, roots)


def select(everybody: dict[int, Stat], roots: Iterable[int]) -> dict[int, Stat]:
    """Of `everybody`, `roots` and their descendants."""
    children: dict[int, list[int]] = {}
    for pid, stat in everybody.items():
        children.setdefault(stat.ppid, []).append(pid)
    found: dict[int, Stat] = {}
    waiting = [pid for pid in roots if pid in everybody]
    while waiting:
        pid = waiting.pop()
        found[pid] = everybody[pid]
        waiting.extend(children.get(pid, []))
    return found


def cpu_ms(roots: Iterable[int]) -> float:
    """CPU milliseconds (user and system) of the trees so far, ended children included."""
    return sum(stat.cpu_ms for stat in tree(roots).values())


def rss_mb(pid: int) -> float:
    """Resident memory of one process in MB (10⁶ bytes)."""
    for line in (PROC / str(pid) / "status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise LookupError(f"no VmRSS for {pid}")


def busy_share(before: str, after: str) -> float:
    """How busy the whole machine was between two first lines of /proc/stat, 0 to 1."""
    one, two = ([int(n) for n in line.split()[1:9]] for line in (before, after))
    passed = [b - a for a, b in zip(one, two, strict=True)]
    total = sum(passed)
    return 1 - (passed[3] + passed[4]) / total if total else 0.0
