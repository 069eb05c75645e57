"""What is drawn by chance for one request, and what it is drawn by."""

from __future__ import annotations

import random
from functools import cached_property
from typing import TYPE_CHECKING

from aiohttp import web

from fake_openai.asking import asked as asking
from fake_openai.clocks.clock import Clock
from fake_openai.delivery.writes import Writes
from fake_openai.dialect import Dialect
from fake_openai.keeping.journal import Received
from fake_openai.keeping.scope import Scope
from fake_openai.latency import Latency
from fake_openai.telling.ids import Digest

if TYPE_CHECKING:
    from .service import Service


class Draws:
    """One request, and seeded chance that belongs to it.

    Attributes:
        request: the request.
        received: its entry in the journal.
        scope: whose it is.
        dialect: whose API it was sent to.
    """

    def __init__(
        self, service: Service, scope: Scope, request: web.BaseRequest, received: Received
    ) -> None:
        self._service = service
        self.scope = scope
        self.request = request
        self.received = received
        self.dialect: Dialect = scope.settings.dialect
        self._rng: random.Random | None = None
        self._names: Digest | None = None
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
    def names(self) -> Digest:
        """Chance for ids, apart from all others, since nearly every request needs no other."""
        if self._names is None:
            self._names = Digest(self._name)
        return self._names

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
