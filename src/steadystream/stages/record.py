"""Keeps an account of the attempts."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from types import TracebackType

from steadystream.events import Events
from steadystream.policy.attempts import Attempt
from steadystream.policy.idempotency import Keys
from steadystream.request import Request

from .leaving import Leave
from .stage import Open, OpenStream
from .watch import Watch


@dataclass(slots=True)
class Record:
    """Notes each attempt in `attempts`: when, where, what came of it.

    Goes around everything that belongs to one attempt. It sees how the attempt is opened and
    closed, and is not in the way of what flows between.

    Attributes:
        attempts: where it is noted.
        keys: gives each request a key; None = this server knows none.
        leave: knows whether our side closed the answer; None = nobody closes it.
    """

    attempts: list[Attempt]
    keys: Keys | None = None
    leave: Leave | None = None

    def __call__(self, request: Request, open: Open) -> OpenStream:
        """Return the stream for `request`, which is noted from when it is entered on."""
        return _Recorded(self.attempts, self.keys, request, open, self.leave)


class _Recorded(AbstractAsyncContextManager[Events]):
    def __init__(
        self,
        attempts: list[Attempt],
        keys: Keys | None,
        request: Request,
        open: Open,
        leave: Leave | None,
    ) -> None:
        self._attempts = attempts
        self._keys = keys
        self._request = request
        self._open = open
        self._leave = leave

    async def __aenter__(self) -> Events:
        request, now = self._request, asyncio.get_running_loop().time()
        attempt = Attempt(request.attempt, request.upstream, now, request.hedge)
        if request.method == "GET":
            attempt.follows = True
        self._attempts.append(attempt)
        self._attempt = attempt
        keys = self._keys
        headers = request.headers if keys is None else keys.headers(request, attempt)
        self._stream = self._open(request.but(watch=Watch(attempt), headers=headers))
        try:
            return await self._stream.__aenter__()
        except BaseException as error:
            attempt.end(asyncio.get_running_loop().time(), error)
            raise

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        why = error if self._leave is None else self._leave.ended(error)
        self._attempt.end(asyncio.get_running_loop().time(), why)
        await self._stream.__aexit__(kind, error, traceback)
