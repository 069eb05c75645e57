"""The servers of a schedule: the first, and those that its fallbacks name."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from fake_openai import FakeOpenAI, Latency, Received, Reply
from fake_openai.clocks.clock import Clock
from steadystream import Fallback

from .course import Behind, Course, Rows

_HOSTS = 250 * 250
_KEYS = ("sk-of-a-storm", "sk-of-a-storm-2", "sk-of-a-storm-3")
REFUSED = 401


@dataclass
class Servers:
    """Servers that listen.

    Attributes:
        fakes: the first of them, and then the others.
        fallbacks: what the client is to be told of them.
    """

    fakes: list[FakeOpenAI] = field(default_factory=list)
    fallbacks: list[Fallback] = field(default_factory=list)

    @property
    def first(self) -> FakeOpenAI:
        """The one that is asked first."""
        return self.fakes[0]

    @property
    def key(self) -> str:
        """The key of the first, and of none else."""
        return _KEYS[0]

    def journal(self) -> list[Received]:
        """Return what all of them saw, one server after the other."""
        return [one for fake in self.fakes for one in fake.requests]

    def with_keys(self) -> list[tuple[FakeOpenAI, str]]:
        """Return each with the key that opens it."""
        return list(zip(self.fakes, _KEYS, strict=False))

    async def quiet(self) -> int:
        """Wait until no connection is open; return how many are left."""
        return sum([await fake.quiet() for fake in self.fakes])


@asynccontextmanager
async def listening(course: Course, clock: Clock) -> AsyncIterator[Servers]:
    """Start the servers of a schedule."""
    servers = Servers()
    async with AsyncExitStack() as stack:
        for number, (dialect, rows) in enumerate(_speaking(course)):
            fake = FakeOpenAI(
                dialect,
                seed=course.seed + number,
                host=_host(course.seed, number),
                latency=Latency(first_token=course.first_token, between=course.between),
                writes=course.writes,
                clock=clock,
                admin=False,
                api_keys=[_KEYS[number]],
            )
            fake.plan = _plan(fake, course, rows)
            servers.fakes.append(await stack.enter_async_context(fake))
        servers.fallbacks = _fallbacks(servers, course.behind)
        yield servers


def _speaking(course: Course) -> list[tuple[str, Rows]]:
    others = [(one.dialect, one.rows) for one in course.behind if one.dialect is not None]
    return [(course.dialect, course.rows), *others]


def _fallbacks(servers: Servers, behind: Sequence[Behind]) -> list[Fallback]:
    far = iter(zip(servers.fakes[1:], _KEYS[1:], strict=False))
    made: list[Fallback] = []
    for one in behind:
        if one.dialect is None:
            made.append(Fallback(model=one.model))
        else:
            fake, key = next(far)
            made.append(
                Fallback(base_url=fake.base_url, api_key=key, model=one.model, dialect=one.dialect)
            )
    return made


def _host(seed: int, number: int) -> str:
    """Return an address of its own: a port that is closed for a while is taken by nobody else."""
    if sys.platform != "linux":  # which alone answers at all of 127.0.0.0/8
        return "127.0.0.1"
    high, low = divmod(seed % _HOSTS, 250)
    return f"127.{number + 1}.{high}.{low + 1}"


def _plan(fake: FakeOpenAI, course: Course, rows: Rows) -> Callable[[Received], Reply]:
    def plan(received: Received) -> Reply:
        if not makes_or_follows(received):
            return Reply(course.answer)
        # Counted by the server: words that ask to go on make another conversation of it.
        number = sum(map(makes_or_follows, fake.requests))
        return Reply(course.answer, rows[number - 1] if number <= len(rows) else ())

    return plan


def makes_or_follows(received: Received) -> bool:
    """Say whether a request is for an answer; others cancel one."""
    return not received.path.endswith("/cancel")
