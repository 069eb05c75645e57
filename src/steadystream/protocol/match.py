"""Makes an answer that was asked for once more look like the rest of the first."""

from __future__ import annotations

from typing import Any

from steadystream.errors import StreamFault
from steadystream.events import (
    NOWHERE,
    Batch,
    Done,
    Message,
    Place,
    Restarted,
    Resumed,
    Rung,
    Seam,
)

from . import chat
from .choice_match import ChoiceMatch
from .rewriting import Identity, document_of, message_of
from .transcript import Transcript

UNKNOWN = (NOWHERE, NOWHERE)


class Match:
    """Drops what the consumer has of an answer while it comes again, and lets the rest pass.

    The choices of an answer are compared one by one: what is new in one passes although another
    is not that far. What is over is over, and not looked at again.

    Args:
        so_far: what was delivered before.
        attempt: number of this attempt.
        cause: what ended the one before.
        between: where the answer came from, and where it goes on.
        anew: whether reasoning is delivered again, behind a `Restarted`; for answers of which
            nothing else was delivered.

    Attributes:
        is_open: never; every event of such an attempt is looked at.
    """

    is_open = False

    def __init__(
        self,
        so_far: Transcript,
        attempt: int,
        cause: StreamFault,
        between: tuple[Place, Place] = UNKNOWN,
        *,
        anew: bool = False,
    ) -> None:
        self._identity = Identity(so_far)
        self._choices = {mine.index: ChoiceMatch(mine, anew=anew) for mine in so_far.choices}
        self._position = len(so_far.text)
        self._attempt = attempt
        self._between = between
        self._cause = cause
        self._anew = anew
        self._resumed = False

    def feed(self, batch: Batch) -> Batch:
        """Return what of `batch` is new, changed where it must be.

        Raises:
            SpliceMismatch: it is another answer.
        """
        passed: Batch = []
        for event in batch:
            if isinstance(event, Message):
                self._message(event, passed)
                continue
            if isinstance(event, Done):
                self.close()
            passed.append(event)
        return passed

    def close(self) -> Batch:
        """Return nothing, at the end of the attempt.

        Raises:
            SpliceMismatch: it ended before all that was delivered had come again.
        """
        for choice in self._choices.values():
            choice.close()
        return []

    def _message(self, message: Message, passed: Batch) -> None:
        chunk = message.chunk
        if chunk is None or not (message.carries or chunk.usage or _has_annotations(chunk)):
            return
        document = document_of(message.raw)
        kept: list[Any] = []
        verified = True
        for choice, written in zip(chunk.choices, document.get("choices") or (), strict=True):
            mine = self._choices.get(choice.index)
            if mine is None or mine.keep(choice, written):
                kept.append(written)
                verified &= mine is None or mine.is_verified
        if chunk.choices and not kept and chunk.usage is None:
            return
        document["choices"] = kept
        if kept and not self._resumed:
            self._resumed = True
            passed.append(self._joint(verified=verified))
        self._identity.put_on(document)
        passed.append(message_of(document))

    def _joint(self, *, verified: bool) -> Restarted | Resumed:
        if self._anew:
            return Restarted(self._attempt, self._cause)
        at, cause = self._attempt, self._cause
        return Resumed(Seam(self._position, Rung.REGENERATE, verified, at, cause, *self._between))


def _has_annotations(chunk: chat.Chunk) -> bool:
    return any(choice.delta.annotations for choice in chunk.choices)
