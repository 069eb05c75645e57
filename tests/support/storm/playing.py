"""Plays schedules on real sockets, many at once, in time that leaps where all wait."""

from __future__ import annotations

import asyncio
import gc
import sys
import warnings
from collections.abc import Coroutine, Iterable, Sequence
from contextvars import ContextVar
from typing import Any
from weakref import WeakSet

from fake_openai import FakeOpenAI, Latency, Received, Reply, VirtualClock
from fake_openai.clock import Clock

from . import drawing, judging
from .course import Course
from .outcome import Outcome
from .shells import read
from .tally import Batch, Played

AT_ONCE = 12
_LONGEST = 3600.0  # seconds, most of them virtual
_LONGEST_REAL = 30.0
_KERNEL = 0.02  # seconds in which a connection that was made and left is told to the server
_HOSTS = 250 * 250

_seed: ContextVar[int] = ContextVar("_seed")
_tasks: ContextVar[WeakSet[asyncio.Task[Any]]] = ContextVar("_tasks")


def play(seeds: Iterable[int]) -> list[Played]:
    """Play the schedules of `seeds` and return what came of each, with what stayed behind."""
    courses = [drawing.course(seed) for seed in seeds]
    virtual = [course for course in courses if course.shell != "sync"]
    real = [course for course in courses if course.shell == "sync"]
    played: list[Played] = []
    for some, clock in ((virtual, VirtualClock()), (real, Clock())):
        if some:
            with warnings.catch_warnings(record=True) as warned:
                warnings.simplefilter("always")
                played += asyncio.run(_crowd(some, clock))
            told = [f"a warning: {one.message}" for one in warned]
            played[-1].complaints += told  # nobody knows whose it is
    return played


def batch(seeds: Iterable[int]) -> Batch:
    """Play the schedules of `seeds` and return what came of them all."""
    counted = Batch()
    for one in play(seeds):
        counted.take(one)
    return counted


async def _crowd(courses: Sequence[Course], clock: Clock) -> list[Played]:
    loop = asyncio.get_running_loop()
    loop.set_task_factory(_task)
    unseen: list[str] = []
    loop.set_exception_handler(lambda _, context: unseen.append(str(context)))
    places = asyncio.Semaphore(AT_ONCE)

    async def one(course: Course) -> Played:
        async with places:
            return await _one(course, clock)

    played = await asyncio.gather(*map(one, courses))
    gc.collect()  # what was left open says so now, while somebody listens
    await asyncio.sleep(0)
    played[-1].complaints += [f"nobody saw an exception: {one}" for one in unseen]
    return played


def _task(
    loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], **more: Any
) -> asyncio.Task[Any]:
    task = asyncio.Task(work, loop=loop, **more)
    mine = _tasks.get(None)
    if mine is not None:
        mine.add(task)
        task.set_name(f"{task.get_name()} of seed {_seed.get()}")
    return task


def _host(course: Course) -> str:
    """Return an address of its own: a port that is closed for a while is taken by nobody else."""
    if sys.platform != "linux":  # which alone answers at all of 127.0.0.0/8
        return "127.0.0.1"
    high, low = divmod(course.seed % _HOSTS, 250)
    return f"127.1.{high}.{low + 1}"


async def _one(course: Course, clock: Clock) -> Played:
    begun: WeakSet[asyncio.Task[Any]] = WeakSet()
    _tasks.set(begun)
    _seed.set(course.seed)
    begun_with = asyncio.current_task()
    outcome: Outcome | None = None
    journal: list[Received] = []
    found: list[str] = []
    fake = FakeOpenAI(
        course.dialect,
        seed=course.seed,
        host=_host(course),
        latency=Latency(first_token=course.first_token, between=course.between),
        writes=course.writes,
        clock=clock,
        admin=False,
    )
    fake.plan = _plan(fake, course)
    try:
        async with asyncio.timeout(_LONGEST if course.shell != "sync" else _LONGEST_REAL):
            async with fake:
                outcome = await read(fake, course)
                if course.shell == "sync":
                    await asyncio.sleep(_KERNEL)
                journal = fake.requests
                if left := await fake.quiet():
                    found.append(f"{left} connections stayed open")
    except TimeoutError:
        found.append("it hung")
    except Exception as error:  # noqa: BLE001 (it is told, and the others go on)
        found.append(f"raised {error!r}")
    if outcome is not None:
        found += judging.complaints(course, outcome, journal)
    for _ in range(10):
        left_over = [task for task in begun if not task.done() and task is not begun_with]
        if not left_over:
            break
        await asyncio.sleep(0)
    found += [f"a task stayed behind: {task!r}" for task in left_over]
    return Played(course, outcome, journal, found)


def _plan(fake: FakeOpenAI, course: Course) -> Any:
    def plan(_: Received) -> Reply:
        # Counted by the server: words that ask to go on make another conversation of it.
        number = len(fake.requests)
        faults = course.rows[number - 1] if number <= len(course.rows) else ()
        return Reply(course.answer, faults)

    return plan
