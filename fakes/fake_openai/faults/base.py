"""What a fault is."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Protocol

from aiohttp import web

from fake_openai import checks
from fake_openai.clocks.timeline import split_at_time
from fake_openai.delivery.head import Head
from fake_openai.delivery.steps import Send, Step, split
from fake_openai.delivery.writes import Writes
from fake_openai.fault import PLACES, Fault

if TYPE_CHECKING:
    from fake_openai.dialect import Dialect
    from fake_openai.errors.errors import ErrorBody


class Exchange(Protocol):
    """What a fault may do to the exchange it strikes."""

    dialect: Dialect

    @property
    def rng(self) -> random.Random:
        """Seeded chance."""
        ...

    @property
    def model(self) -> str:
        """The model asked for."""
        ...

    @property
    def endpoint(self) -> str:
        """Name of the endpoint; empty if there is none."""
        ...

    async def pause(self, seconds: float) -> None:
        """Do nothing for `seconds`, which may be infinite."""

    async def reset(self) -> None:
        """Reset the connection."""

    async def go_down(self, seconds: float) -> None:
        """Let the kernel refuse new connections for `seconds`."""

    async def refuse(self, error: ErrorBody) -> web.StreamResponse:
        """Answer with `error`."""
        ...


class BeforeHeaders(Fault, ABC):
    """A fault before anything of the response was sent."""

    __slots__ = ()

    @abstractmethod
    async def strike(self, exchange: Exchange) -> web.StreamResponse | None:
        """Do it.

        Returns:
            The response that the request got instead of its answer; None if the answer may follow.
        """


@dataclass(frozen=True, slots=True)
class Scene:
    """What a fault in the stream may need to know of it.

    Attributes:
        dialect: the provider.
        rng: seeded chance of faults, apart from that of the answer.
        id: of the answer.
        created: seconds since 1970.
        model: the model.
        writes: how lines are written; events that a fault adds are to be dressed so.
        streamed: whether the body is an event stream; otherwise it is one JSON value.
        endpoint: name of the endpoint.
        head: status line, headers and framing of the response; a fault may change them.
    """

    dialect: Dialect
    rng: random.Random
    id: str
    created: int
    model: str
    writes: Writes = field(default_factory=Writes)
    streamed: bool = True
    endpoint: str = "chat"
    head: Head = field(default_factory=Head)


class InStream(Fault, ABC):
    """A fault within the body."""

    __slots__ = ()

    def on_wire(self) -> bool:
        """Say whether it deals with bytes, whatever they mean, or with the head."""
        return False

    @abstractmethod
    def change(self, steps: list[Step], scene: Scene) -> list[Step] | None:
        """Return `steps` with the fault in them; None if they end before its place."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Placed(InStream):
    """A fault at a place that can be named in events, in bytes, in seconds, or left to chance.

    Attributes:
        after: events with data that are sent before it; 0 = the headers and no more.
        at_byte: bytes of the body that are sent before it.
        at_seconds: seconds since the headers: those of latency, stalls and drips, added up.
        each: it strikes before each event with this seeded probability, above 0 and at most 1.

    Raises:
        TypeError: the place is no number.
        ValueError: not exactly one of the four was given, or it is out of range.
    """

    from_start: ClassVar[bool] = False  # without a place it stands before the first event

    after: int | None = None
    at_byte: int | None = None
    at_seconds: float | None = None
    each: float | None = None

    def __post_init__(self) -> None:
        name = type(self).__name__
        given = [place for place in PLACES if getattr(self, place) is not None]
        if not given and self.from_start:
            object.__setattr__(self, "after", 0)
            given = ["after"]
        if len(given) != 1:
            raise ValueError(
                f"{name} needs exactly one of after= (events), at_byte= (bytes), at_seconds= and"
                f" each= (probability), got {' and '.join(given) or 'none'}"
            )
        name, place = f"{given[0]} of {name}", getattr(self, given[0])
        if given[0] in ("after", "at_byte"):
            checks.whole_number(name, place)
        check = checks.probability if given[0] == "each" else checks.finite
        check(name, place)

    def change(self, steps: list[Step], scene: Scene) -> list[Step] | None:
        """Return `steps` with the fault in them; None if they end before its place."""
        if self.each is not None:
            return self._by_chance(self.each, steps, scene)
        if self.at_seconds is not None:
            parts = split_at_time(steps, self.at_seconds)
        else:
            parts = split(steps, self.after, self.at_byte)
        return None if parts is None else self.between(*parts, scene)

    def _by_chance(self, each: float, steps: list[Step], scene: Scene) -> list[Step] | None:
        total = sum(step.events for step in steps if isinstance(step, Send))
        places = [place for place in range(total) if scene.rng.random() < each]
        changed: list[Step] | None = None
        for place in reversed(places):  # what is before a place does not move it
            parts = split(steps if changed is None else changed, place, None)
            assert parts is not None  # noqa: S101 (counted above)
            changed = self.between(*parts, scene) or changed
        return changed

    @abstractmethod
    def between(self, before: list[Step], rest: list[Step], scene: Scene) -> list[Step] | None:
        """Return the steps, given those before and those after the place; None = not possible."""
