"""What the judges say of the whole catalogue, known deviations set apart."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from . import sdk
from .asking import Case, Told, run
from .violation import Judge, Violation

_KNOWN = Path(__file__).parent / "deviations.json"


@dataclass(frozen=True, slots=True)
class Deviation:
    """Something the fake does that a judge objects to, and why it does it.

    Attributes:
        judge: who objects.
        where: as in `Violation`; `*` stands for any text, here and in `path` and `says`.
        path: the member.
        says: the objection.
        reason: why it is right all the same.
    """

    judge: Judge
    where: str
    path: str
    says: str
    reason: str

    def covers(self, violation: Violation) -> bool:
        """Say whether `violation` is this one."""
        return violation.judge == self.judge and all(
            # Brackets are those of lists, not of patterns.
            fnmatchcase(getattr(violation, name), getattr(self, name).replace("[", "[[]"))
            for name in ("where", "path", "says")
        )


def known(judge: Judge) -> list[Deviation]:
    """Return the known deviations that `judge` objects to.

    An entry of the file may tell of several members, and of both judges.
    """
    return [
        Deviation(judge, entry["where"], path, entry["says"], entry["reason"])
        for entry in entries()
        if judge in entry["judges"]
        for path in entry["paths"]
    ]


def entries() -> list[dict[str, Any]]:
    """Return the entries of the file of known deviations."""
    told: list[dict[str, Any]] = json.loads(_KNOWN.read_text())
    return told


Say = Callable[..., Iterable[Violation]]


class Verdicts:
    """What one judge says of cases; each is run and judged once.

    Args:
        judge: who.
        say: judges one body or event.
    """

    def __init__(self, judge: Judge, say: Say) -> None:
        self._judge = judge
        self._say = say
        self._found: dict[str, list[Violation]] = {}

    async def found(self, case: Case) -> list[Violation]:
        """Return all objections to a case."""
        if case.name not in self._found:
            told = await run(case)
            self._found[case.name] = [v for one in told for v in self._judged(one)]
        return self._found[case.name]

    async def unknown(self, case: Case) -> list[str]:
        """Return the objections to a case that no known deviation covers."""
        deviations, found = known(self._judge), await self.found(case)
        return sorted({str(v) for v in found if not any(d.covers(v) for d in deviations)})

    async def gone(self, cases: Iterable[Case]) -> list[Deviation]:
        """Return the known deviations that occur in none of `cases`."""
        found = {v for case in cases for v in await self.found(case)}
        return [d for d in known(self._judge) if not any(d.covers(v) for v in found)]

    def _judged(self, told: Told) -> list[Violation]:
        method, path, status = told.ask.method, _path(told), told.raw.status
        found: list[Violation] = []
        for event in told.events:
            found += self._say(method, path, status, event, event=True)
        if told.body is not None:
            found += self._say(method, path, status, told.body)
        return found


def _path(told: Told) -> str:
    """Return the path of a request as the document writes it."""
    return sdk.template(told.path)
