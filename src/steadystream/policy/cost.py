"""What an answer cost, by what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from steadystream.events import Rung, Seam
from steadystream.protocol.usage import Usage

from .attempts import Attempt, Fate


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens of one or several attempts.

    Attributes:
        prompt_tokens: handed in.
        completion_tokens: generated.
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0

    @property
    def total_tokens(self) -> int:
        """Both."""
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: Spent) -> Spent:
        return Spent(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
        )


@dataclass(frozen=True, slots=True)
class Cost:
    """What an answer cost, over all its attempts.

    Attributes:
        delivered: of attempts that brought something of the answer.
        discarded: of attempts that were accepted and brought nothing that was used: cut before the
            first token, overtaken by a hedge, or generated once more to be compared.
        possibly_billed: of requests of which nobody knows whether they were taken. What they
            generated is not known either, so only the prompt is counted.
        estimated: whether any of it is an estimate.
    """

    delivered: Spent
    discarded: Spent
    possibly_billed: Spent
    estimated: bool

    @property
    def total(self) -> Spent:
        """All of it, as if everything were billed."""
        return self.delivered + self.discarded + self.possibly_billed


def cost_of(attempts: Sequence[Attempt], usage: Usage, seams: Sequence[Seam], prompt: int) -> Cost:
    """Return what an answer cost.

    Args:
        attempts: all of them.
        usage: what the attempts that delivered something used.
        seams: where they were joined.
        prompt: tokens of the request, as an estimate where no server reported them.
    """
    reported = usage.prompt_tokens is not None
    known = usage.prompt_tokens if usage.prompt_tokens is not None else prompt
    parts = {part.attempt: part for part in usage.parts}
    again = {seam.attempt for seam in seams if seam.rung is Rung.REGENERATE}
    delivered = discarded = possibly = Spent()
    estimated = usage.estimated or not reported
    for attempt, after in zip_longest(attempts, attempts[1:]):
        part = parts.get(attempt.number) if _delivers(attempt) else None
        if part is not None:
            handed_in = known if part.prompt_tokens is None else part.prompt_tokens
            delivered += Spent(handed_in, part.completion_tokens)
            if attempt.number in again:
                discarded += Spent(0, max(0, attempt.tokens - part.completion_tokens))
                estimated = True
        elif attempt.follows or (after is not None and after.follows):
            continue  # one generation, told over several connections
        elif attempt.fate is Fate.ACCEPTED:
            discarded += Spent(known, attempt.tokens)
            estimated = True
        elif attempt.fate is Fate.UNKNOWN:
            possibly += Spent(known)
            estimated = True
    return Cost(delivered, discarded, possibly, estimated)


def _delivers(attempt: Attempt) -> bool:
    return attempt.first_token_at is not None and not attempt.overtaken
