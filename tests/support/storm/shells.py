"""A consumer of each kind, who reads one answer and takes down what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp

from fake_openai import FakeOpenAI
from steadystream import (
    Answer,
    Budget,
    Economy,
    SteadyClient,
    SteadyStream,
    SteadyStreamError,
    answer_of,
)

from .course import Course, Shell
from .outcome import Ear, Outcome

_KEY = "sk-of-a-storm"
_ACCEPTED = 200
_LONG = 2.0**20  # seconds; a power of two, so that the purse is a whole number


def _economy(course: Course) -> Economy:
    budget = Budget()
    if course.purse is not None:
        share = course.purse.further / _LONG
        budget = Budget(share=0, window=_LONG, minimum_per_second=share)
    hedge = None if course.shell == "middleware" else course.hedge
    return Economy(budget=budget, hedge=hedge)


def _parameters(course: Course) -> dict[str, Any]:
    messages = [{"role": "user", "content": "Tell me."}]
    return {"model": course.model, "messages": messages, **course.body}


def _client(fake: FakeOpenAI, course: Course) -> SteadyClient:
    return SteadyClient(
        fake.base_url,
        api_key=_KEY,
        dialect=course.dialect,
        timeouts=course.timeouts,
        retries=course.retries,
        economy=_economy(course),
        seed=course.seed,
    )


async def _by_client(fake: FakeOpenAI, course: Course, outcome: Outcome) -> None:
    ear = Ear(outcome)
    async with _client(fake, course) as client:
        answer = client.stream(**_parameters(course))
        try:
            async with answer:
                reads = 0
                async for event in answer:
                    ear.take(event)
                    reads += 1
                    if reads == course.leaves_after:
                        outcome.left = True
                        break
                    if course.thinks:
                        await asyncio.sleep(course.thinks)
        except SteadyStreamError as error:
            outcome.fail(error)
        finally:
            ear.close()
            outcome.ask(answer)


async def _by_middleware(fake: FakeOpenAI, course: Course, outcome: Outcome) -> None:
    steady = SteadyStream(
        dialect=course.dialect,
        timeouts=course.timeouts,
        retries=course.retries,
        economy=_economy(course),
        seed=course.seed,
    )
    body = bytearray()
    answer: Answer | None = None
    async with aiohttp.ClientSession(middlewares=(steady,)) as session:
        try:
            async with session.post(
                f"{fake.base_url}/chat/completions",
                json={**_parameters(course), "stream": True},
                headers={"Authorization": f"Bearer {_KEY}"},
            ) as response:
                answer = answer_of(response)
                if answer is None or response.status != _ACCEPTED:
                    outcome.status = response.status
                    outcome.trace.append(await response.text(errors="replace"))
                    return
                reads = 0
                async for data in response.content.iter_any():
                    body += data
                    outcome.trace.append(repr(data[:160]))
                    reads += 1
                    if reads == course.leaves_after:
                        outcome.left = True
                        break
                    if course.thinks:
                        await asyncio.sleep(course.thinks)
        except (aiohttp.ClientError, TimeoutError) as error:
            outcome.fail(error)
        finally:
            outcome.heard.feed(bytes(body))
            if answer is not None:
                outcome.ask(answer)


async def _by_sync(fake: FakeOpenAI, course: Course, outcome: Outcome) -> None:
    await asyncio.to_thread(_blocking, fake, course, outcome)


def _blocking(fake: FakeOpenAI, course: Course, outcome: Outcome) -> None:
    ear = Ear(outcome)
    with _client(fake, course).sync() as client:
        answer = client.stream(**_parameters(course))
        try:
            with answer:
                for reads, event in enumerate(answer, 1):
                    ear.take(event)
                    if reads == course.leaves_after:
                        outcome.left = True
                        break
        except SteadyStreamError as error:
            outcome.fail(error)
        finally:
            ear.close()
            outcome.ask(answer)


_SHELLS: Mapping[Shell, Callable[[FakeOpenAI, Course, Outcome], Awaitable[None]]] = {
    "client": _by_client,
    "middleware": _by_middleware,
    "sync": _by_sync,
}


async def read(fake: FakeOpenAI, course: Course) -> Outcome:
    """Return what a consumer gets of `course`."""
    outcome, loop = Outcome(), asyncio.get_running_loop()
    outcome.began = loop.time()
    work = _SHELLS[course.shell](fake, course, outcome)
    if course.cancelled_after is None:
        await work
    else:
        task = loop.create_task(work)
        await asyncio.wait({task}, timeout=course.cancelled_after)
        outcome.left = task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            outcome.trace.append("cancelled")
    outcome.ended = loop.time()
    return outcome
