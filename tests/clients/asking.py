"""What is asked of every client, and what its user was told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from fake_openai import Answer, FakeOpenAI, ToolCall
from steadystream import Backoff, Retries, SteadyStream

QUESTION = "How is the weather, in words, as a call or as JSON?"
MESSAGES: list[Any] = [{"role": "user", "content": QUESTION}]
TEXT = "Rain in Köln, sun in 東京, and a storm 🌊 over Oslo. Take an umbrella with you."
REASONING = "They ask of the weather, so let me look at three towns."
BEFORE = "Let me look."
AFTER = "It will rain for three days, or for twelve."
CITIES = ({"city": "Köln", "days": 3}, {"city": "東京", "days": 12})


class Weather(BaseModel):
    """The weather of a city."""

    city: str
    degrees: int
    words: str


STORM = Weather(city="Oslo", degrees=-7, words='a storm, "the worst" of the year')
CALLS = tuple(ToolCall("forecast", city) for city in CITIES)
CALLED = [("forecast", city) for city in CITIES]
CALLING = Answer(BEFORE, tool_calls=CALLS)
THINKING = Answer(TEXT, reasoning=REASONING)
IN_TEXT = Answer(STORM.model_dump_json())


def in_call(name: str) -> Answer:
    """Return the object as the arguments of a call of the tool `name`."""
    return Answer(tool_calls=[ToolCall(name, STORM.model_dump())])


@dataclass
class Told:
    """What the user of a client got.

    Attributes:
        text: of all pieces.
        reasoning: of all pieces.
        calls: names and arguments of the calls, as the client has read them.
        value: the last object that was handed out.
        error: what ended it.
    """

    text: str = ""
    reasoning: str = ""
    calls: list[tuple[str, Any]] = field(default_factory=list)
    value: Any = None
    error: Exception | None = None


Way = Callable[[str, SteadyStream | None, Told], Awaitable[None]]
"""One way to ask one client at a URL, bare or through the middleware; it fills in what is told."""


def healing(dialect: str = "openai", *, background: bool = False) -> SteadyStream:
    """Return the middleware as it is by default, but for its waits."""
    retries = Retries(backoff=Backoff(base=0.001), background=background)
    return SteadyStream(dialect=dialect, retries=retries, seed=0)


async def asked(way: Way, fake: FakeOpenAI, middleware: SteadyStream | None = None) -> Told:
    told = Told()
    try:
        async with asyncio.timeout(30):  # only a failing test waits so long
            await way(fake.base_url, middleware, told)
    except Exception as error:  # noqa: BLE001  # what it is, the tests ask
        told.error = error
    return told
