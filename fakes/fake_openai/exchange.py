"""One request and the means to answer it."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from aiohttp import web

from .conversation import Conversation
from .delivery import pause, reset
from .dialects import Continuation, Dialect
from .errors import ErrorBody
from .faults import Fault
from .ids import fill
from .journal import Received
from .latency import Latency
from .script import Answer, Reply
from .writes import Writes

if TYPE_CHECKING:
    from .server import FakeOpenAI


class Exchange:
    """What endpoints and faults may use.

    Attributes:
        request: the request.
        received: its entry in the journal.
        dialect: whose server this is.
        rng: chance; the same seed, conversation and attempt give the same.
        created: seconds since 1970, as told to the client.
        model: the model asked for.
    """

    def __init__(self, server: FakeOpenAI, request: web.BaseRequest, received: Received) -> None:
        self._server = server
        self.request = request
        self.received = received
        self.dialect: Dialect = server.dialect
        name = f"{server.seed}/{received.method} {received.path}/{received.conversation}"
        self.rng = random.Random(f"{name}/{received.attempt}")
        self.created = server.created(received.attempt)
        self.model = received.model

    @property
    def seed(self) -> int:
        """Seed of the server."""
        return self._server.seed

    @property
    def latency(self) -> Latency:
        """Latency of the server."""
        return self._server.latency

    @property
    def writes(self) -> Writes:
        """Writes of the server."""
        return self._server.writes

    @property
    def echoes(self) -> bool:
        """Whether a continued answer begins with the prefix."""
        return self.dialect.continuation is Continuation.PREFIX_ECHOED

    def headers(self) -> dict[str, str]:
        """Return the headers of the dialect."""
        return {name: fill(value, self.rng, self.created) for name, value in self.dialect.headers}

    def note(self, fault: Fault) -> None:
        """Take down that `fault` struck."""
        self.received.faults += (fault,)

    def true_choice(self, asked: Conversation, reply: Reply, index: int) -> Answer:
        """Return the true answer for choice `index`."""
        return self._server.true_choice(asked, reply, index)

    async def pause(self, seconds: float) -> None:
        """Do nothing for `seconds`, which may be infinite."""
        await pause(seconds)

    async def reset(self) -> None:
        """Reset the connection."""
        await reset(self.request)

    async def go_down(self, seconds: float) -> None:
        """Let the kernel refuse new connections for `seconds`."""
        await self._server.go_down(seconds)

    async def refuse(self, error: ErrorBody) -> web.StreamResponse:
        """Return the response for `error`."""
        return self.respond(error.status, error.content_type, error.body, dict(error.headers))

    def respond(
        self, status: int, content_type: str, body: bytes, headers: dict[str, str] | None = None
    ) -> web.Response:
        """Return a response with a whole body."""
        response = web.Response(status=status, body=body, headers=self.headers())
        response.headers["Content-Type"] = content_type
        response.headers.update(headers or {})
        self.received.status = status
        self.received.bytes_sent = len(body)
        return response
