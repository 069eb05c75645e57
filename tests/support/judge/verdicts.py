"""What the judges say of the whole catalogue, known deviations set apart."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from . import sdk
from .asking import Told
from .openapi import OpenAPI
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
    """Return the known deviations that `judge` objects to."""
    told = [Deviation(**entry) for entry in json.loads(_KNOWN.read_text())]
    return [one for one in told if one.judge == judge]


Say = Callable[..., Iterable[Violation]]


def judged(say: Say, path: str, told: Told) -> list[Violation]:
    """Return all that `say` objects to in one response; `path` is that of the document."""
    method, status = told.ask.method, told.raw.status
    found: list[Violation] = []
    for event in told.events:
        found += say(method, path, status, event, event=True)
    if told.body is not None:
        found += say(method, path, status, told.body)
    return found


def by_openapi(document: OpenAPI, told: Told) -> list[Violation]:
    """Judge one response by the document."""
    return judged(document.judge, _path(told), told)


def by_sdk(told: Told) -> list[Violation]:
    """Judge one response by the models of the SDK."""
    return judged(sdk.judge, _path(told), told)


def _path(told: Told) -> str:
    """Return the path of a request as the document writes it."""
    return sdk.template(told.path)


def unknown(found: Iterable[Violation], judge: Judge) -> list[str]:
    """Return what no known deviation covers."""
    deviations = known(judge)
    return sorted({str(v) for v in found if not any(d.covers(v) for d in deviations)})


def gone(found: Iterable[Violation], judge: Judge) -> list[Any]:
    """Return known deviations that did not occur."""
    told = list(found)
    return [d for d in known(judge) if not any(d.covers(v) for v in told)]
