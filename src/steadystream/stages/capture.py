"""Keeps what the consumer has received."""

from __future__ import annotations

from dataclasses import dataclass, field

from steadystream.events import Batch, Message, Restarted
from steadystream.protocol.transcript import Transcript
from steadystream.request import Request

from .stage import Open, OpenStream


@dataclass(slots=True)
class Capture:
    """Says where the answer is kept.

    Goes outside everything that can fail. It opens the stream and is not in its way: the transcript
    travels down with the request to `Recover`, which alone knows what is delivered and keeps it
    with `keep`. So there is one account of it, and no stage of its own around every event. One
    object serves one answer.
    """

    transcript: Transcript = field(default_factory=Transcript)

    def __call__(self, request: Request, open: Open) -> OpenStream:
        """Return the stream for `request`, its answer kept in `transcript`."""
        return open(request.but(so_far=self.transcript))


def keep(transcript: Transcript, batch: Batch) -> None:
    """Add to `transcript` what of the answer is in `batch`."""
    for event in batch:
        if type(event) is Message:
            if event.plain_text is not None:
                transcript.feed_text(event.plain_text)
            elif event.chunk is not None:
                transcript.feed(event.chunk)
        elif type(event) is Restarted:
            transcript.forget_reasoning()
