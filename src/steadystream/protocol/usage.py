"""What an answer cost, over all its attempts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .responses.transcript import ResponseTranscript
from .transcript import Transcript


@dataclass(frozen=True, slots=True)
class Part:
    """What one attempt that delivered something used.

    Attributes:
        attempt: its number, from 1.
        prompt_tokens: tokens handed in, the delivered part of the answer included; None = unknown.
        completion_tokens: tokens it generated that were delivered.
        source: `reported` by the server, or `estimated` at one token a chunk.
    """

    attempt: int
    prompt_tokens: int | None
    completion_tokens: int
    source: Literal["reported", "estimated"]


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts of one answer.

    Attributes:
        prompt_tokens: of the request as the caller wrote it; None = no server reported it.
        completion_tokens: of the whole answer as delivered.
        estimated: whether any part of it is an estimate.
        parts: the attempts that delivered something, in order.
    """

    prompt_tokens: int | None
    completion_tokens: int
    estimated: bool
    parts: tuple[Part, ...]

    @property
    def total_tokens(self) -> int | None:
        """Prompt and completion; None while the prompt is unknown."""
        return None if self.prompt_tokens is None else self.prompt_tokens + self.completion_tokens

    @property
    def billed_tokens(self) -> int | None:
        """Prompt and completion of every part: what was handed in again is paid again."""
        prompts = [part.prompt_tokens for part in self.parts]
        if any(tokens is None for tokens in prompts):
            return None
        return sum(t or 0 for t in prompts) + sum(part.completion_tokens for part in self.parts)


def usage_of(
    transcript: Transcript | ResponseTranscript, cuts: Sequence[tuple[int, int]], last: int
) -> Usage:
    """Return the usage of an answer.

    Args:
        transcript: the answer; its usage is that of the last attempt, shifted by the splice.
        cuts: (attempt, chunks of text delivered until then) for each attempt that was cut.
        last: number of the last attempt.
    """
    reported = transcript.usage or {}
    names = ("input_tokens", "output_tokens")
    if isinstance(transcript, Transcript):
        names = ("prompt_tokens", "completion_tokens")
    prompt, completion = map(reported.get, names)
    prompt = prompt if isinstance(prompt, int) else None
    parts: list[Part] = []
    before = 0
    for attempt, until in cuts:
        if until > before:
            handed_in = None if prompt is None else prompt + before
            parts.append(Part(attempt, handed_in, until - before, "estimated"))
            before = until
    handed_in = None if prompt is None else prompt + before
    if isinstance(completion, int):
        parts.append(Part(last, handed_in, max(0, completion - before), "reported"))
    elif transcript.text_chunks > before or not parts:
        parts.append(Part(last, handed_in, transcript.text_chunks - before, "estimated"))
    total = sum(part.completion_tokens for part in parts)
    estimated = any(part.source == "estimated" for part in parts)
    return Usage(prompt, total, estimated, tuple(parts))
