"""One pass while it runs: what the live view shows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from .kinds import Kind
from .tally import Read

SEAM = "\N{BROKEN BAR}"
State = Literal["waits", "reads", "interrupted", "whole", "broken"]
_TAIL = 240
_KEPT_AFTER_END = 60


@dataclass(slots=True)
class Strand:
    """The latest of one stream.

    Attributes:
        number: of the stream.
        tail: the end of its text; `SEAM` stands where an attempt ended and the next went on.
        state: `waits`, `reads`, `interrupted`, `whole` or `broken`.
        met: what interrupted it last.
    """

    number: int
    tail: str = ""
    state: State = "waits"
    met: Kind | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more comes."""
        return self.state in {"whole", "broken"}


@dataclass(slots=True)
class Lane:
    """One pass while it runs.

    Attributes:
        name: what reads.
        total: streams to be read.
        done: streams that were read.
        whole: how many of them arrived whole.
        lost: characters lost so far.
        attempts: HTTP exchanges so far.
        seams: seams so far.
        kinds: interruptions so far.
        seconds: since the pass began; it stands still once the pass is over.
        strands: streams under way and those that ended last, by number.
    """

    name: str
    total: int
    done: int = 0
    whole: int = 0
    lost: int = 0
    attempts: int = 0
    seams: int = 0
    kinds: Counter[Kind] = field(default_factory=Counter)
    seconds: float = 0.0
    strands: dict[int, Strand] = field(default_factory=dict)

    @property
    def broken(self) -> int:
        """Streams that were read and did not arrive whole."""
        return self.done - self.whole

    def started(self, number: int) -> None:
        """Note that a stream begins."""
        self.strands[number] = Strand(number)
        self.attempts += 1

    def text(self, number: int, piece: str) -> None:
        """Note that text came."""
        strand = self.strands[number]
        strand.tail = (strand.tail + piece)[-_TAIL:]
        strand.state = "reads"

    def interrupted(self, number: int, kind: Kind, *, again: bool) -> None:
        """Note that an attempt ended early, and whether another follows."""
        self.kinds[kind] += 1
        self.attempts += again
        strand = self.strands[number]
        strand.state, strand.met = "interrupted", kind

    def seam(self, number: int) -> None:
        """Note that a stream goes on."""
        self.seams += 1
        self.strands[number].tail += SEAM

    def ended(self, read: Read) -> None:
        """Note that a stream is over."""
        self.done += 1
        self.whole += read.whole
        self.lost += read.score.lost
        strand = self.strands.pop(read.case.number)
        strand.state = "whole" if read.whole else "broken"
        self.strands[strand.number] = strand
        over = [n for n, s in self.strands.items() if s.over]
        for number in over[:-_KEPT_AFTER_END]:
            del self.strands[number]
