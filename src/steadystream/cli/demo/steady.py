"""Reads a stream with steadystream."""

from __future__ import annotations

from collections.abc import Callable

from steadystream import Event, Message, SteadyClient
from steadystream.events import Interrupted, Resumed, Waiting

from .cases import Case
from .lane import Lane
from .outcome import Outcome
from .trace import Trace, one_line


class SteadyReader:
    """Reads with `SteadyClient`.

    Args:
        client: the client.
        model: name of the model.
        lane: told of everything that happens.
        clock: seconds.
    """

    def __init__(
        self, client: SteadyClient, model: str, lane: Lane, clock: Callable[[], float]
    ) -> None:
        self._client = client
        self._model = model
        self._lane = lane
        self._clock = clock

    async def read(self, case: Case) -> Outcome:
        """Read one stream."""
        trace = Trace(case, self._lane, self._clock)
        messages = [{"role": "user", "content": case.question}]
        try:
            async with self._client.stream(model=self._model, messages=messages) as answer:
                async for event in answer:
                    _note(trace, event)
        except Exception as raised:  # noqa: BLE001  # nothing should; the demo says what did, and where
            trace.interrupted(raised, again=False)
            return trace.outcome(one_line(raised))
        return trace.outcome()


def _note(trace: Trace, event: Event) -> None:
    match event:
        case Message(chunk=chunk):
            if chunk is not None and chunk.text:
                trace.came(chunk.text)
        case Interrupted(fault=fault):
            trace.interrupted(fault, again=True)
        case Waiting(seconds=seconds):
            trace.waits(seconds)
        case Resumed(seam=seam):
            trace.resumed(seam.position, seam.rung.value)
        case _:
            pass
