"""Limits on silence."""

from __future__ import annotations

from dataclasses import dataclass

from steadystream.policy.clock import Timeouts
from steadystream.request import Request

from .patience import Patience
from .stage import Open, OpenStream


@dataclass(slots=True)
class Silence:
    """Ends an attempt that brings nothing of the answer for too long, or runs past the deadline.

    Goes inside `Recover`, so that the clocks start anew with each attempt. It opens the stream and
    is not in its way: a `Patience` travels down with the request, and the source, which alone
    waits, observes it. So a wait does not go through another stage.
    """

    timeouts: Timeouts

    def __call__(self, request: Request, open: Open) -> OpenStream:
        """Return the stream for `request`, which ends when nothing comes."""
        patience = Patience(
            self.timeouts, deadline=request.deadline, total=request.total, so_far=request.so_far
        )
        return open(request.but(patience=patience))
