"""What a fault is."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from aiohttp import web

from fake_openai import checks
from fake_openai.fault import Fault
from fake_openai.steps import Step, split
from fake_openai.writes import Writes

if TYPE_CHECKING:
    from fake_openai.dialect import Dialect
    from fake_openai.errors import ErrorBody


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
        rng: seeded chance.
        id: of the answer.
        created: seconds since 1970.
        model: the model.
        writes: how lines are written; events that a fault adds are to be dressed so.
        streamed: whether the body is an event stream; otherwise it is one JSON value.
    """

    dialect: Dialect
    rng: random.Random
    id: str
    created: int
    model: str
    writes: Writes = field(default_factory=Writes)
    streamed: bool = True


class InStream(Fault, ABC):
    """A fault within the body."""

    __slots__ = ()

    @abstractmethod
    def change(self, steps: list[Step], scene: Scene) -> list[Step] | None:
        """Return `steps` with the fault in them; None if they end before its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed(InStream):
    """A fault at a place that can be named in events or in bytes.

    Attributes:
        after: events with data that are sent before it; 0 = the headers and no more.
        at_byte: bytes of the body that are sent before it.

    Raises:
        TypeError: the place is no whole number.
        ValueError: not exactly one of the two was given, or it is negative.
    """

    after: int | None = None
    at_byte: int | None = None

    def __post_init__(self) -> None:
        name = type(self).__name__
        if (self.after is None) == (self.at_byte is None):
            raise ValueError(f"{name} needs exactly one of after= (events) and at_byte= (bytes)")
        checks.whole_number(f"after of {name}", self.after, optional=self.after is None)
        checks.whole_number(f"at_byte of {name}", self.at_byte, optional=self.after is not None)
        place = self.at_byte if self.after is None else self.after
        checks.not_negative(f"the place of {name}", place)

    def change(self, steps: list[Step], scene: Scene) -> list[Step] | None:
        """Return `steps` with the fault in them; None if they end before its place."""
        parts = split(steps, self.after, self.at_byte)
        return None if parts is None else self.between(*parts, scene)

    @abstractmethod
    def between(self, before: list[Step], rest: list[Step], scene: Scene) -> list[Step]:
        """Return the steps, given those before and those after the place."""
