"""Shows one schedule: what was to happen, what came, what the server saw, what does not hold."""

from __future__ import annotations

from fake_openai.faults import to_text

from .playing import play
from .tally import Played

_SHOWN = 160  # bytes of a read


def show(seed: int) -> int:
    """Play the schedule of `seed` and print all that is known of it; return the exit status."""
    (played,) = play([seed])
    print(played.course.told())
    print("\nwhat came")
    outcome = played.outcome
    for line in outcome.trace if outcome is not None else ():
        print(f"  {line[:_SHOWN] if isinstance(line, bytes) else line}")
    print("\nwhat the servers saw")
    for number, one in enumerate(played.journal, 1):
        struck = to_text(list(one.faults)) if one.faults else "no fault"
        told = f"status {one.status}, {one.chunks_sent} events, {one.bytes_sent} bytes"
        where = f"{one.method} {one.path} at {one.headers.get('host')}"
        print(f"  request {number} at {one.time:.5f} s, {where}")
        print(f"    {told}, ended: {one.ended}, {struck}")
    if outcome is not None:
        print("\nwhat the answer says of itself")
        print(f"  {outcome.explained}".replace("\n", "\n  "))
        print(f"  error: {outcome.error!r}")
        for index, true in played.course.truth.items():
            print(f"  choice {index} true: {true}")
            print(f"  choice {index} came: {outcome.heard.parts.get(index)}")
    return _verdict(played)


def _verdict(played: Played) -> int:
    print(f"\n{played.word}: " + ("all holds" if not played.complaints else "FAILED"))
    for complaint in played.complaints:
        print(f"  - {complaint}")
    return 1 if played.complaints else 0
