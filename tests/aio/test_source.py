from __future__ import annotations

import asyncio

import pytest

from steadystream import SteadyClient
from steadystream.errors import Disconnected
from support.wire import Act, wire


@pytest.mark.parametrize("what", ["answer", "client"])
async def test_what_is_closed_before_the_headers_came_ends_at_once(what: str) -> None:
    async with wire([Act.HOLD]) as served:
        async with SteadyClient(served.url, api_key=None) as client:
            async with client.stream(model="m", messages=[{"role": "user"}]) as answer:
                reader = asyncio.ensure_future(answer.finish())
                await asyncio.sleep(0.05)
                await (answer if what == "answer" else client).close()
                async with asyncio.timeout(1):
                    with pytest.raises(Disconnected, match="was closed by its own side"):
                        await reader
        assert await served.idle() == 0
        assert len(served.requests) == 1
