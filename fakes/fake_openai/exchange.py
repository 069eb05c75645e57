"""One request and the means to answer it."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Coroutine, Hashable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from aiohttp import web

from . import asked as asking
from . import checks
from .clock import Clock
from .conversation import Conversation
from .delivery import Delivery
from .dialect import Continuation, Dialect
from .errors import ApiError, ErrorBody
from .faults import Fault, drawn
from .ids import fill_all
from .journal import Received
from .json_body import check_type, decode
from .latency import Latency
from .load import Load
from .outages import no_model
from .prepared import Prepared
from .retelling import Retelling
from .retry_after import retry_after
from .scope import Scope
from .script import Answer, Reply
from .sent_response import SentResponse
from .slots import Place
from .steps import Steps
from .wire import reset
from .writes import Writes

if TYPE_CHECKING:
    from .service import Service

_FEW = 16
_WRITES_A_TURN = 32


class Exchange:
    """What endpoints and faults may use.

    Attributes:
        request: the request.
        received: its entry in the journal.
        scope: whose it is.
        dialect: whose API it was sent to.
        params: what its path names.
        used: tokens it used in all.
        prompt_tokens: those of them that the prompt has.
        place: where it stands among others, if they matter.
    """

    def __init__(
        self, service: Service, scope: Scope, request: web.BaseRequest, received: Received
    ) -> None:
        self._service = service
        self.scope = scope
        self.request = request
        self.received = received
        self.dialect: Dialect = scope.settings.dialect
        self.params: Mapping[str, str] = {}
        self.when_whole: Callable[[], None] | None = None
        self.used = 0
        self.prompt_tokens = 0
        self.place: Place | None = None
        self._account: tuple[str, str] | None = None
        self._admitted = False
        self._rng: random.Random | None = None
        self._later = ""
        self._chance: random.Random | None = None
        self._luck: random.Random | None = None

    @property
    def rng(self) -> random.Random:
        """Chance; the same seed, conversation and attempt give the same."""
        if self._rng is None:
            self._rng = random.Random(f"{self._name}{self._later}")
        return self._rng

    @property
    def lasting(self) -> random.Random:
        """Chance that is the same for all attempts of a conversation, and each time anew."""
        return random.Random(f"{self.seed}/{self.received.conversation}")

    @property
    def chance(self) -> random.Random:
        """Chance for times and borders of writes, apart from that for what is written."""
        if self._chance is None:
            self._chance = random.Random(f"{self._name}/wire")
        return self._chance

    @property
    def luck(self) -> random.Random:
        """Chance of faults: whether they strike, where, and what they write."""
        if self._luck is None:
            self._luck = random.Random(f"{self._name}/faults")
        return self._luck

    @property
    def _name(self) -> str:
        asked = self.received
        which = f"{asked.method} {asked.path}/{asked.conversation}/{asked.attempt}"
        return f"{self.seed}/{which}{self._refused}"

    @cached_property
    def _refused(self) -> str:
        """What tells a request from others that were refused before they had a conversation."""
        asked = self.received
        if asked.attempt:
            return ""
        key = asking.key(asked.method, f"{asked.path}?{asked.query}", asked.raw_body)
        return f"/{key}/{self.scope.desk.count(f'refused/{key}')}"

    @property
    def created(self) -> int:
        """Seconds since 1970, as told to the client."""
        return self._service.created(self.received.attempt)

    @property
    def model(self) -> str:
        """The model asked for."""
        return self.received.model

    @property
    def endpoint(self) -> str:
        """Name of the endpoint; empty if there is none."""
        return self.received.endpoint

    @property
    def seed(self) -> int:
        """Seed of the scope."""
        return self.scope.settings.seed

    @property
    def clock(self) -> Clock:
        """The time of the server."""
        return self._service.clock

    @property
    def latency(self) -> Latency:
        """Latency of the scope."""
        return self.scope.settings.latency

    @property
    def writes(self) -> Writes:
        """Writes of the scope."""
        return self.scope.settings.writes

    def json(self) -> dict[str, Any]:
        """Return the body of the request, a JSON object; it is in the journal, too.

        Raises:
            ApiError: the body is none.
        """
        received = self.received
        try:
            check_type(self.request.headers.get("Content-Type", ""), self.dialect)
            received.body = body = decode(received.raw_body)
        except ApiError:
            received.body = _lenient(received.raw_body)
            raise
        finally:
            # Of a request that is refused they are known, too.
            received.model = asking.model(received.body)
            received.question = asking.question(received.body)
        return body

    def deal(self, asked: Conversation, most: int = 0) -> Reply:
        """Return what the scripts give to a request that was understood; it has an answer.

        The journal says from then on what was asked, and which attempt of its conversation it is.

        Args:
            asked: what was understood.
            most: tokens that the answer may have, if the request says so.

        Raises:
            ApiError: a limit forbids the request.
        """
        received, desk = self.received, self.scope.desk
        received.model, received.question = asked.model, asked.question
        received.prefix, received.conversation = asked.prefix, asked.key
        received.attempt = desk.count(asked.key)
        self.prompt_tokens = asked.prompt_tokens
        self.admit(asked.model, asked.prompt_tokens, most)
        reply = desk.reply(received, asked)
        return self._drawn(reply)

    def _drawn(self, reply: Reply) -> Reply:
        faults = checks.faults("reply", reply.faults)
        # Chance that is not needed is not seeded: it takes time and 2.5 KiB.
        if not faults:
            return reply
        self.received.dealt = drawn(faults, self.luck)
        return replace(reply, faults=self.received.dealt)

    def strike(self, *, tells: bool = False) -> Reply:
        """Return what goes wrong with a request to an endpoint where no model answers.

        The journal says from then on what was asked, as far as that can be told.

        Args:
            tells: whether it tells an answer that was made before.
        """
        received, desk = self.received, self.scope.desk
        received.body = _lenient(received.raw_body) if received.raw_body else None
        received.model, received.question = (
            asking.model(received.body),
            asking.question(received.body),
        )
        which = f"{received.path}?{received.query}"
        received.conversation = asking.key(received.method, which, received.raw_body)
        received.attempt = desk.count(received.conversation)
        reply = desk.strike(received, tells=tells)
        return self._drawn(reply)

    def admit(self, model: str, tokens: int, most: int = 0) -> None:
        """Count the request against the limits.

        Raises:
            ApiError: a limit forbids it, or there is no such model.
        """
        models = self.scope.settings.models
        if models is not None and model not in models:
            raise no_model(self.dialect, model, self.received.endpoint)
        ledger, key = self.scope.ledger, _account(self.request)
        self._account, self.used = (key, model), tokens
        ledger.admit(self.clock.now(), key, model, tokens + most, self.dialect)
        self._admitted = True

    def enter(self, load: Load) -> Place:
        """Take a place among the other requests, until the end of this one.

        Raises:
            Full: as many wait already as may.
        """
        self.place = self.scope.batch(load, self.clock).enter()
        return self.place

    def close(self) -> None:
        """Count the end of the request."""
        if self.place is not None:
            self.place.leave()
        if self._admitted and self._account is not None:
            self.scope.ledger.done(*self._account, self.used)

    @property
    def itself(self) -> tuple[str, dict[str, str]]:
        """Address under which the server can ask itself something, and the headers for it."""
        listener = self._service.listener
        return listener.itself, {"X-Fake-Itself": listener.token}

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Let `work` go on after the response; it ends with the server at the latest."""
        self._service.spawn(work)

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
        headers = fill_all(self.dialect.headers, self.rng, self.created)
        if self._account is not None:
            told = self.scope.ledger.headers(self.clock.now(), *self._account, self.dialect)
            # Providers that tell nothing of their limits do not begin to because there are some.
            headers.update((name, value) for name, value in told.items() if name in headers)
        return headers

    def note(self, fault: Fault) -> None:
        """Take down that `fault` struck."""
        self.received.faults += (fault,)

    def true_choice(self, asked: Conversation, answer: Answer, index: int) -> Answer:
        """Return the true answer for choice `index`, given that of the first."""
        desk = self.scope.desk
        if index == 0 or desk.is_scripted(self.received):
            return answer
        return desk.unscripted(asked, index)

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


def _lenient(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _account(request: web.BaseRequest) -> str:
    """Return who asks: a digest of the key, as no key is kept."""
    headers = request.headers
    key = headers.get("Authorization") or headers.get("api-key") or ""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:16]
