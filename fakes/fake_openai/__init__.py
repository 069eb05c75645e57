"""A faithful OpenAI-compatible server for tests: scripts, faults and bytes under control."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .clock import Clock
    from .faults import (
        BrokenJSON,
        Chance,
        CleanEnd,
        CommentFlood,
        Cut,
        Drip,
        DuplicateChunk,
        ErrorEvent,
        Fault,
        LongLine,
        NoHeaders,
        RefuseConnection,
        Reset,
        ResetBeforeHeaders,
        Stall,
        Status,
    )
    from .journal import Received
    from .latency import Fixed, Latency, Lognormal, Normal, Recorded, Uniform
    from .limits import Limits
    from .load import Load
    from .manual_clock import ManualClock
    from .script import Answer, Reply, ToolCall
    from .server import FakeOpenAI
    from .thread import FakeOpenAIThread
    from .virtual_clock import VirtualClock
    from .writes import Writes

__all__ = [
    "Answer",
    "BrokenJSON",
    "Chance",
    "CleanEnd",
    "Clock",
    "CommentEveryEvent",
    "CommentFlood",
    "Cut",
    "Drip",
    "DuplicateChunk",
    "ErrorEvent",
    "FakeOpenAI",
    "FakeOpenAIThread",
    "Fault",
    "Fixed",
    "Latency",
    "Limits",
    "Load",
    "Lognormal",
    "LongLine",
    "LyingUsage",
    "ManualClock",
    "NoDone",
    "NoHeaders",
    "Normal",
    "Received",
    "Recorded",
    "RefuseConnection",
    "Reply",
    "Reset",
    "ResetBeforeHeaders",
    "Stall",
    "Status",
    "ToolCall",
    "Uniform",
    "UnknownEvent",
    "UnknownFields",
    "VirtualClock",
    "Writes",
]

_MODULES = {
    "Answer": "script",
    "Clock": "clock",
    "FakeOpenAI": "server",
    "FakeOpenAIThread": "thread",
    "Fixed": "latency",
    "Latency": "latency",
    "Limits": "limits",
    "Load": "load",
    "Lognormal": "latency",
    "ManualClock": "manual_clock",
    "Normal": "latency",
    "Received": "journal",
    "Recorded": "latency",
    "Reply": "script",
    "ToolCall": "script",
    "Uniform": "latency",
    "VirtualClock": "virtual_clock",
    "Writes": "writes",
}


def __getattr__(name: str) -> Any:
    # The pytest plugin lies in this package and is loaded in every pytest run.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES.get(name, 'faults')}", __name__), name)
