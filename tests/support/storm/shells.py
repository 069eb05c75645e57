"""A consumer of each kind, who reads one answer and takes down what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp

from steadystream import (
    Answer,
    Budget,
    Economy,
    ResponseAnswer,
    SteadyClient,
    SteadyStream,
    SteadyStreamError,
    answer_of,
)

from .course import Course, Shell
from .hearing import Heard
from .hearing_responses import HeardResponse
from .outcome import Ear, Outcome
from .servers import Servers

_ACCEPTED = 200
_OPEN = 0.05  # seconds that a session is open behind its answer
_LONG = 2.0**20  # seconds; a power of two, so that the purse is a whole number


def _economy(course: Course) -> Economy:
    budget = Budget()
    if course.purse is not None:
        share = course.purse.further / _LONG
        budget = Budget(share=0, window=_LONG, minimum_per_second=share)
    return Economy(budget=budget, hedge=course.hedge)


def _parameters(course: Course) -> dict[str, Any]:
    if course.is_response:
        return {"model": course.model, "input": "Tell me.", **course.body}
    messages = [{"role": "user", "content": "Tell me."}]
    return {"model": course.model, "messages": messages, **course.body}


def _client(servers: Servers, course: Course) -> SteadyClient:
    return SteadyClient(
        servers.first.base_url,
        api_key=servers.key,
        fallbacks=servers.fallbacks,
        dialect=course.dialect,
        timeouts=course.timeouts,
        retries=course.retries,
        economy=_economy(course),
        seed=course.seed,
    )


def _asked(client: SteadyClient, course: Course) -> Answer | ResponseAnswer:
    ask = client.responses.stream if course.is_response else client.stream
    return ask(**_parameters(course))


async def _by_client(servers: Servers, course: Course, outcome: Outcome) -> None:
    ear = Ear(outcome)
    async with _client(servers, course) as client:
        answer = _asked(client, course)
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


async def _by_middleware(servers: Servers, course: Course, outcome: Outcome) -> None:
    steady = SteadyStream(
        fallbacks=servers.fallbacks,
        dialect=course.dialect,
        timeouts=course.timeouts,
        retries=course.retries,
        economy=_economy(course),
        seed=course.seed,
    )
    body = bytearray()
    answer: Answer | ResponseAnswer | None = None
    path = "responses" if course.is_response else "chat/completions"
    async with aiohttp.ClientSession(middlewares=(steady,)) as session:
        try:
            async with session.post(
                f"{servers.first.base_url}/{path}",
                json={**_parameters(course), "stream": True},
                headers={"Authorization": f"Bearer {servers.key}"},
            ) as response:
                answer = answer_of(response)
                if answer is None or response.status != _ACCEPTED:
                    outcome.status = response.status
                    outcome.trace.append(await response.text(errors="replace"))
                    return
                reads = 0
                async for data in response.content.iter_any():
                    body += data
                    outcome.trace.append(data)
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
            if course.kept == "ours":  # what is left is cancelled as long as the session is open
                await asyncio.sleep(_OPEN)


async def _by_sync(servers: Servers, course: Course, outcome: Outcome) -> None:
    await asyncio.to_thread(_blocking, servers, course, outcome)


def _blocking(servers: Servers, course: Course, outcome: Outcome) -> None:
    ear = Ear(outcome)
    with _client(servers, course).sync() as client:
        ask = client.responses.stream if course.is_response else client.stream
        answer = ask(**_parameters(course))
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


_SHELLS: Mapping[Shell, Callable[[Servers, Course, Outcome], Awaitable[None]]] = {
    "client": _by_client,
    "middleware": _by_middleware,
    "sync": _by_sync,
}


async def read(servers: Servers, course: Course) -> Outcome:
    """Return what a consumer gets of `course`."""
    heard = HeardResponse() if course.is_response else Heard()
    outcome, loop = Outcome(heard), asyncio.get_running_loop()
    outcome.began = loop.time()
    work = _SHELLS[course.shell](servers, course, outcome)
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
