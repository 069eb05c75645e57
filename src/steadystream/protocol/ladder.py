"""Which ways of going on there are, and which are allowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from steadystream.events import Rung

RUNGS = frozenset({Rung.CURSOR, Rung.EXACT_PREFIX, Rung.PREFILL, Rung.REGENERATE, Rung.INSTRUCT})
"""All that can be allowed."""

TRUSTED_RUNGS = RUNGS - {Rung.INSTRUCT}
"""Those whose seam can be trusted."""

INSTRUCTION = (
    "Your answer was cut off behind the words below. Write exactly these words first, and then go "
    "on with what comes next, to the end of the answer. Write nothing else before or after it.\n\n"
    "{anchor}"
)


@dataclass(frozen=True, slots=True)
class Ladder:
    """Which ways of going on are allowed.

    Attributes:
        rungs: those that are.
        reasoning: "once" = what is reasoned a second time is dropped; "again" = it is delivered,
            behind a `Restarted`.
        instruction: what `Rung.INSTRUCT` says; `{anchor}` stands for the last words delivered.
    """

    rungs: frozenset[Rung] = TRUSTED_RUNGS
    reasoning: Literal["once", "again"] = "once"
    instruction: str = INSTRUCTION
