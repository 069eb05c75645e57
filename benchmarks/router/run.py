"""Plays the cases to both sides, one after the other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from . import ours, theirs
from .cases import Case
from .servers import endpoints
from .table import Row

_CALM = Case("nothing", [])


async def play(cases: Sequence[Case], dialect: str, tell: Callable[[str], None]) -> list[Row]:
    """Return what became of each case at servers of this dialect."""
    logging.getLogger("LiteLLM Router").setLevel(logging.CRITICAL)
    logging.getLogger("LiteLLM").setLevel(logging.CRITICAL)
    with endpoints(_CALM, dialect) as at:
        await theirs.ask(_CALM, at)  # the first call of all imports for seconds
    return [await _one(case, dialect, tell) for case in cases]


async def _one(case: Case, dialect: str, tell: Callable[[str], None]) -> Row:
    tell(f"{dialect}: {case.name}")
    with endpoints(case, dialect) as at:
        bare = await theirs.ask(case, at)
    under = None
    if not case.blocks:  # their blocking calls go over no session
        with endpoints(case, dialect) as at:
            under = await theirs.ask(case, at, ours.middleware(at))
    with endpoints(case, dialect) as at:
        own = await ours.ask(case, at)
    return Row(case, bare, under, own)
