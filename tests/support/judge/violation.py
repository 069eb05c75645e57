"""What a judge objects to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Judge = Literal["openapi", "sdk", "wire"]


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One objection.

    Attributes:
        judge: who objects: the OpenAPI document, the SDK's models, or the rules of event streams.
        where: method, path as the document writes it, status; `stream` for an event.
        path: the offending member, `choices[].delta`; empty = the whole.
        says: the objection.
    """

    judge: Judge
    where: str
    path: str
    says: str

    def __str__(self) -> str:
        return f"{self.judge}: {self.where}: {self.path or '(all)'}: {self.says}"


def member(parts: Iterable[str | int]) -> str:
    """Return a path of members as text; places in a list are all the same."""
    path = ""
    for part in parts:
        if isinstance(part, int):
            path += "[]"
        else:
            path += f".{part}" if path else part
    return path
