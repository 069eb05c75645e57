"""Steps along time: where so many seconds are over.

Time is that of waits and of bytes that trickle, added up and not clocked: what network and client
take is not in it, so the same seed gives the same bytes on a busy machine too.
"""

from __future__ import annotations

import math

from msgspec.structs import replace

from fake_openai.delivery.steps import Pace, Send, Step, Wait, cut


def split_at_time(steps: list[Step], seconds: float) -> tuple[list[Step], list[Step]] | None:
    """Cut `steps` where `seconds` are over.

    Returns:
        What comes before that time and what comes after it; None if the steps end before it.
    """
    left = seconds
    pace: Pace | None = None
    for place, step in enumerate(steps):
        if left <= 0:
            return steps[:place], steps[place:]
        if isinstance(step, Pace):
            pace = step
        takes = _takes(step, pace)
        if takes > left:
            head, tail = _inside(step, left, pace)
            return steps[:place] + head, tail + steps[place + 1 :]
        left -= takes
    return None


def _takes(step: Step, pace: Pace | None) -> float:
    if isinstance(step, Wait):
        return step.seconds
    if isinstance(step, Send) and pace is not None:
        writes = math.ceil(len(step.data) / pace.size) * step.times
        return writes * pace.every + step.size * pace.per_byte
    return 0.0


def _inside(step: Step, left: float, pace: Pace | None) -> tuple[list[Step], list[Step]]:
    if isinstance(step, Wait):
        return [replace(step, seconds=left)], _rest(step, left)
    assert isinstance(step, Send)  # noqa: S101 (nothing else takes time)
    assert pace is not None  # noqa: S101 (without one it takes none)
    one = pace.every + pace.size * pace.per_byte
    # The sleep stands behind the write it belongs to: at that time its bytes are out.
    at = min(math.ceil(left / one) * pace.size, step.size)
    return cut(step, at) if at < step.size else ([step], [])


def _rest(wait: Wait, left: float) -> list[Step]:
    rest = wait.seconds - left
    if not wait.comment:
        return [replace(wait, seconds=rest)]
    # Comments keep their times: the next is not due before the one before it had its silence.
    over = math.fmod(left, wait.every)
    silent = min(wait.every - over, rest) if over else 0.0
    quiet = [replace(wait, comment=b"", seconds=silent)] if silent else []
    return [*quiet, replace(wait, seconds=rest - silent)]
