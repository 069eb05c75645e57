from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from steadystream.aio.logical import LogicalBody
from steadystream.events import Batch, Done


class Answer:
    """One batch, when it is time."""

    def __init__(self) -> None:
        self.time = asyncio.Event()

    async def batches(self) -> AsyncGenerator[Batch, None]:
        await self.time.wait()
        yield [Done(b"data: [DONE]\n\n")]


async def test_a_read_that_is_cancelled_just_as_its_bytes_come_loses_nothing() -> None:
    answer: Any = Answer()
    sender: Any = None
    body = LogicalBody(answer, sender)
    reader = asyncio.create_task(body.pull_or_raise())
    await asyncio.sleep(0)
    answer.time.set()
    assert body._pulling is not None
    while not body._pulling.done():  # noqa: ASYNC110  # this very turn of the loop is meant
        await asyncio.sleep(0)

    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader

    assert await body.pull_or_raise() == b"data: [DONE]\n\n"
    assert await body.pull_or_raise() == b""
