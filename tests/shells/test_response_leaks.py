"""Nothing of a response stays behind: no connection, no task, no warning."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress

import aiohttp
import pytest

from fake_openai import (
    BrokenJSON,
    CleanEnd,
    Cut,
    ErrorEvent,
    FakeOpenAIThread,
    Fault,
    NoHeaders,
    Reset,
    ResetBeforeHeaders,
    Stall,
    Status,
)
from shells.test_leaks import nothing_stays
from steadystream import (
    Backoff,
    Retries,
    SteadyClient,
    SteadyStream,
    SteadyStreamError,
    Timeouts,
)

KEY = "sk-a-well-formed-key"
ASKED = {"model": "gpt-4.1", "input": "Tell me."}
SHORT = Timeouts(first_token=0.05, idle=0.05)
FAULTS = [
    Cut(after=0),
    Cut(after=5),
    Reset(after=5),
    CleanEnd(after=5),
    ErrorEvent(after=5),
    BrokenJSON(after=5),
    Stall(after=5),
    Status(404),
    Status(503),
    NoHeaders(),
    ResetBeforeHeaders(),
]


@pytest.fixture
def fake() -> Iterator[FakeOpenAIThread]:
    """Serve in a thread of its own, so that every task of the test's loop is the reader's."""
    with FakeOpenAIThread() as server:
        server.reply("One two three four five six.")
        yield server


def tries(attempts: int, *, background: bool) -> Retries:
    backoff = Backoff(base=0.001, cap=0.001)
    return Retries(attempts=attempts, backoff=backoff, background=background)


@pytest.mark.parametrize("background", [False, True], ids=["plain", "kept"])
@pytest.mark.parametrize("attempts", [1, 3], ids=["given up", "mended"])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: repr(fault)[:60])
@pytest.mark.parametrize("leaves", [False, True], ids=["read", "left"])
async def test_a_client_that_meets_a_fault(
    fake: FakeOpenAIThread, fault: Fault, attempts: int, background: bool, leaves: bool
) -> None:
    fake.fail(fault)
    retries = tries(attempts, background=background)

    async with nothing_stays(fake):
        async with SteadyClient(
            fake.base_url, api_key=KEY, retries=retries, timeouts=SHORT
        ) as client:
            with suppress(SteadyStreamError):
                async with client.responses.stream(**ASKED) as answer:
                    async for _ in answer.text():
                        if leaves:
                            break


@pytest.mark.parametrize("background", [False, True], ids=["plain", "kept"])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: repr(fault)[:60])
@pytest.mark.parametrize("leaves", [False, True], ids=["read", "left"])
async def test_a_session_that_meets_a_fault(
    fake: FakeOpenAIThread, fault: Fault, background: bool, leaves: bool
) -> None:
    fake.fail(fault)
    steady = SteadyStream(retries=tries(3, background=background), timeouts=SHORT)
    headers = {"Authorization": f"Bearer {KEY}"}

    async with nothing_stays(fake):
        async with aiohttp.ClientSession(middlewares=(steady,), headers=headers) as session:
            with suppress(aiohttp.ClientError):
                url = f"{fake.base_url}/responses"
                async with session.post(url, json={**ASKED, "stream": True}) as response:
                    async for _ in response.content.iter_any():
                        if leaves:
                            break
            # The cancellation is sent by the session: it needs one that is open.
            await asyncio.sleep(0.05 if leaves and background else 0)
