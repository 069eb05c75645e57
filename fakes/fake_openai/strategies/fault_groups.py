"""Faults by what a client has to do about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from hypothesis import strategies as st

from fake_openai.fault import Fault
from fake_openai.faults import (
    HTTP10,
    BlankLines,
    Boundaries,
    BrokenJSON,
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

_FARTHEST = 12  # events after which faults strike at most
_PLACES = st.integers(0, _FARTHEST)
_RETRIED = (429, 500, 502, 503, 408, 409, 529)
_TOLD = (None, "openai", "groq", "openrouter", "vllm", "llamacpp", "anthropic", "flat")


def _placed(kinds: Iterable[Callable[..., Fault]]) -> st.SearchStrategy[Fault]:
    return st.one_of(
        *(st.builds(kind, after=_PLACES) for kind in kinds),
        *(st.builds(kind, at_byte=st.integers(0, _FARTHEST * 200)) for kind in kinds),
    )


def breaking_faults() -> st.SearchStrategy[Fault]:
    """Faults in the stream after which a client must not take the answer for whole."""
    return st.one_of(
        _placed((Cut, Reset, CleanEnd)),
        st.builds(ErrorEvent, form=st.sampled_from(_TOLD), after=_PLACES),
        st.builds(TruncatedEvent, after=_PLACES),
        st.builds(BrokenJSON, after=_PLACES),
        st.builds(Error200, st.sampled_from((500, 429, 503))),
        st.builds(PaddingOnly, st.integers(1, 5)),
    )


def refusing_faults(
    *, retry_after: Sequence[float] = (0, 1), down: float = 0.02
) -> st.SearchStrategy[Fault]:
    """Faults instead of an answer that a client may try again after.

    Args:
        retry_after: seconds that a 429 may ask to wait for.
        down: seconds for which the kernel refuses connections.
    """
    return st.one_of(
        st.sampled_from(_RETRIED).map(Status),
        st.builds(Status, st.just(429), retry_after=st.sampled_from(list(retry_after))),
        st.just(ResetBeforeHeaders()),
        st.just(RefuseConnection(seconds=down)),
    )


def legal_faults() -> st.SearchStrategy[Fault]:
    """What is odd and yet allowed: a client must read the answer whole and right."""
    places = _PLACES
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
        st.builds(EarlyHints, st.sampled_from((103, 100, 102))),
        st.just(HTTP10()),
        st.builds(OddHeaders, st.sampled_from(("long", "many", "duplicate", "odd", "injected"))),
        st.builds(Boundaries, st.sampled_from(("utf8", "data", "lines", "bytes"))),
        st.just(Boundaries("crlf", "\r\n")),
        st.builds(Drip, bytes=st.just(64), every=st.just(0.0), after=places),
    )


def lying_faults() -> st.SearchStrategy[Fault]:
    """What no client can be sure to notice: use them for what must not crash or hang."""
    places = _PLACES
    return st.one_of(
        st.builds(DuplicateChunk, after=st.integers(1, _FARTHEST)),
        st.builds(DroppedChunk, after=places),
        st.builds(Reordered, after=places),
        st.builds(SecondRole, after=places),
        st.builds(ChangedId, st.sampled_from(("other", "fresh", "empty")), after=places),
        st.builds(LyingUsage, st.sampled_from((10.0, 0, -1))),
        st.builds(RepeatedUsage),
        st.builds(DuplicateFinish),
        st.builds(ChunkAfterDone),
        st.just(NoDone()),
        st.builds(
            OddDone,
            st.sampled_from(("no_newline", "one_newline", "trailing_space", "no_space")),
        ),
        st.builds(WrongContentType),
        st.builds(WrongContentLength, st.sampled_from((1, 100, -1, -100)), st.booleans()),
        st.builds(Nul, st.sampled_from(("json", "escaped", "line", "id")), after=places),
        st.builds(
            InvalidUTF8,
            st.sampled_from(("lone", "cut", "overlong", "surrogate", "too_large", "latin1")),
            after=places,
        ),
    )


def stalls(*, seconds: Sequence[float] = (0.01, 0.05)) -> st.SearchStrategy[Fault]:
    """Silences, before the headers too; with a virtual clock an hour costs nothing.

    Args:
        seconds: how long they may be.
    """
    lengths = st.sampled_from(list(seconds))
    return st.one_of(
        st.builds(Stall, after=_PLACES, seconds=lengths, comments=st.booleans()),
        st.builds(NoHeaders, seconds=lengths),
    )


def faults() -> st.SearchStrategy[Fault]:
    """Any of them, the simplest first."""
    return st.one_of(breaking_faults(), refusing_faults(), legal_faults(), lying_faults(), stalls())
