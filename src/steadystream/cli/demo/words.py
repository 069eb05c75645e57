"""What the demo says at its end: the rows of the table, and what went wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .kinds import Kind
from .lane import Lane
from .tally import Read, Tally

Row = tuple[str, str, str]
"""What it is, with bare aiohttp, with steadystream."""

_AROUND = 24


def answers(bare: Tally, steady: Tally) -> list[Row]:
    """Return the rows about the answers."""
    return [
        ("whole answers", _of(bare.whole, bare), _of(steady.whole, steady)),
        ("broken answers", f"{bare.broken}", f"{steady.broken}"),
        ("  of these without any error", f"{bare.silent}", f"{steady.silent}"),
        ("characters lost", _share(bare.lost, bare), _share(steady.lost, steady)),
        ("characters doubled", f"{bare.doubled:,}", f"{steady.doubled:,}"),
        ("time", f"{bare.seconds:.1f} s", f"{steady.seconds:.1f} s"),
        ("attempts", f"{bare.attempts}", f"{steady.attempts}"),
    ]


def interruptions(bare: Tally, steady: Tally) -> list[Row]:
    """Return the rows about what went wrong, all of them first."""
    left, right = bare.interruptions, steady.interruptions
    rows = [("interruptions", f"{sum(left.values())}", f"{sum(right.values())}")]
    return rows + [
        (f"  {kind}", f"{left.get(kind, 0)}", f"{right.get(kind, 0)}")
        for kind in Kind
        if kind in left or kind in right
    ]


def seams(steady: Tally) -> list[Row]:
    """Return the rows about seams; bare reading has none."""
    by_rung: Mapping[str, int] = steady.seams
    rows = [("seams", "-", f"{sum(by_rung.values())}")]
    return rows + [
        (f"  {rung.replace('_', ' ')}", "-", f"{count}") for rung, count in sorted(by_rung.items())
    ]


def rows(bare: Tally, steady: Tally) -> list[list[Row]]:
    """Return the whole table in its parts: what went wrong first, then what came of it.

    The end of a table stays in sight where a terminal is low.
    """
    return [interruptions(bare, steady), seams(steady), answers(bare, steady)]


def headline(bare: Tally, steady: Tally) -> str:
    """Return the result in one line."""
    if steady.broken:
        return f"{steady.broken} of {len(steady.reads)} answers differ with steadystream"
    return (
        f"{_of(bare.whole, bare)} answers whole with bare aiohttp, "
        f"{_of(steady.whole, steady)} with steadystream"
    )


def progress(lane: Lane) -> str:
    """Return how far a pass has come, in one line."""
    return (
        f"{lane.name}: {lane.done} of {lane.total} read, {lane.whole} whole, {lane.broken} broken, "
        f"{lane.kinds.total()} interruptions, {lane.seams} seams, {lane.seconds:.1f} s"
    )


def replay(seed: int, number: int, dialect: str) -> str:
    """Return the command that runs one stream again."""
    return f"steadystream demo --seed {seed} --dialect {dialect} --only {number} --plain"


def complaint(read: Read, seed: int, dialect: str) -> str:
    """Say of a stream that failed where it differs, and how to run it again."""
    number, arrived, true = read.case.number, read.outcome.text, read.case.text
    lines = [f"stream {number}: expected {len(true)} characters, got {len(arrived)}"]
    at = read.score.first_difference
    if at is not None:
        start = max(0, at - _AROUND)
        lines += [
            f"  first difference at character {at}",
            f"  expected ...{true[start : at + _AROUND]!r}",
            f"  got      ...{arrived[start : at + _AROUND]!r}",
        ]
    if read.outcome.error:
        lines.append(f"  ended with {read.outcome.error}")
    lines.append(f"  again: {replay(seed, number, dialect)}")
    return "\n".join(lines)


def complaints(failed: Sequence[Read], seed: int, dialect: str, most: int = 10) -> list[str]:
    """Return what is said of the streams that failed: all of `most`, the numbers of the rest."""
    told = [complaint(read, seed, dialect) for read in failed[:most]]
    rest = ", ".join(f"{read.case.number}" for read in failed[most:])
    return [*told, f"and streams {rest}"] if rest else told


def _of(count: int, tally: Tally) -> str:
    return f"{count} of {len(tally.reads)}"


def _share(count: int, tally: Tally) -> str:
    if not count:
        return "0"
    return f"{count:,} ({100 * count / tally.characters:.1f} %)"
