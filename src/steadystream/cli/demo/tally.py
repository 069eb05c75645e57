"""One pass over all streams, added up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .cases import Case
from .kinds import Kind
from .outcome import Outcome
from .score import Score, score


@dataclass(frozen=True, slots=True)
class Read:
    """One stream, read and compared.

    Attributes:
        case: what was asked and what is true.
        outcome: what arrived.
        score: how far the two are apart.
    """

    case: Case
    outcome: Outcome
    score: Score

    @property
    def whole(self) -> bool:
        """Whether the answer arrived whole and without an error."""
        return self.score.whole and not self.outcome.error

    @property
    def silent(self) -> bool:
        """Whether the answer arrived broken and nobody was told."""
        return not self.score.whole and not self.outcome.error


def read(case: Case, outcome: Outcome) -> Read:
    """Compare what arrived with the true answer."""
    return Read(case, outcome, score(outcome.text, case.text))


@dataclass(frozen=True, slots=True)
class Tally:
    """One pass, added up.

    Attributes:
        reads: every stream, in the order of their numbers.
        seconds: how long the pass took.
    """

    reads: Sequence[Read]
    seconds: float

    @property
    def whole(self) -> int:
        """Answers that arrived whole."""
        return sum(read.whole for read in self.reads)

    @property
    def broken(self) -> int:
        """Answers that did not."""
        return len(self.reads) - self.whole

    @property
    def silent(self) -> int:
        """Answers that arrived broken without any error."""
        return sum(read.silent for read in self.reads)

    @property
    def characters(self) -> int:
        """Characters of all true answers."""
        return sum(len(read.case.text) for read in self.reads)

    @property
    def lost(self) -> int:
        """Characters that did not arrive."""
        return sum(read.score.lost for read in self.reads)

    @property
    def doubled(self) -> int:
        """Characters that arrived beyond the true answers."""
        return sum(read.score.doubled for read in self.reads)

    @property
    def attempts(self) -> int:
        """HTTP exchanges."""
        return sum(len(read.outcome.legs) for read in self.reads)

    @property
    def interruptions(self) -> Mapping[Kind, int]:
        """How often each kind was met, in the order of the kinds."""
        met = Counter(kind for read in self.reads for kind in read.outcome.interruptions)
        return {kind: met[kind] for kind in Kind if met[kind]}

    @property
    def seams(self) -> Mapping[str, int]:
        """Seams by the way the answer was continued."""
        return Counter(joint.rung for read in self.reads for joint in read.outcome.joints)

    @property
    def floods(self) -> int:
        """Streams that began with a flood of comments."""
        return sum(read.case.flooded for read in self.reads)


def different(tally: Tally) -> list[Read]:
    """Return the streams whose answer is not the true one, or that ended with an error."""
    return [read for read in tally.reads if not read.whole]
