"""What is measured, one file a row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.measure import Finding, Report

from . import (
    fake,
    fake_idle,
    fake_start,
    held_calls,
    large_event,
    memory,
    middleware,
    one_stream,
    paced,
    rivals,
    short_request,
)


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        title: what it measures.
        measure: takes the share of the usual effort, and a place to report to.
    """

    title: str
    measure: Callable[[float, Report], Sequence[Finding]]


ALL = {
    "one-stream": Row("CPU of a client, one stream", one_stream.measure),
    "held-calls": Row("CPU of a client, calls held", held_calls.measure),
    "paced": Row("CPU of a client, 500 streams at 20 events a second", paced.measure),
    "middleware": Row("CPU of the middleware under the openai SDK", middleware.measure),
    "short-request": Row("CPU of one short request from nothing", short_request.measure),
    "memory": Row("memory of 2,000 idle streams", memory.measure),
    "large-event": Row("an event of 16 MiB in small reads", large_event.measure),
    "fake": Row("CPU of the fake server, 500 streams", fake.measure),
    "fake-idle": Row("memory of the fake server, 5,000 idle streams", fake_idle.measure),
    "fake-start": Row("start of the fake server", fake_start.measure),
    "rivals": Row("the fake server beside others", rivals.measure),
}
