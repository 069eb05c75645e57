"""What goes on at a server for an answer that nobody waits for any more is cancelled."""

from __future__ import annotations

import asyncio

import pytest

from steadystream.policy.background import Background
from steadystream.request import Request
from steadystream.stages.background import release


class Known(Background):
    """Knows of one response."""

    def take(self) -> list[Request]:
        return [Request(url="http://server/v1/responses/resp_1/cancel", body={})]


async def test_who_is_cancelled_a_second_time_cancels_it_all_the_same() -> None:
    cancelled: list[str] = []
    begun = asyncio.Event()

    async def cancel(request: Request) -> None:
        begun.set()
        await asyncio.sleep(0.01)
        cancelled.append(request.url)

    leaving = asyncio.create_task(release(Known(), cancel))
    await begun.wait()
    leaving.cancel()

    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert cancelled == ["http://server/v1/responses/resp_1/cancel"]
