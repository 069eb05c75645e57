"""A second attempt where the first token is late."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from steadystream.errors import InvalidRequest
from steadystream.events import Batch, Events, HedgeStarted, Waiting
from steadystream.policy.attempts import Overtaken
from steadystream.policy.economy import Economy
from steadystream.policy.hedge import FirstTokens
from steadystream.request import Request

from .stage import Open, stage


@dataclass(frozen=True)
class Race:
    """Lets a second attempt race one that is late; the first to bring a token goes on.

    Goes inside `Recover`, for which both are one attempt, and outside `Record` and `Limit`, for
    which they are two. It is a level in the way of every event, and only there where it is on.
    """

    economy: Economy

    @stage
    async def __call__(self, request: Request, open: Open) -> AsyncGenerator[Batch, None]:
        """Yield what the winner brings, and before it the news that there is a race."""
        known = self.economy.first_tokens(request.upstream)
        if known is None:
            msg = "expected an economy with a hedge"
            raise InvalidRequest(msg)
        racers = [_Racer(request, open)]
        failure: BaseException | None = None
        winner: _Racer | None = None
        try:
            delay = known.delay()
            await asyncio.wait({racers[0].running}, timeout=delay)
            if delay is not None and racers[0].is_late and self._pays():
                racers.append(_Racer(request.but(hedge=True), open))
                yield [HedgeStarted(request.attempt, delay)]
            winner = await _first(racers)
            if winner.running.exception() is None:
                _learn(known, winner, racers)
            await _close([racer for racer in racers if racer is not winner])
            yield winner.held
            winner.running.result()  # where it has failed, this raises why
            async for batch in winner.events:
                yield batch
        except BaseException as error:
            failure = error
            raise
        finally:
            await _close(racers, winner, failure)

    def _pays(self) -> bool:
        budget = self.economy.budget
        return budget is None or budget.spend(asyncio.get_running_loop().time())


def _learn(known: FirstTokens, winner: _Racer, racers: list[_Racer]) -> None:
    """Remember how long first tokens take; one that was overtaken took at least so long."""
    now = asyncio.get_running_loop().time()
    for racer in racers:
        if racer is winner or not racer.running.done():
            known.add((racer.first_token_at or now) - racer.begun_at)


class _Racer:
    """One attempt, up to its first token.

    Attributes:
        running: the task that reads it so far; True = there is a token, False = it ended without.
        held: what came of it.
        events: what is still to come.
        begun_at: when it began, and `first_token_at` when its first token came.
        is_open: whether there is something to close.
    """

    def __init__(self, request: Request, open: Open) -> None:
        loop = asyncio.get_running_loop()
        self.stream = open(request)
        self.held: Batch = []
        self.events: Events
        self.is_open = False
        self.begun_at = loop.time()
        self.first_token_at: float | None = None
        self.running = loop.create_task(self._read())

    @property
    def is_late(self) -> bool:
        """Whether it has brought nothing yet, though it does not stand in line for its turn."""
        return not self.running.done() and not any(type(e) is Waiting for e in self.held)

    async def _read(self) -> bool:
        self.events = await self.stream.__aenter__()
        self.is_open = True
        async for batch in self.events:
            self.held += batch
            if any(event.carries for event in batch):
                self.first_token_at = asyncio.get_running_loop().time()
                return True
        return False

    async def close(self, error: BaseException | None) -> None:
        """Close it at once, and say why to those who keep account."""
        if not self.running.done():
            self.running.cancel()
            await asyncio.wait({self.running})
        if not self.running.cancelled():
            error = self.running.exception() or error
        if self.is_open:
            self.is_open = False
            kind = type(error) if error is not None else None
            await self.stream.__aexit__(kind, error, None)


async def _first(racers: list[_Racer]) -> _Racer:
    """Return the first that has a token, or has ended well; where none did, that began first."""
    running = {racer.running for racer in racers}
    while running:
        _, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for racer in racers:
            done = racer.running.done() and not racer.running.cancelled()
            if done and racer.running.exception() is None:
                return racer
    return racers[0]


async def _close(
    racers: list[_Racer], winner: _Racer | None = None, failure: BaseException | None = None
) -> None:
    """Close all that are open; those that lost were left by our side."""
    for racer in racers:
        await racer.close(failure if racer is winner else Overtaken())
