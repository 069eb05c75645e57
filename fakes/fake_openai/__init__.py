"""A faithful OpenAI-compatible server for tests: scripts, faults and bytes under control."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .clock import Clock
    from .faults import (
        HTTP10,
        Bandwidth,
        BlankLines,
        Boundaries,
        BrokenJSON,
        Chance,
        ChangedId,
        ChunkAfterDone,
        CleanEnd,
        CommentEveryEvent,
        CommentFlood,
        Compressed,
        Cut,
        Drip,
        DroppedChunk,
        DuplicateChunk,
        DuplicateFinish,
        EarlyHints,
        Error200,
        ErrorEvent,
        Fault,
        InvalidUTF8,
        LineSeparators,
        LongLine,
        LyingUsage,
        NoDone,
        NoHeaders,
        Nul,
        OddDone,
        OddHeaders,
        OddLines,
        PaddingOnly,
        RawBytes,
        RefuseConnection,
        Reordered,
        RepeatedUsage,
        Reset,
        ResetBeforeHeaders,
        SecondRole,
        SplitData,
        Stall,
        Status,
        TruncatedEvent,
        UnknownEvent,
        UnknownFields,
        WrongContentLength,
        WrongContentType,
    )
    from .journal import Received
    from .latency import Fixed, Latency, Lognormal, Normal, Recorded, Uniform
    from .limits import Limits
    from .load import Load
    from .manual_clock import ManualClock
    from .scenario import Scenario
    from .script import Answer, Citation, Reply, ToolCall, tool_call
    from .scripted import ScopedFake
    from .server import FakeOpenAI
    from .tape import Sent
    from .thread import FakeOpenAIThread
    from .verdict import Judgement, Verdict
    from .virtual_clock import VirtualClock
    from .writes import Writes

__all__ = [
    "HTTP10",
    "Answer",
    "Bandwidth",
    "BlankLines",
    "Boundaries",
    "BrokenJSON",
    "Chance",
    "ChangedId",
    "ChunkAfterDone",
    "Citation",
    "CleanEnd",
    "Clock",
    "CommentEveryEvent",
    "CommentFlood",
    "Compressed",
    "Cut",
    "Drip",
    "DroppedChunk",
    "DuplicateChunk",
    "DuplicateFinish",
    "EarlyHints",
    "Error200",
    "ErrorEvent",
    "FakeOpenAI",
    "FakeOpenAIThread",
    "Fault",
    "Fixed",
    "InvalidUTF8",
    "Judgement",
    "Latency",
    "Limits",
    "LineSeparators",
    "Load",
    "Lognormal",
    "LongLine",
    "LyingUsage",
    "ManualClock",
    "NoDone",
    "NoHeaders",
    "Normal",
    "Nul",
    "OddDone",
    "OddHeaders",
    "OddLines",
    "PaddingOnly",
    "RawBytes",
    "Received",
    "Recorded",
    "RefuseConnection",
    "Reordered",
    "RepeatedUsage",
    "Reply",
    "Reset",
    "ResetBeforeHeaders",
    "Scenario",
    "ScopedFake",
    "SecondRole",
    "Sent",
    "SplitData",
    "Stall",
    "Status",
    "ToolCall",
    "TruncatedEvent",
    "Uniform",
    "UnknownEvent",
    "UnknownFields",
    "Verdict",
    "VirtualClock",
    "Writes",
    "WrongContentLength",
    "WrongContentType",
    "tool_call",
]

_MODULES = {
    "Answer": "script",
    "Citation": "script",
    "Clock": "clock",
    "FakeOpenAI": "server",
    "FakeOpenAIThread": "thread",
    "Fixed": "latency",
    "Latency": "latency",
    "Judgement": "verdict",
    "Limits": "limits",
    "Load": "load",
    "Lognormal": "latency",
    "ManualClock": "manual_clock",
    "Normal": "latency",
    "Received": "journal",
    "Recorded": "latency",
    "Reply": "script",
    "Scenario": "scenario",
    "ScopedFake": "scripted",
    "Sent": "tape",
    "ToolCall": "script",
    "Uniform": "latency",
    "Verdict": "verdict",
    "VirtualClock": "virtual_clock",
    "Writes": "writes",
    "tool_call": "script",
}


def __getattr__(name: str) -> Any:
    # The pytest plugin lies in this package and is loaded in every pytest run.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES.get(name, 'faults')}", __name__), name)
