"""Makes each further attempt look like the rest of the first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeAlias

from steadystream.errors import SpliceMismatch, StreamFault
from steadystream.events import NOWHERE, Batch, Done, Message, Place, Resumed, Rung, Seam

from . import chat
from .continuation import Continuation
from .head import Head
from .json_check import JsonCheck
from .leads import Anchor, Echo, Lead, NoLead, NotAnew
from .match import UNKNOWN, Match
from .rewriting import Identity, document_of, message_of, shorten
from .sse import encode
from .transcript import Transcript


class Splice:
    """Turns the stream of a continuation into the rest of the answer.

    Takes away what the consumer already has (a repeated prefix, the second role) and keeps what
    makes one answer one: id, creation time, model and fingerprint of the first, usage of all.

    Args:
        continuation: what was asked.
        so_far: what was delivered before.
        attempt: number of this attempt.
        cause: what ended the one before.
        between: where the answer came from, and where it goes on.

    Attributes:
        is_open: never; every event of a continuation is looked at.
    """

    is_open = False

    def __init__(
        self,
        continuation: Continuation,
        so_far: Transcript,
        attempt: int,
        cause: StreamFault,
        between: tuple[Place, Place] = UNKNOWN,
    ) -> None:
        self._identity = Identity(so_far)
        self._lead: Lead = NoLead()
        if continuation.echo:
            self._lead = Echo(continuation.echo)
        elif continuation.anchor:
            self._lead = Anchor(continuation.anchor, so_far.text)
        elif continuation.format:
            self._lead = NotAnew(so_far.text)
        self._whitespace = continuation.whitespace
        self._tokens_before = continuation.handed_in
        shape = continuation.format
        self._json = JsonCheck(so_far.text, shape) if shape else None
        self._seam = Seam(len(so_far.text), continuation.rung, False, attempt, cause, *between)
        self._resumed = False

    def feed(self, batch: Batch) -> Batch:
        """Return what of `batch` belongs to the answer, changed where it must be.

        Raises:
            SpliceMismatch: the reply does not go on from what was delivered.
        """
        spliced: Batch = []
        for event in batch:
            if isinstance(event, Message):
                self._message(event, spliced)
            else:
                spliced.append(event)
        return spliced

    def close(self) -> Batch:
        """Return nothing: a continuation holds back only what is a repetition."""
        return []

    def _message(self, message: Message, spliced: Batch) -> None:
        chunk = message.chunk
        if chunk is None:
            return  # JSON of another kind, and not of the first attempt: nobody waits for it
        for choice in chunk.choices:
            _check_kind(choice.delta)
        if not message.carries and chunk.usage is None:
            return
        document = document_of(message.raw)
        if chunk.choices and not self._keep_choice(chunk, document):
            return
        if message.carries and not self._resumed:
            self._resumed = True
            spliced.append(Resumed(replace(self._seam, verified=self._lead.is_verified)))
        self._identity.put_on(document)
        usage = document.get("usage")
        if isinstance(usage, dict):
            _shift(usage, self._tokens_before)
        spliced.append(message_of(document))

    def _keep_choice(self, chunk: chat.Chunk, document: dict[str, Any]) -> bool:
        """Free the delta of what was delivered; say whether anything is left of the chunk."""
        choice = document["choices"][0]
        said = chunk.choices[0]
        ends = bool(said.finish_reason)
        others = bool(said.delta.tool_calls or said.delta.function_call)
        text = self._fresh(chunk.text, ends=ends or others)
        delta = choice.get("delta") or {}
        delta.pop("role", None)
        choice["delta"] = delta
        if text != chunk.text:
            shorten(choice, text, len(chunk.text) - len(text))
        if self._json is not None:
            self._json.feed(text)
            if said.finish_reason == "stop":
                self._json.close()
        return bool(text) or ends or others or chunk.usage is not None

    def _fresh(self, text: str, *, ends: bool) -> str:
        """Return what of `text` the consumer does not have yet."""
        if not self._lead.is_over and (text or ends):
            text = self._lead.fresh(text, ends=ends)
        while text and self._whitespace:
            if text[0] != self._whitespace[0]:
                self._whitespace = ""
                break
            text, self._whitespace = text[1:], self._whitespace[1:]
        return text


Joint: TypeAlias = Head | Match | Splice
"""What the stream of an attempt has to pass to become part of the answer."""


def joint(
    rest: Continuation,
    so_far: Transcript,
    attempt: int,
    cause: StreamFault,
    between: tuple[Place, Place] = UNKNOWN,
) -> Joint:
    """Return what makes the reply to a continuation the rest of the answer."""
    if rest.rung is Rung.REGENERATE and not rest.whitespace:
        return Match(so_far, attempt, cause, between, anew=rest.anew)
    return Splice(rest, so_far, attempt, cause, between)


def ending(so_far: Transcript, attempt: int, cause: StreamFault, place: Place = NOWHERE) -> Batch:
    """Return the end of an answer that had come to its token limit when it was cut."""
    choice = {"index": 0, "delta": {}, "finish_reason": "length"}
    document = {
        "id": so_far.id,
        "object": "chat.completion.chunk",
        "created": so_far.created,
        "model": so_far.model,
        "choices": [choice],
    }
    seam = Seam(len(so_far.text), Rung.LENGTH, True, attempt, cause, place, place)
    return [Resumed(seam), message_of(document), done()]


def done() -> Done:
    """Return the terminator, for an answer that is whole but lost it."""
    return Done(encode(data="[DONE]"))


def _check_kind(delta: chat.Delta) -> None:
    """Refuse what cannot stand behind the first part of a text."""
    kinds = {
        "reasoning": delta.reasoning or delta.reasoning_details,
        "a refusal": delta.refusal,
        "audio": delta.audio,
        # They point into a text of which the server knows only the second part.
        "annotations": delta.annotations,
    }
    for kind, found in kinds.items():
        if found:
            raise SpliceMismatch("goes on with text", kind)


def _shift(usage: dict[str, Any], before: int) -> None:
    """Count tokens that were handed in as what they are to the consumer: part of the completion."""
    prompt, completion = usage.get("prompt_tokens"), usage.get("completion_tokens")
    if isinstance(prompt, int) and isinstance(completion, int):
        moved = min(before, prompt)
        usage["prompt_tokens"] = prompt - moved
        usage["completion_tokens"] = completion + moved
