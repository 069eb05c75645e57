"""Counts what happened lately."""

from __future__ import annotations

SLOTS = 10
"""Parts of the window; what happened is forgotten a part at a time."""


class Tally:
    """How often something happened within the last `window` seconds, to a tenth of it.

    It holds one number for each tenth, however much happens. A time that lies before the latest one
    counts as the latest.

    Args:
        window: seconds.
    """

    __slots__ = ("_slots", "_total", "_width")

    def __init__(self, window: float) -> None:
        self._width = window / SLOTS
        self._slots: list[list[int]] = []
        self._total = 0

    def add(self, now: float) -> None:
        """Note that it happened at `now`."""
        slot = int(now / self._width)
        slots = self._slots
        if slots and slots[-1][0] >= slot:
            slots[-1][1] += 1
        else:
            self._forget(slot)
            slots.append([slot, 1])
        self._total += 1

    def total(self, now: float) -> int:
        """Return how often it happened within the window that ends at `now`."""
        self._forget(int(now / self._width))
        return self._total

    def clear(self) -> None:
        """Forget everything."""
        self._slots.clear()
        self._total = 0

    def _forget(self, slot: int) -> None:
        slots = self._slots
        while slots and slots[0][0] <= slot - SLOTS:
            self._total -= slots.pop(0)[1]
