"""Borders of writes, schedules of faults, and whole scenarios."""

from __future__ import annotations

from typing import get_args

from hypothesis import strategies as st

from fake_openai.delivery.writes import Mode, Newline, Writes
from fake_openai.fault import Fault
from fake_openai.scripts.scenario import Scenario
from fake_openai.scripts.script import Answer

from .answers import answers
from .fault_groups import faults


@st.composite
def chunkings(draw: st.DrawFn) -> Writes:
    """Borders of writes and forms of lines: all that SSE allows."""
    mode = draw(st.sampled_from(get_args(Mode)))
    newline = draw(st.sampled_from(get_args(Newline)))
    bom, without_space = draw(st.booleans()), draw(st.booleans())
    return Writes(mode, "\r\n" if mode == "crlf" else newline, bom, not without_space)


def schedules(
    one: st.SearchStrategy[Fault] | None = None, *, attempts: int = 4, at_once: int = 2
) -> st.SearchStrategy[list[tuple[Fault, ...]]]:
    """What goes wrong in each attempt of a conversation; after the last nothing does.

    Args:
        one: a fault; None = any.
        attempts: attempts with faults at most.
        at_once: faults of one attempt at most.
    """
    row = st.lists(one if one is not None else faults(), min_size=1, max_size=at_once).map(tuple)
    return st.lists(row, max_size=attempts)


def scenarios(
    *,
    answer: st.SearchStrategy[Answer] | None = None,
    one: st.SearchStrategy[Fault] | None = None,
    attempts: int = 4,
    at_once: int = 1,
    writes: st.SearchStrategy[Writes] | None = None,
) -> st.SearchStrategy[Scenario]:
    """Whole courses of events; give them to `fake.play`.

    Args:
        answer: the true answer; None = text of any kind.
        one: a fault; None = any.
        attempts: attempts with faults at most.
        at_once: faults of one attempt at most.
        writes: borders of writes; None = all that SSE allows.
    """
    return st.builds(
        Scenario,
        answer=answer if answer is not None else answers(),
        attempts=schedules(one, attempts=attempts, at_once=at_once),
        writes=writes if writes is not None else chunkings(),
        seed=st.integers(0, 2**16),
    )
