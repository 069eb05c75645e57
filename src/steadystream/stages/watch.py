"""Who watches an attempt without being in its way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from steadystream.events import Opened
from steadystream.policy.attempts import Attempt
from steadystream.request import Request


class Watch:
    """Is told by the source how an attempt fares, and passes on what others want to know.

    `Record` makes one for each attempt, and it travels down with the request. A stage that would
    look at every event for the few that matter would cost a microsecond a read; this is called a
    few times an attempt.

    Args:
        attempt: where it is noted.

    Attributes:
        attempt: what is known of the attempt.
        on_opened: is told when the attempt is accepted.
        on_first_token: is told when the first of the answer is here.
    """

    __slots__ = ("_time", "attempt", "on_first_token", "on_opened")

    def __init__(self, attempt: Attempt) -> None:
        self._time = asyncio.get_running_loop().time
        self.attempt = attempt
        self.on_opened: Callable[[float, Opened], None] | None = None
        self.on_first_token: Callable[[float, float], None] | None = None

    def sent(self) -> None:
        """Note that the request goes out now."""
        self.attempt.sent_at = self._time()

    def opened(self, event: Opened) -> None:
        """Note that the attempt was accepted."""
        attempt = self.attempt
        attempt.opened_at = now = self._time()
        attempt.status = event.status
        attempt.request_id = event.request_id
        if self.on_opened is not None:
            self.on_opened(now, event)

    def first_token(self) -> None:
        """Note that the first of the answer is here; said again, it means nothing."""
        attempt = self.attempt
        if attempt.first_token_at is not None:
            return
        attempt.first_token_at = now = self._time()
        if self.on_first_token is not None:
            self.on_first_token(now, now - (attempt.sent_at or attempt.started_at))

    def forget(self) -> None:
        """Pass nothing on any more."""
        self.on_opened = self.on_first_token = None

    def ended(self, received: int) -> None:
        """Note how many events came."""
        self.attempt.received = received


def watch_of(request: Request) -> Watch:
    """Return who watches a request; somebody whom nobody asks where no stage said it."""
    return request.watch or Watch(Attempt(request.attempt, request.upstream, 0.0))
