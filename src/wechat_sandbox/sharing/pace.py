"""How often a merchant may ask: the platform's limit per second."""

from collections import deque


class Pace:
    """Counts calls of the last platform second."""

    def __init__(self) -> None:
        self._calls: dict[str, deque[float]] = {}

    def allows(self, mchid: str, now: float, most: int) -> bool:
        """Whether one more call fits into this second; it is counted if so."""
        calls = self._calls.setdefault(mchid, deque())
        while calls and calls[0] <= now - 1:
            calls.popleft()
        if len(calls) >= most:
            return False
        calls.append(now)
        return True
