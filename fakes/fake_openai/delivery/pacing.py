"""When the parts of an answer come: latency and load, as waits."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from fake_openai.keeping.slots import Place
from fake_openai.latency import Latency

from .steps import Send, Step, Wait

if TYPE_CHECKING:
    from fake_openai.front.exchange import Exchange

_UNUSED = random.Random(0)  # of times that are fixed


class Pacing:
    """The waits of one answer.

    Args:
        exchange: the request; its chance draws the times.
        latency: how long the model takes.
        place: of the request among others; None = they do not matter.
    """

    def __init__(self, exchange: Exchange, latency: Latency, place: Place | None) -> None:
        self._exchange = exchange
        self._latency = latency
        self._place = place

    @property
    def begins_late(self) -> bool:
        """Whether there is a wait before the first chunk."""
        latency = self._latency
        return bool(latency.first_token or latency.per_prompt_token or self._place)

    async def before_headers(self, *, streamed: bool) -> None:
        """Wait for the first token, or for all of them where they come together."""
        place, pause = self._place, self._exchange.pause
        if place is None:
            await pause(self._first() + (0.0 if streamed else sum(self._gaps())))
            return
        await place.ready(self._exchange.prompt_tokens)
        await pause(self._first() * place.stretch)
        if not streamed:
            for gap in self._gaps():
                await pause(gap * place.stretch)

    def in_body(self, said: bytes, every: float = 1.0, *, streamed: bool) -> Wait:
        """Return the wait for the first token, or for all of them, with `said` meanwhile."""
        seconds = self._first() + (0.0 if streamed else sum(self._gaps()))
        return Wait(seconds, said, every, loaded=self._place is not None)

    def paced(self, sends: Iterable[Send]) -> Iterator[Step]:
        """Yield `sends` with the waits between them."""
        if not self._latency.between and not self._each:
            yield from sends
            return
        gaps = self._latency.gaps(self._chance)
        loaded = self._place is not None
        begun = False
        for send in sends:
            if begun and send.events:
                yield Wait(next(gaps) + self._each, loaded=loaded)
            begun = begun or bool(send.events)
            yield send

    @property
    def _chance(self) -> random.Random:
        # Chance that is not needed is not seeded: it takes time and 2.5 KiB.
        return self._exchange.chance if self._latency.varies else _UNUSED

    @property
    def _each(self) -> float:
        load = self._latency.load
        return 0.0 if load is None else load.token_seconds

    def _first(self) -> float:
        if not self.begins_late:
            return 0.0
        return self._latency.first(self._chance, self._exchange.prompt_tokens)

    def _gaps(self) -> Iterator[float]:
        if not self._latency.between and not self._each:
            return iter(())
        gaps = self._latency.gaps(self._chance)
        number = max(0, self._exchange.used - self._exchange.prompt_tokens - 1)
        return (gap + self._each for gap in itertools.islice(gaps, number))
