"""A faithful OpenAI-compatible server for tests: scripts, faults and bytes under control."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
    from .script import Answer, Reply, ToolCall
    from .server import FakeOpenAI
    from .thread import FakeOpenAIThread
    from .writes import Writes

__all__ = [
    "Answer",
    "BrokenJSON",
    "Chance",
    "CleanEnd",
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
    "Writes",
]

_MODULES = {
    "Answer": "script",
    "FakeOpenAI": "server",
    "FakeOpenAIThread": "thread",
    "Fixed": "latency",
    "Latency": "latency",
    "Limits": "limits",
    "Load": "load",
    "Lognormal": "latency",
    "Normal": "latency",
    "Received": "journal",
    "Recorded": "latency",
    "Reply": "script",
    "ToolCall": "script",
    "Uniform": "latency",
    "Writes": "writes",
}


def __getattr__(name: str) -> Any:
    # The pytest plugin lies in this package and is loaded in every pytest run.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES.get(name, 'faults')}", __name__), name)
