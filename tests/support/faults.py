"""Faults drawn by Hypothesis, every kind of them."""

from __future__ import annotations

from hypothesis import strategies as st

from fake_openai import Chance, Fault
from fake_openai.faults import KINDS
from fake_openai.strategies import faults_of


def of_kind(name: str) -> st.SearchStrategy[Fault]:
    """Return a strategy for one kind of fault."""
    return faults_of(KINDS[name].fault)


CERTAIN = st.one_of([of_kind(name) for name in sorted(KINDS)])
FAULTS = CERTAIN | st.builds(Chance, CERTAIN, st.floats(0.01, 1))
