"""Keeps what the consumer has received."""

from __future__ import annotations

from dataclasses import dataclass, field

from steadystream.protocol.api import CHAT, AnyTranscript
from steadystream.protocol.transcript import Transcript
from steadystream.request import Request

from .stage import Open, OpenStream


@dataclass(slots=True)
class Capture:
    """Says where the answer is kept.

    Goes outside everything that can fail. It opens the stream and is not in its way: the transcript
    travels down with the request to `Recover`, which alone knows what is delivered and keeps it
    with `Api.keep`. So there is one account of it, and no stage of its own around every event. One
    object serves one answer.
    """

    transcript: AnyTranscript = field(default_factory=Transcript)

    def __call__(self, request: Request, open: Open) -> OpenStream:
        """Return the stream for `request`, its answer kept in `transcript`."""
        return open(request.but(so_far=self.transcript))


keep = CHAT.keep
"""Adds to a transcript of a chat what of the answer is in some events."""
