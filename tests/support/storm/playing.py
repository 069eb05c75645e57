"""Plays schedules on real sockets, many at once, in time that leaps where all wait."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextvars import ContextVar
from typing import Any
from weakref import WeakSet

from fake_openai import Received, RefuseConnection, VirtualClock
from fake_openai.clocks.clock import Clock

from . import background, drawing, judging, servers
from .course import Course
from .outcome import Outcome
from .shells import read
from .tally import Batch, Played

AT_ONCE = 12
_LONGEST = 3600.0  # seconds, most of them virtual
_LONGEST_REAL = 30.0
_KERNEL = 0.02  # seconds in which a connection that was made and left is told to the server

_seed: ContextVar[int] = ContextVar("_seed")
_tasks: ContextVar[WeakSet[asyncio.Task[Any]]] = ContextVar("_tasks")


def play(seeds: Iterable[int]) -> list[Played]:
    """Play the schedules of `seeds` and return what came of each, with what stayed behind."""
    played: list[Played] = []
    _play(seeds, played.append)
    return played


def batch(seeds: Iterable[int]) -> Batch:
    """Play the schedules of `seeds` and return what came of them all."""
    counted = Batch()
    _play(seeds, counted.take)
    return counted


def _play(seeds: Iterable[int], take: Callable[[Played], None]) -> None:
    courses = [drawing.course(seed) for seed in seeds]
    virtual = [course for course in courses if course.shell != "sync"]
    real = [course for course in courses if course.shell == "sync"]
    for some, clock in ((virtual, VirtualClock()), (real, Clock())):
        if some:
            with warnings.catch_warnings(record=True) as warned:
                warnings.simplefilter("always")
                last = asyncio.run(_crowd(some, clock, take))
            told = [f"a warning: {one.message}" for one in warned]
            last.complaints += told  # nobody knows whose it is
            take(last)


async def _crowd(courses: Sequence[Course], clock: Clock, take: Callable[[Played], None]) -> Played:
    """Play many at once; return the last of them, which bears what nobody else does."""
    loop = asyncio.get_running_loop()
    loop.set_task_factory(_task)
    unseen: list[str] = []
    loop.set_exception_handler(lambda _, context: unseen.append(str(context)))
    places = asyncio.Semaphore(AT_ONCE)

    async def one(course: Course) -> Played | None:
        async with places:
            played = await _one(course, clock)
        if course is courses[-1]:
            return played
        take(played)  # now, so that it need not be kept, and looked at when garbage is collected
        return None

    last = (await asyncio.gather(*map(one, courses)))[-1]
    assert last is not None
    gc.collect()  # what was left open says so now, while somebody listens
    await asyncio.sleep(0)
    last.complaints += [f"nobody saw an exception: {one}" for one in unseen]
    return last


def _task(
    loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], **more: Any
) -> asyncio.Task[Any]:
    task = asyncio.Task(work, loop=loop, **more)
    mine = _tasks.get(None)
    if mine is not None:
        mine.add(task)
        task.set_name(f"{task.get_name()} of seed {_seed.get()}")
    return task


async def _one(course: Course, clock: Clock) -> Played:
    begun: WeakSet[asyncio.Task[Any]] = WeakSet()
    _tasks.set(begun)
    _seed.set(course.seed)
    begun_with = asyncio.current_task()
    outcome: Outcome | None = None
    journal: list[Received] = []
    found: list[str] = []
    try:
        async with asyncio.timeout(_LONGEST if course.shell != "sync" else _LONGEST_REAL):
            async with servers.listening(course, clock) as listening:
                outcome = await read(listening, course)
                if course.shell == "sync":
                    await asyncio.sleep(_KERNEL)
                journal = listening.journal()
                if left := await listening.quiet():
                    found.append(f"{left} connections stayed open")
                if course.kept == "ours" and not course.has(RefuseConnection):
                    outcome.goes_on = await background.going_on(listening, outcome)
    except TimeoutError:
        found.append("it hung")
    except Exception as error:  # noqa: BLE001 (it is told, and the others go on)
        found.append(f"raised {error!r}")
    if outcome is not None:
        found += judging.complaints(course, outcome, journal)
    found += await _left_over(begun, begun_with)
    return Played(course, outcome, journal, found)


async def _left_over(
    begun: WeakSet[asyncio.Task[Any]], mine: asyncio.Task[Any] | None
) -> list[str]:
    """Return a complaint of each task that stays, a few turns of the loop later."""
    left: list[asyncio.Task[Any]] = []
    for _ in range(10):
        left = [task for task in begun if not task.done() and task is not mine]
        if not left:
            break
        await asyncio.sleep(0)
    return [f"a task stayed behind: {task!r}" for task in left]
