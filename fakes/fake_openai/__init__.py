"""A faithful OpenAI-compatible server for tests: scripts, faults and bytes under control."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .claiming.verdict import Judgement, Verdict
    from .clocks.clock import Clock
    from .clocks.manual_clock import ManualClock
    from .clocks.virtual_clock import VirtualClock
    from .delivery.writes import Writes
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
    from .keeping.journal import Received
    from .keeping.limits import Limits
    from .keeping.load import Load
    from .keeping.tape import Sent
    from .latency import Fixed, Latency, Lognormal, Normal, Recorded, Uniform
    from .scripts.scenario import Scenario
    from .scripts.script import Answer, Citation, Reply, ToolCall, tool_call
    from .scripts.scripted import ScopedFake
    from .server import FakeOpenAI
    from .thread import FakeOpenAIThread

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
    "Answer": "scripts.script",
    "Citation": "scripts.script",
    "Clock": "clocks.clock",
    "FakeOpenAI": "server",
    "FakeOpenAIThread": "thread",
    "Fixed": "latency",
    "Latency": "latency",
    "Judgement": "claiming.verdict",
    "Limits": "keeping.limits",
    "Load": "keeping.load",
    "Lognormal": "latency",
    "ManualClock": "clocks.manual_clock",
    "Normal": "latency",
    "Received": "keeping.journal",
    "Recorded": "latency",
    "Reply": "scripts.script",
    "Scenario": "scripts.scenario",
    "ScopedFake": "scripts.scripted",
    "Sent": "keeping.tape",
    "ToolCall": "scripts.script",
    "Uniform": "latency",
    "Verdict": "claiming.verdict",
    "VirtualClock": "clocks.virtual_clock",
    "Writes": "delivery.writes",
    "tool_call": "scripts.script",
}


def __getattr__(name: str) -> Any:
    # The pytest plugin lies in this package and is loaded in every pytest run.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES.get(name, 'faults')}", __name__), name)
