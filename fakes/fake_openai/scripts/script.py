"""What the fake answers: answers and replies."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fake_openai import checks
from fake_openai.delivery.writes import Writes
from fake_openai.fault import Fault
from fake_openai.latency import Latency

if TYPE_CHECKING:
    from fake_openai.keeping.journal import Received


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call of a tool.

    Attributes:
        name: the function to call.
        arguments: its arguments; a mapping is written as compact JSON.
        id: the id of the call; None = one of the form the dialect uses.
        custom: whether it is a tool of its own kind; its arguments are the input, plain text.
    """

    name: str
    arguments: str | Mapping[str, Any] = "{}"
    id: str | None = None
    custom: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        checks.text("name of ToolCall", self.name)
        checks.text("id of ToolCall", self.id, optional=True)
        if not isinstance(self.arguments, (str, Mapping)):
            came = checks.shown(self.arguments)
            raise TypeError(f"arguments of ToolCall must be text or a mapping, got {came}")

    @property
    def json(self) -> str:
        """The arguments as they stand on the wire."""
        if isinstance(self.arguments, str):
            return self.arguments
        return json.dumps(self.arguments, separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Citation:
    """A page that a text cites.

    Attributes:
        url: its address.
        title: its title.
        start: where the citation begins in the text, in characters.
        end: where it ends; None = at the end of the text.

    Raises:
        TypeError: a value is of the wrong kind.
        ValueError: the place is none.
    """

    url: str
    title: str = ""
    start: int = 0
    end: int | None = None

    def __post_init__(self) -> None:
        checks.text("url of Citation", self.url)
        checks.text("title of Citation", self.title)
        checks.whole_number("start of Citation", self.start)
        checks.whole_number("end of Citation", self.end, optional=True)
        checks.not_negative("start of Citation", self.start)
        if self.end is not None and self.end < self.start:
            raise ValueError(f"end of Citation must not be before start, got {self.end}")

    def note(self, text: str) -> dict[str, Any]:
        """Return it as the members of an annotation of `text`."""
        end = len(text) if self.end is None else self.end
        places = {"end_index": end, "start_index": self.start}
        return {**places, "title": self.title, "url": self.url}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the model, whole and true.

    Attributes:
        text: the content.
        reasoning: what the model thinks before it.
        tool_calls: the tools it calls after the content.
        refusal: what it says instead of content.
        finish_reason: why it ends; None = `tool_calls` if there are any, else `stop`.
        chunks: `text` cut as it is streamed; None = one token a chunk.
        citations: pages that the text cites; chats tell them where they are not streamed.

    Raises:
        TypeError: a value is of the wrong kind.
        ValueError: `chunks` do not add up to `text`.
    """

    text: str = ""
    reasoning: str = field(default="", kw_only=True)
    tool_calls: Sequence[ToolCall] = field(default=(), kw_only=True)
    refusal: str = field(default="", kw_only=True)
    finish_reason: str | None = field(default=None, kw_only=True)
    chunks: Sequence[str] | None = field(default=None, kw_only=True)
    citations: Sequence[Citation] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        for name in ("text", "reasoning", "refusal"):
            checks.text(f"{name} of Answer", getattr(self, name))
        checks.text("finish_reason of Answer", self.finish_reason, optional=True)
        if not isinstance(self.tool_calls, Sequence):
            came = checks.shown(self.tool_calls)
            raise TypeError(f"tool_calls of Answer must be a list of ToolCall, got {came}")
        object.__setattr__(self, "tool_calls", tuple(self.tool_calls))
        for call in self.tool_calls:
            checks.instance("each of tool_calls of Answer", call, ToolCall)
        if not isinstance(self.citations, Sequence):
            came = checks.shown(self.citations)
            raise TypeError(f"citations of Answer must be a list of Citation, got {came}")
        object.__setattr__(self, "citations", tuple(self.citations))
        for one in self.citations:
            checks.instance("each of citations of Answer", one, Citation)
        if self.chunks is None:
            return
        object.__setattr__(self, "chunks", _pieces(self.chunks))
        joined = "".join(self.chunks)
        if not self.text:
            object.__setattr__(self, "text", joined)
        elif joined != self.text:
            text, came = checks.shown(self.text), checks.shown(joined)
            raise ValueError(f"chunks must add up to {text}, got {came}")

    @property
    def ends_with(self) -> str:
        """The finish reason."""
        return self.finish_reason or ("tool_calls" if self.tool_calls else "stop")


def _pieces(chunks: Any) -> tuple[str, ...]:
    if isinstance(chunks, str) or not isinstance(chunks, Iterable):
        raise TypeError(f"chunks of Answer must be a list of texts, got {checks.shown(chunks)}")
    pieces = tuple(chunks)
    for one in pieces:
        checks.text("each of chunks of Answer", one)
    return pieces


def tool_call(name: str, /, **arguments: Any) -> ToolCall:
    """Return a call of the tool `name` with `arguments`; it may stand for an answer."""
    return ToolCall(name, arguments)


def as_answer(where: str, value: Any) -> Answer:
    """Return the answer that `value` stands for: text, a tool call or several, or an answer.

    Raises:
        TypeError: it stands for none.
    """
    match value:
        case Answer():
            return value
        case str():
            return Answer(value)
        case ToolCall():
            return Answer(tool_calls=(value,))
        case list() | tuple() if value and all(isinstance(one, ToolCall) for one in value):
            return Answer(tool_calls=value)
    came = checks.shown(value)
    raise TypeError(f"{where}: expected text or an Answer, got {came}")


@dataclass(frozen=True, slots=True)
class Reply:
    """What the fake does with one request.

    Attributes:
        answer: the true answer, text is enough; None = the one that the scripts give.
        faults: what goes wrong on the way: one fault or several, in the order they take effect;
            kept as a tuple.
        latency: None = the server's.
        writes: None = the server's.

    Raises:
        TypeError: a value is of the wrong kind.
    """

    answer: Answer | ToolCall | str | None = None
    faults: Fault | Sequence[Fault] = ()
    latency: Latency | None = None
    writes: Writes | None = None

    def __post_init__(self) -> None:
        if self.answer is not None and not isinstance(self.answer, (Answer, ToolCall, str)):
            came = checks.shown(self.answer)
            raise TypeError(f"answer of Reply must be an Answer, text or None, got {came}")
        object.__setattr__(self, "faults", checks.faults("faults of Reply", self.faults))
        several = ": several faults are one tuple" if isinstance(self.latency, Fault) else ""
        checks.instance("latency of Reply", self.latency, Latency, optional=True, hint=several)
        checks.instance("writes of Reply", self.writes, Writes, optional=True)


Plan = Callable[["Received"], Reply]
