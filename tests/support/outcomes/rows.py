"""The faults: at least one of every kind that the fake has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fake_openai import faults as f
from fake_openai.faults import Fault


@dataclass(frozen=True)
class Place:
    """A place in a body.

    Attributes:
        after: events with data before it.
        left: bytes behind it.
    """

    after: int
    left: int


@dataclass(frozen=True)
class Row:
    """One fault.

    Attributes:
        name: as the page says it: in the text form of faults, without its place.
        fault: makes it; what has no place does not look at it.
        breaks: whether it ends the answer at its place, so that it matters whether it stands
            before the first token.
        paced: whether its events come one by one. aiohttp drops a whole read in which a body is
            longer than its header said; what came before it arrives only if it was read before.
    """

    name: str
    fault: Callable[[Place], Fault]
    breaks: bool = False
    paced: bool = False


def _breaks(name: str, kind: type[Fault], **given: object) -> Row:
    return Row(name, lambda place: kind(after=place.after, **given), breaks=True)


def _here(name: str, kind: type[Fault], **given: object) -> Row:
    return Row(name, lambda place: kind(after=place.after, **given))


def _whole(name: str, fault: Fault) -> Row:
    return Row(name, lambda _: fault)


ROWS: tuple[Row, ...] = (
    _whole("status:400", f.Status(400)),
    _whole("status:401", f.Status(401)),
    _whole("status:429", f.Status(429)),
    _whole("status:429,case=quota", f.Status(429, case="quota")),
    _whole("status:429,retry_after=3600", f.Status(429, retry_after=3600)),
    _whole("status:500", f.Status(500)),
    _whole("status:503", f.Status(503)),
    _whole("error200", f.Error200()),
    _whole("error200:401", f.Error200(401)),
    _whole("reset_before_headers", f.ResetBeforeHeaders()),
    _whole("no_headers", f.NoHeaders()),
    _whole("refuse_connection", f.RefuseConnection()),
    _breaks("cut", f.Cut),
    _breaks("reset", f.Reset),
    _breaks("clean_end", f.CleanEnd),
    _breaks("truncated_event", f.TruncatedEvent),
    _whole("padding_only:20,every=0.4", f.PaddingOnly(20, every=0.4)),
    _breaks("error_event", f.ErrorEvent),
    *(
        _breaks(f"error_event:form={form}", f.ErrorEvent, form=form)
        for form in ("anthropic", "azure", "flat", "gpustack", "ollama", "openrouter_limit")
    ),
    _breaks("error_event:code=400", f.ErrorEvent, code=400),
    _breaks("stall", f.Stall),
    _breaks("stall:comments=true,every=10", f.Stall, comments=True, every=10.0),
    _here("stall:seconds=20", f.Stall, seconds=20.0),
    _here("drip", f.Drip, bytes=128),
    _here("bandwidth", f.Bandwidth),
    _breaks("broken_json", f.BrokenJSON),
    _here("dropped_chunk", f.DroppedChunk),
    # The event behind the place comes twice.
    Row("duplicate_chunk", lambda place: f.DuplicateChunk(after=place.after + 1)),
    _here("reordered", f.Reordered),
    _whole("no_done", f.NoDone()),
    *(_whole(f"odd_done:{form}", f.OddDone(form)) for form in ("one_newline", "no_newline")),
    _whole("odd_done:trailing_space", f.OddDone("trailing_space")),
    _whole("odd_done:no_space", f.OddDone("no_space")),
    _whole("chunk_after_done", f.ChunkAfterDone()),
    _whole("duplicate_finish", f.DuplicateFinish()),
    _here("second_role", f.SecondRole),
    _here("changed_id", f.ChangedId),
    _here("changed_id:fresh", f.ChangedId, form="fresh"),
    _here("changed_id:empty", f.ChangedId, form="empty"),
    _whole("lying_usage", f.LyingUsage()),
    _whole("repeated_usage", f.RepeatedUsage()),
    _breaks("nul:json", f.Nul),
    _here("nul:escaped", f.Nul, where="escaped"),
    _here("nul:line", f.Nul, where="line"),
    _here("nul:id", f.Nul, where="id"),
    _here("invalid_utf8", f.InvalidUTF8),
    _here("raw_bytes", f.RawBytes, data=b"<html>502 Bad Gateway</html>\n\n"),
    _here("unknown_fields", f.UnknownFields),
    _here("unknown_event", f.UnknownEvent),
    _here("odd_lines", f.OddLines),
    _here("comment_every_event", f.CommentEveryEvent),
    _here("comment_flood", f.CommentFlood, n=200),
    _here("blank_lines", f.BlankLines),
    _here("split_data", f.SplitData),
    _here("line_separators", f.LineSeparators),
    _here("long_line", f.LongLine, bytes=100_000),
    _whole("boundaries:random", f.Boundaries("random")),
    _whole("boundaries:event,newline=CR", f.Boundaries("event", newline="\r")),
    _whole("boundaries:whole,bom=true", f.Boundaries("whole", bom=True)),
    _whole("wrong_content_type", f.WrongContentType()),
    _whole("wrong_content_type:none", f.WrongContentType(None)),
    _whole("wrong_content_length", f.WrongContentLength()),
    # As long as the header says, the body ends at the place.
    Row(
        "wrong_content_length:-n",
        lambda place: f.WrongContentLength(-place.left),
        breaks=True,
        paced=True,
    ),
    _whole("compressed", f.Compressed()),
    _whole("compressed:deflate", f.Compressed("deflate")),
    _whole("http10", f.HTTP10()),
    _whole("early_hints", f.EarlyHints()),
    _whole("odd_headers", f.OddHeaders()),
)
