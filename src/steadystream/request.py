"""What is asked of an upstream, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .protocol.transcript import Transcript
    from .stages.patience import Patience


@dataclass(frozen=True, slots=True)
class Request:
    """One request for an answer; stages hand on changed copies.

    Attributes:
        url: where the attempt goes.
        body: the decoded JSON body. Never changed in place.
        headers: request headers. They hold the key: no `repr` shows them.
        attempt: number of the attempt, from 1.
        deadline: when the whole answer must be there, in seconds of the event loop's clock;
            None = no limit. A stage that waits observes it.
        total: the seconds that the deadline stands for, for messages.
        so_far: what the consumer has received of the answer; `capture` keeps it.
        patience: how long this attempt is waited for; None = without end. The source observes it.
    """

    url: str
    body: Mapping[str, Any] = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    attempt: int = 1
    deadline: float | None = None
    total: float | None = None
    so_far: Transcript | None = field(default=None, repr=False)
    patience: Patience | None = field(default=None, repr=False, compare=False)
