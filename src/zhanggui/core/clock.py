"""The one source of time. Tests turn it; nothing else calls datetime.now()."""

from datetime import UTC, datetime, timedelta

_offset = timedelta()


def now() -> datetime:
    """The current instant, timezone-aware UTC, microseconds."""
    return datetime.now(UTC) + _offset


def turn(by: timedelta) -> None:
    """Move the clock forward (tests only); negative values move it back."""
    global _offset  # noqa: PLW0603  # one clock per process is the point
    _offset += by


def reset() -> None:
    """Put the clock back to real time (tests only)."""
    global _offset  # noqa: PLW0603  # one clock per process is the point
    _offset = timedelta()
