"""Plays schedules by the batch, in several processes."""

from __future__ import annotations

import gc
import multiprocessing
import signal
import time
from collections.abc import Iterator

from . import playing, tally
from .report import Weather, summary, tell_failures

BATCH = 250


def run(seeds: range, jobs: int, *, stop: bool = False) -> int:
    """Play `seeds` in `jobs` processes; return the exit status."""
    began, done = time.monotonic(), tally.Batch()
    batches = [seeds[at : at + BATCH] for at in range(0, len(seeds), BATCH)]
    with Weather(len(seeds)) as weather:
        for some in _played(batches, jobs):
            done.add(some)
            tell_failures(some.failures)
            weather.tell(done)
            if stop and some.failures:
                break
    summary(done, seeds, time.monotonic() - began)
    return 1 if done.failures else 0


def _played(batches: list[range], jobs: int) -> Iterator[tally.Batch]:
    if jobs == 1:
        yield from map(playing.batch, batches)
        return
    processes = multiprocessing.get_context("spawn")
    with processes.Pool(min(jobs, len(batches)), initializer=_begin) as pool:
        yield from pool.imap_unordered(playing.batch, batches)


def _begin() -> None:
    """Leave it to the first process to end on Ctrl-C, and never look at imported modules again."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
