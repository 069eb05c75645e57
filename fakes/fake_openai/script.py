"""What the fake answers: answers, replies and the rules that choose among them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import checks
from .fault import Fault
from .latency import Latency
from .writes import Writes

if TYPE_CHECKING:
    from .journal import Received


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call of a tool.

    Attributes:
        name: the function to call.
        arguments: its arguments; a mapping is written as compact JSON.
        id: the id of the call; None = one of the form the dialect uses.
    """

    name: str
    arguments: str | Mapping[str, Any] = "{}"
    id: str | None = None

    def __post_init__(self) -> None:
        checks.text("name of ToolCall", self.name)
        checks.text("id of ToolCall", self.id, optional=True)

    @property
    def json(self) -> str:
        """The arguments as they stand on the wire."""
        if isinstance(self.arguments, str):
            return self.arguments
        return json.dumps(self.arguments, separators=(",", ":"), ensure_ascii=False)


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

    def __post_init__(self) -> None:
        for name in ("text", "reasoning", "refusal"):
            checks.text(f"{name} of Answer", getattr(self, name))
        checks.text("finish_reason of Answer", self.finish_reason, optional=True)
        if not isinstance(self.tool_calls, Sequence):
            came = checks.shown(self.tool_calls)
            raise TypeError(f"tool_calls of Answer must be a list of ToolCall, got {came}")
        object.__setattr__(self, "tool_calls", tuple(self.tool_calls))
        if self.chunks is None:
            return
        object.__setattr__(self, "chunks", tuple(self.chunks))
        joined = "".join(self.chunks)
        if not self.text:
            object.__setattr__(self, "text", joined)
        elif joined != self.text:
            raise ValueError(f"chunks must add up to {self.text!r}, got {joined!r}")

    @property
    def ends_with(self) -> str:
        """The finish reason."""
        return self.finish_reason or ("tool_calls" if self.tool_calls else "stop")


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

    answer: Answer | str | None = None
    faults: Fault | Sequence[Fault] = ()
    latency: Latency | None = None
    writes: Writes | None = None

    def __post_init__(self) -> None:
        if self.answer is not None and not isinstance(self.answer, (Answer, str)):
            came = checks.shown(self.answer)
            raise TypeError(f"answer of Reply must be an Answer, text or None, got {came}")
        object.__setattr__(self, "faults", checks.faults("faults of Reply", self.faults))
        several = ": several faults are one tuple" if isinstance(self.latency, Fault) else ""
        checks.instance("latency of Reply", self.latency, Latency, optional=True, hint=several)
        checks.instance("writes of Reply", self.writes, Writes, optional=True)


Plan = Callable[["Received"], Reply]


@dataclass(slots=True)
class Rule:
    """Something to deal out, one item a request, to the requests that match.

    Attributes:
        items: answers, or tuples of faults.
        times: how many requests it serves; None = no limit.
        model: the model asked for must be this one.
        contains: the last user message must contain this text.
        cycle: begin again after the last item; otherwise the last item repeats.
        used: requests served.
    """

    items: Sequence[Any]
    times: int | None
    model: str | None = None
    contains: str | None = None
    cycle: bool = False
    used: int = 0

    @property
    def open(self) -> bool:
        """Whether it still has something to give."""
        return self.times is None or self.used < self.times

    @property
    def special(self) -> int:
        """How many conditions it makes."""
        return (self.model is not None) + (self.contains is not None)

    def matches(self, received: Received) -> bool:
        """Say whether a request is meant."""
        if self.model is not None and self.model != received.model:
            return False
        return self.contains is None or self.contains in received.question

    def peek(self) -> Any:
        """Return the next item and leave it there."""
        at = self.used % len(self.items) if self.cycle else min(self.used, len(self.items) - 1)
        return self.items[at]

    def take(self) -> Any:
        """Return the next item; it is used."""
        item = self.peek()
        self.used += 1
        return item


class Rules:
    """Rules in force.

    Of those that match, the one with more conditions is used; among equals those for a limited
    number of requests come first, in the order they were given, then the latest without a limit.
    """

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def add(self, rule: Rule) -> None:
        """Put `rule` into force."""
        self._rules.append(rule)

    def find(self, received: Received) -> Rule | None:
        """Return the rule for a request, None if there is none."""
        matching = [
            (
                rule.special,
                rule.times is not None,
                -place if rule.times is not None else place,
                rule,
            )
            for place, rule in enumerate(self._rules)
            if rule.open and rule.matches(received)
        ]
        return max(matching, key=lambda entry: entry[:3])[3] if matching else None

    def clear(self) -> None:
        """Forget all rules."""
        self._rules.clear()
