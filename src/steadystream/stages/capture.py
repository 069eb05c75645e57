"""Keeps what the consumer has received."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace

from steadystream.events import Batch, Message
from steadystream.protocol.transcript import Transcript
from steadystream.request import Request

from .stage import Open, stage


@dataclass(frozen=True)
class Capture:
    """Folds what passes into a transcript and hangs it on whatever exception leaves.

    Goes outside everything that can fail. The transcript travels down with the request, so that the
    stages inside know what was delivered without folding it again. One object serves one answer.
    """

    transcript: Transcript = field(default_factory=Transcript)

    @stage
    async def __call__(self, request: Request, open: Open) -> AsyncGenerator[Batch, None]:
        """Yield what passes, and keep it."""
        transcript = self.transcript
        feed, feed_text = transcript.feed, transcript.feed_text
        try:
            async with open(replace(request, so_far=transcript)) as events:
                async for batch in events:
                    for event in batch:
                        if type(event) is Message:
                            if event.plain_text is not None:
                                feed_text(event.plain_text)
                            elif event.chunk is not None:
                                feed(event.chunk)
                    yield batch
        except GeneratorExit:
            raise
        except BaseException as error:
            error.partial = transcript  # type: ignore[attr-defined]  # cancellation carries it too
            raise
