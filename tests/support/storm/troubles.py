"""Faults drawn by chance: every kind of the fake's that leaves the meaning of an answer as it is.

Left out are `DroppedChunk`, `Reordered`, `RawBytes` and `InvalidUTF8`, and for chats, whose events
are not counted, `DuplicateChunk`: they make another answer of it, and nobody who reads one could
tell. What adds whole events or lines is placed
between events: within one it would not add anything but garble what is there, perhaps so that an
event silently is none any more.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from fake_openai import Fault
from fake_openai import faults as f

Drawn: TypeAlias = Callable[[random.Random], Fault]

_STATUSES = (408, 409, 425, 429, 500, 502, 503, 504, 520, 529)
HOPELESS_STATUSES = (400, 401, 403, 404, 422)
_FORMS = (None, "openai", "groq", "openrouter", "vllm", "llamacpp", "anthropic", "flat", "mistral")


def _seconds(rng: random.Random, most: float) -> float:
    """Return a time that falls together with no other."""
    return round(rng.uniform(0.001, most), 5)


def _between(rng: random.Random) -> dict[str, Any]:
    return {"after": rng.randint(1, 18)}


def _anywhere(rng: random.Random) -> dict[str, Any]:
    if rng.random() < 0.5:
        return {"after": rng.randint(0, 18)}
    return {"at_byte": rng.randint(0, 3600)}


def _by_chance(rng: random.Random) -> dict[str, Any]:
    return rng.choice([{"after": rng.randint(0, 18)}, {"each": round(rng.uniform(0.02, 0.5), 3)}])


def _ending(rng: random.Random) -> Fault:
    kind = rng.choice([f.Cut, f.Reset, f.CleanEnd])
    place = _anywhere(rng) if rng.random() < 0.9 else {"at_seconds": _seconds(rng, 2)}
    return kind(**place)


def _error_event(rng: random.Random) -> Fault:
    form = rng.choice(_FORMS)
    return f.ErrorEvent(form=form, done=rng.choice([None, True, False]), **_between(rng))


def _stall(rng: random.Random) -> Fault:
    seconds = rng.choice([_seconds(rng, 2), _seconds(rng, 0.4), math.inf])
    if rng.random() < 0.4:
        return f.Stall(seconds=seconds, comments=True, every=0.0917, **_between(rng))
    return f.Stall(seconds=seconds, **_anywhere(rng))


def _status(rng: random.Random) -> Fault:
    wait = rng.choice([None, None, None, 0, 0.013, 1, 3])
    if rng.random() < 0.1:
        return f.Status(rng.choice(_STATUSES), retry_after_ms=rng.choice([0, 17, 900]))
    return f.Status(rng.choice(_STATUSES), retry_after=wait)


def _odd_done(rng: random.Random) -> Fault:
    return f.OddDone(rng.choice(["no_newline", "one_newline", "trailing_space", "no_space"]))


def _twice(rng: random.Random) -> Fault:
    # From the second event on: a single number does not show that a server counts.
    return f.DuplicateChunk(times=rng.randint(1, 2), after=rng.randint(2, 18))


def _wrong_length(rng: random.Random) -> Fault:
    by = rng.choice([0, 1, 40, -1, -30, -200])
    return f.WrongContentLength(by, chunked=rng.random() < 0.3)


def _boundaries(rng: random.Random) -> Fault:
    mode = rng.choices(
        ["utf8", "data", "lines", "crlf", "random", "bytes"], (16, 16, 16, 16, 6, 1)
    )[0]
    return f.Boundaries(mode, "\r\n" if mode == "crlf" else "\n", bom=rng.random() < 0.2)


BREAKING: Sequence[Drawn] = (
    *([_ending] * 4),
    *([_error_event] * 2),
    lambda rng: f.BrokenJSON(after=rng.randint(0, 18)),
    lambda rng: f.TruncatedEvent(drop=rng.choice([None, 1, 2, 3, 9]), after=rng.randint(0, 18)),
    lambda rng: f.Nul("json", after=rng.randint(0, 18)),
    lambda rng: f.Error200(rng.choice([500, 429, 503])),
    lambda rng: f.PaddingOnly(rng.randint(1, 5), rng.choice([0.0, 0.01])),
    _wrong_length,
)
REFUSING: Sequence[Drawn] = (
    *([_status] * 3),
    lambda _: f.ResetBeforeHeaders(),
    lambda rng: f.RefuseConnection(seconds=_seconds(rng, 0.5)),
    lambda rng: f.NoHeaders(seconds=rng.choice([_seconds(rng, 2), math.inf])),
)
SLOW: Sequence[Drawn] = (
    *([_stall] * 5),
    lambda rng: f.Drip(
        bytes=rng.choice([17, 90, 90, 90]), every=_seconds(rng, 0.01), **_anywhere(rng)
    ),
    lambda rng: f.Bandwidth(bytes_per_second=rng.choice([2e3, 1e5]), **_anywhere(rng)),
)
LEGAL: Sequence[Drawn] = (
    lambda rng: f.CommentFlood(rng.choice([1, 7, 7, 300]), **_between(rng)),
    lambda _: f.CommentEveryEvent(),
    lambda rng: f.UnknownFields(**_by_chance(rng)),
    lambda rng: f.UnknownEvent(data=rng.choice([None, '{"type":"ping"}']), **_between(rng)),
    lambda rng: f.BlankLines(rng.randint(1, 3)),
    lambda _: f.OddLines(),
    lambda _: f.LineSeparators(),
    lambda rng: f.SplitData(rng.randint(2, 4)),
    lambda rng: f.LongLine(rng.choice([300, 300, 3000, 3000, 70_000, 300_000]), **_between(rng)),
    lambda rng: f.Compressed(rng.choice(["gzip", "deflate"])),
    lambda rng: f.EarlyHints(rng.choice([103, 100, 102]), rng.randint(1, 3)),
    lambda _: f.HTTP10(),
    lambda rng: f.OddHeaders(rng.choice(["long", "many", "duplicate", "odd", "injected"])),
    _boundaries,
    lambda rng: f.Nul(rng.choice(["escaped", "line", "id"]), after=rng.randint(1, 18)),
    lambda rng: f.Drip(bytes=64, every=0.0, after=rng.randint(0, 18)),
    lambda _: f.NoDone(),
    _odd_done,
    lambda _: f.DuplicateFinish(),
    lambda _: f.ChunkAfterDone(),
    lambda rng: f.SecondRole(after=rng.randint(1, 18)),
    lambda rng: f.ChangedId(rng.choice(["other", "fresh", "empty"]), **_by_chance(rng)),
    lambda rng: f.LyingUsage(rng.choice([10.0, 0, -1])),
    lambda _: f.RepeatedUsage(),
    lambda rng: f.WrongContentType(rng.choice(["text/html", None, "application/json"])),
)
HOPELESS: Sequence[Drawn] = (
    lambda rng: f.Status(rng.choice(HOPELESS_STATUSES)),
    lambda _: f.Status(429, retry_after=120),
)
# By how much there is to find, and by what it costs: a body byte by byte takes as long as twenty.
_GROUPS = (BREAKING, REFUSING, SLOW, LEGAL, HOPELESS)
_WEIGHTS = (50, 18, 10, 21, 1)
_TWICE = 0.06


def _one(rng: random.Random, *, counted: bool) -> Fault:
    if counted and rng.random() < _TWICE:
        return _twice(rng)
    fault = rng.choice(rng.choices(_GROUPS, _WEIGHTS)[0])(rng)
    return f.Chance(fault, 0.5) if rng.random() < 0.03 else fault


def bare(fault: Fault) -> Fault:
    """Return a fault without the chance that it does not strike."""
    return fault.fault if isinstance(fault, f.Chance) else fault


def rows(rng: random.Random, *, counted: bool = False) -> list[tuple[Fault, ...]]:
    """Return what goes wrong with each request, one to three faults at once.

    Args:
        rng: seeded chance.
        counted: whether events have numbers, by which one that comes twice is told.
    """
    requests = rng.choices(range(7), (4, 30, 28, 18, 10, 6, 4))[0]
    drawn = [
        tuple(_one(rng, counted=counted) for _ in range(rng.choices((1, 2, 3), (70, 24, 6))[0]))
        for _ in range(requests)
    ]
    return [row if len(row) == 1 else _sound(row) for row in drawn]


def _sound(row: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """Return the faults of a request without those that no client is asked to bear together."""
    packed = [fault for fault in row if isinstance(bare(fault), f.Compressed)]
    kept = [fault for fault in row if fault not in packed[1:]]  # in two layers
    return tuple(filter(_is_sound_with_others, kept))


def _is_sound_with_others(fault: Fault) -> bool:
    """Say whether a fault leaves the meaning as it is beside any other.

    Where an answer has lost its `[DONE]`, a chunk behind that is a chunk of the answer come twice.
    An event that comes twice with another id is two events. What comes behind a `[DONE]` without a
    newline is a part of its line.
    """
    return not isinstance(bare(fault), (f.ChunkAfterDone, f.DuplicateChunk, f.OddDone))
