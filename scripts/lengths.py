"""The bars for hand-written source files: none over 700 lines, 95 % up to 400, the median up to 90."""

import statistics
import sys

from steps import StepFailed, main, say
from tracked_files import hand_written, text_of, tracked

SOURCES = (".py", ".ts", ".vue", ".js", ".mjs", ".cjs", ".css", ".scss", ".sh", ".sql", ".html")
NEVER_NAMED = {"service", "services", "utils", "util", "helpers", "helper", "misc", "common"}
LONGEST, LONG, MEDIAN = 700, 400, 90
LONG_SHARE = 0.05


def lengths() -> None:
    """Measure and compare; raises StepFailed naming the files in question."""
    measured: dict[str, int] = {}
    misnamed: list[str] = []
    for name, path in tracked():
        if not name.endswith(SOURCES) or not hand_written(name):
            continue
        measured[name] = len((text_of(path) or "").splitlines())
        if path.name.split(".")[0] in NEVER_NAMED:
            misnamed.append(name)
    counts = sorted(measured.values())
    median = statistics.median(counts)
    long = {name: count for name, count in measured.items() if count > LONG}
    say(f"{len(counts)} files, median {median:.0f} lines, {len(long)} over {LONG}, longest {counts[-1]}")
    wrong = [
        f"{name}: {count} lines, {LONGEST} is the most" for name, count in measured.items() if count > LONGEST
    ]
    if len(long) > LONG_SHARE * len(counts):
        wrong.append(f"{len(long)} files are over {LONG} lines, 5 % is the most: {', '.join(sorted(long))}")
    if median > MEDIAN:
        wrong.append(f"the median is {median:.0f} lines, {MEDIAN} is the most")
    wrong += [f"{name}: a file is named after what it does" for name in misnamed]
    if wrong:
        raise StepFailed("\n".join(wrong))


if __name__ == "__main__":
    main(lengths)
    sys.exit(0)
