"""Hypothesis strategies: answers, faults, schedules of faults, writes, request bodies, scenarios.

They shrink to what is simplest: the shortest answer, the fewest attempts, the simplest fault, as
early as can be. Needs the extra `fuzz`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from hypothesis import strategies as st

from .fault import Fault
from .faults import (
    HTTP10,
    BlankLines,
    Boundaries,
    BrokenJSON,
    ChangedId,
    CleanEnd,
    CommentEveryEvent,
    CommentFlood,
    Compressed,
    Cut,
    DroppedChunk,
    DuplicateChunk,
    DuplicateFinish,
    EarlyHints,
    ErrorEvent,
    LineSeparators,
    LongLine,
    LyingUsage,
    NoDone,
    OddDone,
    OddLines,
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
    WrongContentType,
)
from .scenario import Scenario
from .script import Answer, ToolCall
from .writes import Writes

__all__ = [
    "answers",
    "breaking_faults",
    "chunkings",
    "faults",
    "legal_faults",
    "lying_faults",
    "refusing_faults",
    "request_bodies",
    "scenarios",
    "schedules",
    "stalls",
    "texts",
    "tool_calls",
]

_FARTHEST = 12  # events after which faults strike at most
_LONGEST = 80  # characters
_RETRIED = (429, 500, 502, 503, 408, 409, 529)
# What decoders of SSE and of JSON stumble over, beside everything else that text may be.
_TRICKY = (
    "\n\n",
    "\r\n",
    "\r",
    "data: ",
    "[DONE]",
    "\u2028",
    "\x85",
    "🌊",
    "é",
    '"',
    "\\",
    "<|",
    "\x00",
)


def texts(*, min_size: int = 0, max_size: int = _LONGEST) -> st.SearchStrategy[str]:
    """Texts of any characters that JSON can carry, tricky ones among them."""
    plain = st.text(st.characters(exclude_categories=["Cs"]), min_size=min_size, max_size=max_size)
    words = st.sampled_from(("one ", "two ", "three ", *_TRICKY))
    spiced = st.lists(words, min_size=min_size, max_size=max(1, max_size // 6)).map("".join)
    return st.one_of(plain, spiced).filter(lambda text: len(text) >= min_size)


def tool_calls() -> st.SearchStrategy[ToolCall]:
    """Calls of tools, with arguments of every JSON type."""
    names = st.from_regex(r"[a-z][a-z0-9_]{0,11}", fullmatch=True)
    values = st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts(max_size=12),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
        max_leaves=5,
    )
    return st.builds(ToolCall, names, st.dictionaries(names, values, max_size=3))


@st.composite
def answers(
    draw: st.DrawFn,
    *,
    min_size: int = 0,
    tools: bool = False,
    reasoning: bool = False,
    refusals: bool = False,
) -> Answer:
    """Answers, each cut into chunks at places of its own.

    Args:
        draw: of Hypothesis.
        min_size: characters of text at least.
        tools: whether tools may be called.
        reasoning: whether there may be reasoning.
        refusals: whether it may be a refusal.
    """
    if refusals and draw(st.booleans()):
        return Answer(refusal=draw(texts(min_size=1)))
    text = draw(texts(min_size=min_size))
    calls = draw(st.lists(tool_calls(), max_size=2)) if tools else []
    thought = draw(texts(max_size=30)) if reasoning else ""
    cuts = sorted(draw(st.sets(st.integers(1, len(text) - 1), max_size=6))) if len(text) > 1 else []
    chunks = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    return Answer(text, reasoning=thought, tool_calls=calls, chunks=chunks if cuts else None)


def chunkings() -> st.SearchStrategy[Writes]:
    """Borders of writes and forms of lines: all that SSE allows."""
    return st.builds(
        Writes,
        mode=st.sampled_from(("event", "whole", "lines", "random", "bytes")),
        newline=st.sampled_from(("\n", "\r\n", "\r")),
        bom=st.booleans(),
        space_after_colon=st.booleans().map(lambda without: not without),
    )


def _placed(
    kinds: Iterable[Callable[..., Fault]], farthest: int = _FARTHEST
) -> st.SearchStrategy[Fault]:
    places = st.integers(0, farthest)
    return st.one_of(
        *(st.builds(kind, after=places) for kind in kinds),
        *(st.builds(kind, at_byte=st.integers(0, farthest * 200)) for kind in kinds),
    )


def breaking_faults() -> st.SearchStrategy[Fault]:
    """Faults in the stream after which a client must not take the answer for whole."""
    return st.one_of(
        _placed((Cut, Reset, CleanEnd)),
        st.builds(ErrorEvent, after=st.integers(0, _FARTHEST)),
        st.builds(TruncatedEvent, after=st.integers(0, _FARTHEST)),
        st.builds(BrokenJSON, after=st.integers(0, _FARTHEST)),
    )


def refusing_faults() -> st.SearchStrategy[Fault]:
    """Faults instead of an answer that a client may try again after."""
    return st.one_of(
        st.sampled_from(_RETRIED).map(Status),
        st.builds(Status, st.just(429), retry_after=st.sampled_from((0, 1))),
        st.just(ResetBeforeHeaders()),
    )


def legal_faults() -> st.SearchStrategy[Fault]:
    """What is odd and yet allowed: a client must read the answer whole and right."""
    places = st.integers(0, _FARTHEST)
    return st.one_of(
        st.builds(CommentFlood, st.integers(1, 5), after=places),
        st.just(CommentEveryEvent()),
        st.builds(UnknownFields),
        st.builds(UnknownEvent, after=places),
        st.just(BlankLines()),
        st.just(OddLines()),
        st.just(LineSeparators()),
        st.builds(SplitData),
        st.builds(LongLine, st.integers(1000, 300_000), after=places),
        st.builds(Compressed, st.sampled_from(("gzip", "deflate"))),
        st.just(EarlyHints()),
        st.just(HTTP10()),
        st.builds(Boundaries, st.sampled_from(("utf8", "data", "crlf", "lines", "bytes"))),
    )


def lying_faults() -> st.SearchStrategy[Fault]:
    """What no client can be sure to notice: use them for what must not crash or hang."""
    places = st.integers(0, _FARTHEST)
    return st.one_of(
        st.builds(DuplicateChunk, after=st.integers(1, _FARTHEST)),
        st.builds(DroppedChunk, after=places),
        st.builds(Reordered, after=places),
        st.builds(SecondRole, after=places),
        st.builds(ChangedId, after=places),
        st.builds(LyingUsage),
        st.builds(RepeatedUsage),
        st.builds(DuplicateFinish),
        st.just(NoDone()),
        st.builds(
            OddDone,
            st.sampled_from(("no_newline", "one_newline", "trailing_space", "no_space")),
        ),
        st.builds(WrongContentType),
    )


def stalls(*, seconds: Sequence[float] = (0.01, 0.05)) -> st.SearchStrategy[Fault]:
    """Silences; with a virtual clock an hour costs nothing."""
    return st.builds(
        Stall,
        after=st.integers(0, _FARTHEST),
        seconds=st.sampled_from(list(seconds)),
        comments=st.booleans(),
    )


def faults() -> st.SearchStrategy[Fault]:
    """Any of them, the simplest first."""
    return st.one_of(breaking_faults(), refusing_faults(), legal_faults(), lying_faults(), stalls())


def schedules(
    one: st.SearchStrategy[Fault] | None = None, *, attempts: int = 4, at_once: int = 2
) -> st.SearchStrategy[list[tuple[Fault, ...]]]:
    """What goes wrong in each attempt of a conversation; after the last nothing does.

    Args:
        one: a fault; None = any.
        attempts: attempts with faults at most.
        at_once: faults of one attempt at most.
    """
    row = st.lists(one if one is not None else faults(), min_size=1, max_size=at_once).map(tuple)
    return st.lists(row, max_size=attempts)


def scenarios(
    *,
    answer: st.SearchStrategy[Answer] | None = None,
    one: st.SearchStrategy[Fault] | None = None,
    attempts: int = 4,
    at_once: int = 1,
    writes: st.SearchStrategy[Writes] | None = None,
) -> st.SearchStrategy[Scenario]:
    """Whole courses of events; give them to `fake.play`.

    Args:
        answer: the true answer; None = text of any kind.
        one: a fault; None = any.
        attempts: attempts with faults at most.
        at_once: faults of one attempt at most.
        writes: borders of writes; None = all that SSE allows.
    """
    return st.builds(
        Scenario,
        answer=answer if answer is not None else answers(),
        attempts=schedules(one, attempts=attempts, at_once=at_once),
        writes=writes if writes is not None else chunkings(),
        seed=st.integers(0, 2**16),
    )


@st.composite
def request_bodies(draw: st.DrawFn, *, stream: bool | None = None) -> dict[str, Any]:
    """Bodies of chat completions that the API accepts.

    Args:
        draw: of Hypothesis.
        stream: whether they ask for a stream; None = some do.
    """
    roles = st.sampled_from(("user", "system", "developer"))
    message = st.fixed_dictionaries({"role": roles, "content": texts(min_size=1)})
    last = st.fixed_dictionaries({"role": st.just("user"), "content": texts(min_size=1)})
    body: dict[str, Any] = {
        "model": draw(st.sampled_from(("gpt-4o-mini", "gpt-4.1", "m"))),
        "messages": [*draw(st.lists(message, max_size=2)), draw(last)],
    }
    optional = {
        "temperature": st.integers(0, 20).map(lambda tenth: tenth / 10),
        "top_p": st.integers(0, 10).map(lambda tenth: tenth / 10),
        "max_tokens": st.integers(1, 64),
        "n": st.integers(1, 3),
        "seed": st.integers(0, 99),
        "stop": texts(min_size=1, max_size=4)
        | st.lists(texts(min_size=1, max_size=4), min_size=1, max_size=4),
        "user": st.just("someone"),
        "logprobs": st.booleans(),
    }
    body |= draw(st.fixed_dictionaries({}, optional=optional))
    if draw(st.booleans()) if stream is None else stream:
        body["stream"] = True
        if draw(st.booleans()):
            body["stream_options"] = {"include_usage": draw(st.booleans())}
    return body
