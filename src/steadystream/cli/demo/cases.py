"""What is asked in each stream, what is the true answer, and what goes wrong on the way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from . import answers
from .kinds import WEIGHTS, Kind

# How many of a hundred streams are broken that often.
_TIMES = {0: 30, 1: 40, 2: 20, 3: 10}
_ROLE_EVENT = 1
_LEAST_PIECES_BETWEEN = 3

_QUESTION = re.compile(r"Stream (\d+):")


@dataclass(frozen=True, slots=True)
class Blow:
    """What goes wrong in one attempt.

    Attributes:
        kind: how the attempt ends.
        after: events with data that are sent before it.
    """

    kind: Kind
    after: int


@dataclass(frozen=True, slots=True)
class Case:
    """One stream.

    Attributes:
        number: from 1.
        question: what the user asks.
        pieces: the true answer as it is streamed.
        blows: what goes wrong in the first attempt, in the second, ...; later ones go well.
        flooded: whether many comments come before the answer.
        ragged: whether the bytes are written in cuts anywhere, inside characters too.
    """

    number: int
    question: str
    pieces: tuple[str, ...]
    blows: tuple[Blow, ...]
    flooded: bool
    ragged: bool

    @property
    def text(self) -> str:
        """The true answer."""
        return "".join(self.pieces)

    def planned(self, attempt: int) -> Kind | None:
        """Return what goes wrong in attempt `attempt` (from 1); None = nothing."""
        return self.blows[attempt - 1].kind if attempt <= len(self.blows) else None


def case(seed: int, number: int) -> Case:
    """Return stream `number` of the demo with `seed`; it depends on nothing else."""
    dice = Random(f"steadystream demo/{seed}/{number}")
    foreign = dice.random() < 0.4
    pieces = answers.pieces(dice, foreign=foreign)
    times = dice.choices(list(_TIMES), list(_TIMES.values()))[0]
    return Case(
        number=number,
        question=_question(number, foreign=foreign),
        pieces=pieces,
        blows=_blows(dice, times, len(pieces)),
        flooded=dice.random() < 0.08,
        ragged=dice.random() < 0.1,
    )


def number_of(question: str) -> int:
    """Return the number of the stream in which `question` is asked.

    Raises:
        ValueError: it is no question of the demo.
    """
    found = _QUESTION.match(question)
    if found is None:
        raise ValueError(
            f"expected a question that begins with 'Stream <number>:', got {question!r}"
        )
    return int(found[1])


def _question(number: int, *, foreign: bool) -> str:
    languages = "in several languages" if foreign else "in English"
    return f"Stream {number}: tell me about the harbour, {languages}."


def _blows(dice: Random, times: int, pieces: int) -> tuple[Blow, ...]:
    """Place `times` blows along an answer, so that each leaves something for the next attempt."""
    kinds = dice.choices(list(WEIGHTS), list(WEIGHTS.values()), k=times)
    places = _places(dice, times, pieces)
    blows: list[Blow] = []
    delivered = 0
    for kind, place in zip(kinds, places, strict=True):
        if kind.before_text:
            blows.append(Blow(kind, 0))
            continue
        blows.append(Blow(kind, _ROLE_EVENT + place - delivered))
        delivered = place
    return tuple(blows)


def _places(dice: Random, times: int, pieces: int) -> list[int]:
    """Return so many places in rising order, apart from each other and from both ends."""
    gap = _LEAST_PIECES_BETWEEN
    free = pieces - gap * (times + 1)
    if free < 0:
        raise ValueError(f"expected an answer of {gap * (times + 1)} pieces, got {pieces}")
    offsets = sorted(dice.randint(0, free) for _ in range(times))
    return [offset + gap * (index + 1) for index, offset in enumerate(offsets)]
