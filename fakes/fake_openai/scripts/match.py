"""Which requests are meant: the conditions of scripts, faults and assertions."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from difflib import SequenceMatcher
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, TypedDict

from fake_openai import checks, nearest

if TYPE_CHECKING:
    from fake_openai.keeping.journal import Received

_ROLES = ("user", "assistant", "tool", "system", "developer", "function")
_SHOWN = 120  # characters of a text in messages


class Conditions(TypedDict, total=False):
    """Conditions as keyword arguments; see `Match`."""

    model: str | None
    contains: str | None
    matching: str | re.Pattern[str] | None
    tools: str | Sequence[str] | None
    role: str | None
    endpoint: str | None
    when: Callable[[Received], object] | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A condition that a request does not meet.

    Attributes:
        name: of the condition.
        wanted: what it asks for, as text.
        got: what the request has instead, as text.
        likeness: how near it is, 0 to 1.
    """

    name: str
    wanted: str
    got: str
    likeness: float = 0.0

    def __str__(self) -> str:
        return f"{self.name}: wanted {self.wanted}, got {self.got}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Conditions on a request; all that are given must be met.

    Attributes:
        model: the model asked for; `*` stands for anything, as in `gpt-4o*`.
        contains: text in the last user message.
        matching: regular expression that is found in the last user message.
        tools: names of tools that are all offered; an empty list = none is offered.
        role: role of the last message: `tool` after a tool was run.
        endpoint: name of the endpoint, as `Received.endpoint` has it.
        when: a plain function from `Received` to a truth value.

    Raises:
        TypeError: a condition is of the wrong kind.
        ValueError: no regular expression, or no endpoint of that name.
    """

    model: str | None = None
    contains: str | None = None
    matching: re.Pattern[str] | None = None
    tools: tuple[str, ...] | None = None
    role: str | None = None
    endpoint: str | None = None
    when: Callable[[Received], object] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        for name in ("model", "contains", "role", "endpoint"):
            checks.text(name, getattr(self, name), optional=True)
        if self.endpoint is not None and self.endpoint not in endpoint_names():
            raise nearest.unknown("endpoint", self.endpoint, endpoint_names())
        if self.role is not None and self.role not in _ROLES:
            raise nearest.unknown("role", self.role, _ROLES)
        object.__setattr__(self, "matching", _pattern(self.matching))
        object.__setattr__(self, "tools", _names(self.tools))
        if self.when is not None and not callable(self.when):
            raise TypeError(f"when must be a function, got {checks.shown(self.when)}")

    @property
    def special(self) -> int:
        """How many conditions it makes."""
        return sum(getattr(self, one.name) is not None for one in fields(self))

    def matches(self, received: Received) -> bool:
        """Say whether a request is meant."""
        if self.model is not None and not _is_model(self.model, received.model):
            return False
        if self.contains is not None and self.contains not in received.question:
            return False
        if self.matching is not None and not self.matching.search(received.question):
            return False
        if self.endpoint is not None and self.endpoint != received.endpoint:
            return False
        if self.role is not None and self.role != received.role:
            return False
        if self.tools is not None and not _offers(received.tools, self.tools):
            return False
        return self.when is None or bool(self.when(received))

    def differences(self, received: Received) -> list[Difference]:
        """Return the conditions that a request does not meet; none if it is meant."""
        found: list[Difference] = []

        def note(name: str, wanted: object, got: str, shown: str | None = None) -> None:
            likeness = SequenceMatcher(None, str(wanted), got[:1000], autojunk=False).ratio()
            told = brief(got) if shown is None else shown
            found.append(Difference(name, brief(wanted), told, likeness))

        question = received.question
        if self.model is not None and not _is_model(self.model, received.model):
            note("model", self.model, received.model)
        if self.contains is not None and self.contains not in question:
            note("contains", self.contains, question)
        if self.matching is not None and not self.matching.search(question):
            note("matching", self.matching.pattern, question)
        if self.endpoint is not None and self.endpoint != received.endpoint:
            note("endpoint", self.endpoint, received.endpoint)
        if self.role is not None and self.role != received.role:
            note("role", self.role, received.role)
        if self.tools is not None and not _offers(received.tools, self.tools):
            wanted, offered = ", ".join(self.tools), ", ".join(received.tools)
            note("tools", wanted or "none", offered, offered or "none")
        if self.when is not None and not self.when(received):
            name = getattr(self.when, "__name__", repr(self.when))
            found.append(Difference("when", name, "a false value"))
        return found

    def likeness(self, received: Received) -> float:
        """Return how near a request is to what is meant; the more, the nearer."""
        missed = self.differences(received)
        return self.special - len(missed) + sum(one.likeness for one in missed) / 10

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON; `when` is told by its name."""
        told: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if value is None:
                continue
            if isinstance(value, re.Pattern):
                value = value.pattern
            elif callable(value):
                value = getattr(value, "__name__", "function")
            told[one.name] = list(value) if isinstance(value, tuple) else value
        return told

    def __str__(self) -> str:
        return ", ".join(f"{name}={brief(value)}" for name, value in self.to_json().items())


def conditions(where: str, given: Mapping[str, Any]) -> Match:
    """Return the conditions in keyword arguments.

    Raises:
        TypeError: there is no such condition, or it is of the wrong kind.
        ValueError: a value that cannot be.
    """
    known = [one.name for one in fields(Match)]
    for name in given:
        if name not in known:
            raise TypeError(f"{where}: {nearest.unknown('condition', name, known)}")
    return Match(**given)


def brief(value: object) -> str:
    """Return `value` as messages show it, cut in the middle where it is long."""
    shown = repr(value)
    if len(shown) <= _SHOWN:
        return shown
    half = _SHOWN // 2
    return f"{shown[:half]} ... {shown[-half:]}"


def endpoint_names() -> Collection[str]:
    """Return the names of all endpoints."""
    from fake_openai.endpoints import ENDPOINTS  # noqa: PLC0415 (endpoints import scripts, which import this)

    return list(dict.fromkeys(endpoint.name for endpoint in ENDPOINTS))


def _is_model(wanted: str, asked: str) -> bool:
    return fnmatchcase(asked, wanted.replace("[", "[[]")) if "*" in wanted else wanted == asked


def _offers(offered: Collection[str], wanted: Collection[str]) -> bool:
    return all(name in offered for name in wanted) if wanted else not offered


def _pattern(value: Any) -> re.Pattern[str] | None:
    if value is None or isinstance(value, re.Pattern):
        return value
    checks.text("matching", value)
    try:
        return re.compile(value)
    except re.error as error:
        told = f"matching must be a regular expression, got {value!r}: {error}"
        raise ValueError(told) from None


def _names(value: Any) -> tuple[str, ...] | None:
    if value is None:
        return None
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, Sequence):
        raise TypeError(f"tools must be a name or a list of names, got {checks.shown(value)}")
    for name in value:
        checks.text("a name in tools", name)
    return tuple(value)
