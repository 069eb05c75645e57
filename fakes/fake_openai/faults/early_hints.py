"""Responses before the response."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fake_openai import checks
from fake_openai.delivery.steps import Step

from .base import InStream, Scene

_STATUSES = (100, 102, 103)


@dataclass(frozen=True, slots=True, repr=False)
class EarlyHints(InStream):
    """Interim responses come before the real one (RFC 9110, 15.2); a client passes over them.

    Attributes:
        status: 103 = early hints, 100 = continue, 102 = processing.
        n: how many of them.
        headers: of each; without any, early hints have a `link`.
    """

    ends = False

    status: int = 103
    n: int = 1
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        checks.whole_number("status of EarlyHints", self.status)
        if self.status not in _STATUSES:
            known = ", ".join(map(str, _STATUSES))
            raise ValueError(f"status of EarlyHints must be one of {known}, got {self.status}")
        checks.at_least(1, "n of EarlyHints", self.n)
        checks.headers("headers of EarlyHints", self.headers)

    def on_wire(self) -> bool:
        """Say whether it deals with bytes, whatever they mean, or with the head."""
        return True

    def change(self, steps: list[Step], scene: Scene) -> list[Step] | None:
        """Return `steps`; the head is changed."""
        told = dict(self.headers)
        if not told and self.status == 103:  # noqa: PLR2004 (early hints)
            told = {"Link": "</style.css>; rel=preload; as=style"}
        scene.head.interim += [(self.status, tuple(told.items()))] * self.n
        return steps
