"""One request and the means to answer it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aiohttp import web

from fake_openai import checks
from fake_openai.asking import asked as asking
from fake_openai.asking.conversation import Conversation
from fake_openai.counting import tokens
from fake_openai.errors.errors import ApiError
from fake_openai.errors.outages import no_model
from fake_openai.faults import drawn
from fake_openai.keeping.journal import Received
from fake_openai.keeping.load import Load
from fake_openai.keeping.scope import Scope
from fake_openai.keeping.slots import Place
from fake_openai.scripts.script import Answer, Reply

from .json_body import check_type, decode
from .sending import Sending

if TYPE_CHECKING:
    from .service import Service


class Exchange(Sending):
    """What endpoints and faults may use; the rest of it is in `Sending` and `Draws`.

    Attributes:
        params: what its path names.
        used: tokens it used in all.
    """

    def __init__(
        self, service: Service, scope: Scope, request: web.BaseRequest, received: Received
    ) -> None:
        super().__init__(service, scope, request, received)
        self.params: Mapping[str, str] = {}
        self.used = 0
        self._admitted = False

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
            received.tokenizer = tokens.settle(received.model or self.params.get("model", ""))
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
        received.tokenizer = tokens.settle(asked.model)
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

    def true_choice(self, asked: Conversation, answer: Answer, index: int) -> Answer:
        """Return the true answer for choice `index`, given that of the first."""
        desk = self.scope.desk
        if index == 0 or desk.is_scripted(self.received):
            return answer
        return desk.unscripted(asked, index)


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
