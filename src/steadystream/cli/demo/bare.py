"""Reads a stream as it is often written: bare aiohttp and a loop over lines."""

from __future__ import annotations

import json
from collections.abc import Callable

import aiohttp

from .cases import Case
from .lane import Lane
from .outcome import Outcome
from .trace import Trace, one_line


class BareReader:
    """Reads with aiohttp alone; what has arrived when something breaks is all there is.

    Args:
        session: of aiohttp.
        base_url: of the server.
        model: its name.
        lane: told of everything that happens.
        clock: seconds.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: str,
        model: str,
        lane: Lane,
        clock: Callable[[], float],
    ) -> None:
        self._session = session
        self._url = f"{base_url}/chat/completions"
        self._model = model
        self._lane = lane
        self._clock = clock

    async def read(self, case: Case) -> Outcome:
        """Read one stream."""
        trace = Trace(case, self._lane, self._clock)
        error = ""
        try:
            await self._lines(case, trace)
        except Exception as raised:  # noqa: BLE001  # whatever breaks it, the demo counts it
            error = one_line(raised)
        if error or trace.text != case.text:
            trace.ended_early(error)
        return trace.outcome(error)

    async def _lines(self, case: Case, trace: Trace) -> None:
        body = {
            "model": self._model,
            "messages": [{"role": "user", "content": case.question}],
            "stream": True,
        }
        async with self._session.post(self._url, json=body) as response:
            response.raise_for_status()
            async for line in response.content:
                if not line.startswith(b"data: "):
                    continue
                data = line.removeprefix(b"data: ").strip()
                if data == b"[DONE]":
                    break
                delta = json.loads(data)["choices"][0]["delta"]
                if delta.get("content"):
                    trace.came(delta["content"])
