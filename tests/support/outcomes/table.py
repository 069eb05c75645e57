"""All cells of one dialect, played and compared with what is promised."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter

from fake_openai import FakeOpenAI, VirtualClock
from support.outcomes import comparing
from support.outcomes.hearing import Choice, Heard, data_of, hear
from support.outcomes.kinds import KINDS, Kind
from support.outcomes.playing import Result, Stage
from support.outcomes.promises import promised
from support.outcomes.rows import ROWS, Place, Row

SHELLS = ("client", "middleware")
_AT_ONCE = 100


@dataclass(frozen=True)
class Truth:
    """An answer of which nothing is wrong.

    Attributes:
        heard: what it says.
        middle: the place in the middle of what its kind is about.
        start: the place before its first token.
    """

    heard: Heard
    middle: Place
    start: Place


@dataclass(frozen=True)
class Cell:
    """One cell of the table, of one dialect."""

    row: Row
    place: str
    kind: Kind
    shell: str

    @property
    def name(self) -> str:
        return f"{self.row.name}, {self.place}, {self.kind.name}, {self.shell}"


def kinds_of(dialect: str) -> list[Kind]:
    return [kind for kind in KINDS if kind.is_known_to(dialect)]


Played = tuple[Cell, Result]


def cells(dialect: str) -> Iterator[Cell]:
    """Yield those of a dialect.

    The first token is a place of its own only where a fault ends the answer.
    """
    for row in ROWS:
        for place in ("middle", "start") if row.breaks else ("middle",):
            for kind in kinds_of(dialect):
                for shell in SHELLS:
                    yield Cell(row, place, kind, shell)


async def differences(dialect: str) -> list[str]:
    """Return each cell that is not as promised, with what it is."""
    async with FakeOpenAI(dialect, clock=VirtualClock(), seed=7, journal_size=10_000) as fake:
        stage = Stage(fake)
        truths = {kind.name: await _truth(stage, kind) for kind in kinds_of(dialect)}
        played = await _played(stage, truths)
        left = await fake.quiet()
        found = [f"{dialect}: {left} connections stay open"] if left else []
        asked = stage.requests()
    for cell, result in played:
        promise = promised(cell.row.name, cell.place, cell.kind.name, dialect, cell.shell)
        truth = truths[cell.kind.name].heard
        why = [*comparing.differences(promise, result, truth, asked[result.question])]
        if why:
            found.append(f"{dialect}, {cell.name}: promised {promise}, got {'; '.join(why)}")
    return found


async def _played(stage: Stage, truths: dict[str, Truth]) -> list[Played]:
    """Play all cells, many at once; those that take the server down one by one."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def play(cell: Cell) -> Played:
        truth = truths[cell.kind.name]
        fault = cell.row.fault(truth.start if cell.place == "start" else truth.middle)
        async with gate:
            return cell, await stage.play(cell.kind, cell.shell, fault, paced=cell.row.paced)

    alone = [
        cell for cell in cells(stage.fake.dialect.name) if cell.row.name == "refuse_connection"
    ]
    others = [
        cell for cell in cells(stage.fake.dialect.name) if cell.row.name != "refuse_connection"
    ]
    return [*await asyncio.gather(*map(play, others)), *[await play(cell) for cell in alone]]


async def _truth(stage: Stage, kind: Kind) -> Truth:
    result = await stage.play(kind, "plain")
    assert result.status == 200, result.body
    said = [_said(data) for data in data_of(result.body)]
    about = [number for number, choices in enumerate(said) if any(map(_PARTS[kind.about], choices))]
    # Where reasoning is not shown, the text is what the answer is about.
    about = about or [number for number, choices in enumerate(said) if any(c.text for c in choices)]
    middle = about[len(about) // 2]
    return Truth(result.heard, _place(result.body, middle), _place(result.body, 0))


_PARTS = {
    "text": attrgetter("text"),
    "reasoning": attrgetter("reasoning"),
    "call": attrgetter("calls"),
    "last call": lambda choice: len(choice.calls) > 1,
}


def _said(data: str) -> list[Choice]:
    return [] if data == "[DONE]" else [*hear(f"data: {data}\n\n".encode()).choices.values()]


def _place(body: bytes, after: int) -> Place:
    return Place(after, len(b"\n\n".join(body.split(b"\n\n")[after:])))
