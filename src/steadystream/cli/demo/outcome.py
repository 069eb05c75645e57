"""What became of one stream in one pass."""

from __future__ import annotations

from dataclasses import dataclass, field

from .kinds import Kind


@dataclass(frozen=True, slots=True)
class Leg:
    """One attempt.

    Attributes:
        start: seconds from the beginning of the stream.
        end: seconds from the beginning of the stream.
        characters: characters of text that it brought.
        ended_by: what ended it before the end of the answer; None = it went well.
        said: how the client put it.
    """

    start: float
    end: float
    characters: int = 0
    ended_by: Kind | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Joint:
    """A seam, as the report shows it.

    Attributes:
        position: characters of text before it.
        rung: how the answer was continued.
        kinds: what had ended the attempts since the last seam; not those before any text.
    """

    position: int
    rung: str
    kinds: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one stream.

    Attributes:
        number: of the stream.
        text: what the consumer received.
        seconds: how long it took.
        legs: its attempts, in order.
        joints: its seams, in order.
        error: the exception that the consumer got, as text; "" = none.
    """

    number: int
    text: str
    seconds: float
    legs: tuple[Leg, ...] = ()
    joints: tuple[Joint, ...] = field(default=())
    error: str = ""

    @property
    def interruptions(self) -> tuple[Kind, ...]:
        """What ended its attempts early."""
        return tuple(leg.ended_by for leg in self.legs if leg.ended_by is not None)
