"""Hypothesis strategies: answers, faults, schedules of faults, writes, request bodies, scenarios.

They shrink to what is simplest: the shortest answer, the fewest attempts, the simplest fault, as
early as can be. Needs the extra `fuzz`.
"""

from __future__ import annotations

try:
    import hypothesis as _  # noqa: F401 (only whether it is there)
except ModuleNotFoundError as _missing:
    if _missing.name != "hypothesis":
        raise
    raise ModuleNotFoundError(
        "fake_openai.strategies needs hypothesis: pip install 'steadystream[fuzz]'",
        name="hypothesis",
    ) from None

from .answers import answers, texts, tool_calls
from .bodies import embedding_bodies, request_bodies, response_bodies
from .courses import chunkings, scenarios, schedules
from .fault_groups import (
    breaking_faults,
    faults,
    legal_faults,
    lying_faults,
    refusing_faults,
    stalls,
)
from .kinds import faults_of
from .running import over_sockets

__all__ = [
    "answers",
    "breaking_faults",
    "chunkings",
    "embedding_bodies",
    "faults",
    "faults_of",
    "legal_faults",
    "lying_faults",
    "over_sockets",
    "refusing_faults",
    "request_bodies",
    "response_bodies",
    "scenarios",
    "schedules",
    "stalls",
    "texts",
    "tool_calls",
]
