"""What the server counts for `/metrics`, cheaply, whether or not anybody asks."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter

from .journal import Received

LAG_BOUNDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)  # seconds
_SCENARIOS = 50
OTHER = "other"


class Counters:
    """Counts that only rise; the label `scenario` is the name of a scope.

    Names beyond the fiftieth are counted as `other`, so that a test run with a scope for every
    test does not fill the memory of whoever reads them.

    Attributes:
        requests: by scenario.
        events: sent, by scenario.
        faults: by scenario and kind.
        overflows: names that were counted as `other`.
        lag: how late timers were, a count for each bound and one beyond.
        lag_sum: seconds of it.
    """

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()
        self.events: Counter[str] = Counter()
        self.faults: Counter[tuple[str, str]] = Counter()
        self.overflows = 0
        self.lag = [0] * (len(LAG_BOUNDS) + 1)
        self.lag_sum = 0.0
        self._scenarios: set[str] = set()

    def add(self, received: Received) -> None:
        """Count a request that has ended."""
        scenario = self._scenario(received.scope)
        self.requests[scenario] += 1
        self.events[scenario] += received.chunks_sent
        for fault in received.faults:
            self.faults[scenario, fault.kind()] += 1

    def late(self, seconds: float) -> None:
        """Count how late a timer was."""
        self.lag[bisect_left(LAG_BOUNDS, seconds)] += 1
        self.lag_sum += seconds

    def _scenario(self, name: str) -> str:
        if name in self._scenarios:
            return name
        if len(self._scenarios) < _SCENARIOS:
            self._scenarios.add(name)
            return name
        self.overflows += 1
        return OTHER
