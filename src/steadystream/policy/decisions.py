"""What can follow a fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from steadystream.errors import GaveUp
from steadystream.protocol.continuation import Continuation


@dataclass(frozen=True, slots=True)
class Retry:
    """Ask again from the start, in `seconds`: nobody has seen anything of the answer yet."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Continue:
    """Ask for the rest, in `seconds`."""

    seconds: float
    continuation: Continuation


@dataclass(frozen=True, slots=True)
class Conclude:
    """The answer is whole all the same: the fault came after its end."""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Hand the fault to the caller, for the reason `why`."""

    why: GaveUp


Decision: TypeAlias = Retry | Continue | Conclude | GiveUp
