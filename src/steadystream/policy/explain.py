"""What happened to an answer, in words."""

from __future__ import annotations

from collections.abc import Sequence

from steadystream.events import Rung, Seam, Verdict

from .attempts import Attempt, Fate
from .cost import Cost, Spent

_WAYS = {
    Rung.CURSOR: "followed the kept response",
    Rung.EXACT_PREFIX: "went on exactly",
    Rung.PREFILL: "went on from the text as a prefill",
    Rung.REGENERATE: "generated all of it again, which matched,",
    Rung.INSTRUCT: "was asked in words to go on, and did so",
    Rung.LENGTH: "was not asked: the token limit was reached",
}


def explain(
    attempts: Sequence[Attempt], seams: Sequence[Seam], verdict: Verdict | None, cost: Cost
) -> str:
    """Return a line for each attempt, one for the end and one for the cost."""
    joined = {seam.attempt: seam for seam in seams}
    lines = []
    before: Attempt | None = None
    for attempt in attempts:
        lines.append(_line(attempt, joined.get(attempt.number), before))
        before = attempt
    lines += [_end(attempts, verdict), _paid(cost)]
    return "\n".join(lines)


def _line(attempt: Attempt, seam: Seam | None, before: Attempt | None) -> str:
    name = f"Attempt {attempt.number}" + (", hedge" if attempt.hedge else "")
    told = [f"{name}, {attempt.upstream}"]
    if before is not None and before.ended_at is not None:
        pause = attempt.started_at - before.ended_at
        told += [f"{pause:.2f} s later"] if pause > 0 else []
    if attempt.sent_at is not None and attempt.sent_at - attempt.started_at > 0.01:  # noqa: PLR2004
        told.append(f"waited {attempt.sent_at - attempt.started_at:.2f} s for its turn")
    if seam is not None and not attempt.overtaken:
        told.append(f"{_WAYS[seam.rung]} at character {seam.position}{_across(seam)}")
    if attempt.first_token_after is not None:
        told.append(f"first token after {attempt.first_token_after:.2f} s")
    told.append(_outcome(attempt))
    return "; ".join(told) + "."


def _across(seam: Seam) -> str:
    if seam.changes_model:
        return f", with another model than {seam.before.upstream}"
    return f", after {seam.before.upstream}" if seam.changes_upstream else ""


def _outcome(attempt: Attempt) -> str:
    if attempt.seconds is None:
        return "goes on"
    after = f" after {attempt.seconds:.2f} s"
    if attempt.overtaken:
        return f"overtaken by another{after}"
    if attempt.left:
        return f"left by our side{after}"
    if attempt.fault is None:
        return f"ended well{after}, {attempt.received} events"
    said = str(attempt.fault)
    unknown = "; nobody knows whether it was taken" if attempt.fate is Fate.UNKNOWN else ""
    return f"failed{after}: {said}{unknown}"


def _end(attempts: Sequence[Attempt], verdict: Verdict | None) -> str:
    faults = [attempt.fault for attempt in attempts if attempt.fault is not None]
    why = faults[-1].gave_up if faults and verdict is Verdict.TRUNCATED else None
    word = "under way" if verdict is None else str(verdict)
    reason = f", gave up: {why.replace('_', ' ')}" if why is not None else ""
    return f"The answer is {word}{reason}; {len(attempts)} attempt{_s(len(attempts))}."


def _paid(cost: Cost) -> str:
    told = [f"delivered {_tokens(cost.delivered)}"]
    if cost.discarded.total_tokens:
        told.append(f"discarded {_tokens(cost.discarded)}")
    if cost.possibly_billed.total_tokens:
        told.append(f"possibly billed {_tokens(cost.possibly_billed)}")
    return f"Tokens: {', '.join(told)}" + (" (estimated)." if cost.estimated else ".")


def _tokens(spent: Spent) -> str:
    return f"{spent.prompt_tokens} + {spent.completion_tokens}"


def _s(count: int) -> str:
    return "" if count == 1 else "s"
