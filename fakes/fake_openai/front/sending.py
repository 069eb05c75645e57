"""How one request is answered: responses and their headers, and what is taken down of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

from aiohttp import web

from fake_openai.delivery.delivery import Delivery
from fake_openai.delivery.prepared import Prepared
from fake_openai.delivery.retelling import Retelling
from fake_openai.delivery.sent_response import SentResponse
from fake_openai.delivery.steps import Steps
from fake_openai.delivery.wire import reset
from fake_openai.delivery.writes import Writes
from fake_openai.dialect import Continuation
from fake_openai.errors.errors import ErrorBody
from fake_openai.errors.retry_after import retry_after
from fake_openai.faults import Fault
from fake_openai.keeping.journal import Received
from fake_openai.keeping.scope import Scope
from fake_openai.keeping.slots import Place
from fake_openai.telling.ids import fill_all

from .draws import Draws

if TYPE_CHECKING:
    from .service import Service

_FEW = 16
_WRITES_A_TURN = 32


class Sending(Draws):
    """One request, and the ways to answer it.

    Attributes:
        when_whole: called just before the answer was sent whole.
        prompt_tokens: tokens of the prompt.
        place: where it stands among others, if they matter.
    """

    def __init__(
        self, service: Service, scope: Scope, request: web.BaseRequest, received: Received
    ) -> None:
        super().__init__(service, scope, request, received)
        self.when_whole: Callable[[], None] | None = None
        self.prompt_tokens = 0
        self.place: Place | None = None
        self._account: tuple[str, str] | None = None

    @property
    def echoes(self) -> bool:
        """Whether a continued answer begins with the prefix."""
        return self.dialect.continuation is Continuation.PREFIX_ECHOED

    async def deliver(self, response: web.StreamResponse, steps: Steps, writes: Writes) -> None:
        """Send `response` with the body that `steps` make."""
        # What is drawn later comes from another generator: a stream may wait long, with 2.5 KiB.
        self._rng, self._later = None, "/later"
        await self._delivery(response, writes).run(steps)

    async def deliver_again(
        self,
        response: SentResponse,
        id: str,
        key: Hashable,
        make: Callable[[], Prepared],
        *,
        together: bool,
    ) -> None:
        """Send `response` with the stream for `key`, told under `id`; made if it is not there."""
        stream = self.scope.shelf.get(key, make).again(id, self.created)
        self._begin(response.status)
        retelling = Retelling(
            self.request, self.received, self.clock, self._ended, self._writes_a_turn, together
        )
        await retelling.run(response.head(), stream)

    def _begin(self, status: int) -> None:
        self.received.status = status
        self.received.began = self.clock.now()

    def _writes_a_turn(self) -> int:
        # With few streams each write gets its turn of the loop, so that a client in the same loop
        # can read it by itself; with many they share turns.
        return 1 if self._service.active <= _FEW else _WRITES_A_TURN

    def _delivery(self, response: web.StreamResponse, writes: Writes) -> Delivery:
        self._begin(response.status)
        delivery = Delivery(
            self.request,
            response,
            self.received,
            writes=writes,
            rng=lambda: self.chance,
            clock=self.clock,
            turn=self._turn,
            end=self._ended,
        )
        delivery.writes_a_turn = self._writes_a_turn()
        return delivery

    async def _turn(self) -> float:
        """Wait for the turn of the request; return by what others stretch its next wait."""
        if self.place is None:
            return 1.0
        await self.place.ready(self.prompt_tokens)
        return self.place.stretch

    def _ended(self) -> None:
        ends = any(fault.spoils() for fault in self.received.faults)
        self.received.ended = "fault" if ends else "whole"
        self.received.ended_at = self.clock.now()
        if not ends:
            self.scope.desk.whole(self.received.conversation)
            if self.when_whole is not None:
                self.when_whole()

    def headers(self) -> dict[str, str]:
        """Return the headers of the dialect; limits in force are told as they stand."""
        headers = fill_all(self.dialect.headers, self.names, self.created)
        if self._account is not None:
            told = self.scope.ledger.headers(self.clock.now(), *self._account, self.dialect)
            # Providers that tell nothing of their limits do not begin to because there are some.
            headers.update((name, value) for name, value in told.items() if name in headers)
        return headers

    def note(self, fault: Fault) -> None:
        """Take down that `fault` struck."""
        self.received.faults += (fault,)

    async def pause(self, seconds: float) -> None:
        """Do nothing for `seconds`, which may be infinite."""
        await self.clock.sleep(seconds)

    async def reset(self) -> None:
        """Reset the connection."""
        await reset(self.request, self.clock)

    async def go_down(self, seconds: float) -> None:
        """Let the kernel refuse new connections for `seconds`."""
        await self._service.listener.go_down(seconds)

    async def refuse(self, error: ErrorBody) -> web.StreamResponse:
        """Return the response for `error`."""
        headers = dict(error.headers)
        return self.respond(error.status, error.content_type, error.body, headers, bare=error.bare)

    def respond(
        self,
        status: int,
        content_type: str,
        body: bytes,
        headers: dict[str, str] | None = None,
        *,
        bare: bool = False,
    ) -> web.Response:
        """Return a response with a whole body; a `bare` one has no headers of the dialect."""
        response = web.Response(status=status, body=body, headers=None if bare else self.headers())
        response.headers["Content-Type"] = content_type
        response.headers.update(headers or {})
        received = self.received
        received.status, received.bytes_sent, received.began = status, len(body), self.clock.now()
        received.retry_after = retry_after(response.headers)
        received.tape.add(received.began, (body,))
        return response
