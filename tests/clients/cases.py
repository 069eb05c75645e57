"""What the tests of every client share: faults, and a middleware that does not wait long."""

from __future__ import annotations

from typing import Any

from fake_openai import (
    BrokenJSON,
    CleanEnd,
    Cut,
    ErrorEvent,
    Fault,
    NoHeaders,
    RefuseConnection,
    Reset,
    ResetBeforeHeaders,
    Stall,
    Status,
)
from steadystream import Backoff, Retries, Rung, SteadyStream, Timeouts

BODY: dict[str, Any] = {
    "model": "m",
    "messages": [{"role": "user", "content": "How does a letter find its way?"}],
}
KEY = "sk-of-a-test"

# Faults by name, a row for each answer: the first request gets the first, and so on.
MENDABLE: dict[str, tuple[Fault, ...]] = {
    "cut before the first token": (Cut(after=0),),
    "cut": (Cut(after=4),),
    "cut inside an event": (Cut(at_byte=700),),
    "reset": (Reset(after=4),),
    "clean end": (CleanEnd(after=4),),
    "error event": (ErrorEvent(after=4),),
    "broken JSON": (BrokenJSON(after=4),),
    "reset before headers": (ResetBeforeHeaders(),),
    "connection refused": (RefuseConnection(seconds=0.03),),
    "overloaded": (Status(503),),
    "rate limited": (Status(429, retry_after_ms=5),),
    "four in a row": (Status(500), Cut(after=3), Reset(after=5), CleanEnd(after=2)),
}
SILENT: dict[str, tuple[Fault, ...]] = {
    "no headers": (NoHeaders(),),
    "stall": (Stall(after=4),),
    "stall with keep-alives": (Stall(after=4, comments=True, every=0.01),),
}
BROKEN: dict[str, Fault] = {
    "cut": Cut(after=4),
    "reset": Reset(after=4),
    "clean end": CleanEnd(after=4),
    "broken JSON": BrokenJSON(after=4),
}
CONTINUING = ("vllm", "sglang", "deepseek", "mistral", "qwen", "kimi", "groq")
"""Dialects of the fake that go on with the answers of any model."""


HANDED_IN = frozenset({Rung.EXACT_PREFIX, Rung.PREFILL})
"""Without the second asking that helps everywhere: what a partial becomes is shown here too."""


def steady(dialect: str = "vllm", *, silence: float | None = None, attempts: int = 20) -> Any:
    """Return the middleware; it bears `silence` seconds, or as many as usual."""
    timeouts = Timeouts() if silence is None else Timeouts(first_token=silence, idle=silence)
    retries = Retries(attempts=attempts, backoff=Backoff(base=0.01, cap=0.02), rungs=HANDED_IN)
    return SteadyStream(dialect=dialect, timeouts=timeouts, retries=retries, seed=0)
