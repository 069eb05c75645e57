"""Any faults, at any chunk and byte, on any number of attempts, on real sockets.

`HYPOTHESIS_PROFILE=many` explores; the examples of a plain run are always the same.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from hypothesis import given, note, settings

from properties.schedules import (
    SHELLS,
    Outcome,
    Schedule,
    any_schedules,
    mendable_schedules,
    play,
)
from steadystream.events import Verdict

EXPLORES = settings.get_current_profile_name() == "many"
EXAMPLES = settings.default.max_examples if EXPLORES else 200

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True, scope="module")
def quiet_server() -> Iterator[None]:
    """Keep the server's log of clients that left, with all their frames, out of pytest's memory."""
    logger = logging.getLogger("aiohttp.server")
    logger.disabled = True
    yield
    logger.disabled = False


async def played(schedule: Schedule, shell: str) -> Outcome:
    outcome = await play(schedule, shell)
    note(f"{outcome.text!r} of {schedule.text!r}, {outcome.verdict}, {outcome.error!r}")
    return outcome


@pytest.mark.parametrize("shell", SHELLS)
@settings(max_examples=EXAMPLES)
@given(schedule=any_schedules)
async def test_what_is_delivered_is_the_answer_or_its_beginning(
    shell: str, schedule: Schedule
) -> None:
    outcome = await played(schedule, shell)

    assert schedule.text.startswith(outcome.text)
    if outcome.error is None:
        assert outcome.text == schedule.text
        assert outcome.verdict is Verdict.COMPLETE
    else:
        assert outcome.partial == outcome.text
    assert len({chunk["id"] for chunk in outcome.chunks if chunk.get("id")}) <= 1
    roles = [c["delta"].get("role") for x in outcome.chunks for c in x.get("choices", ())]
    assert sum(role is not None for role in roles) <= 1


@pytest.mark.parametrize("shell", SHELLS)
@settings(max_examples=EXAMPLES)
@given(schedule=mendable_schedules)
async def test_an_answer_arrives_whole_when_attempts_are_left(
    shell: str, schedule: Schedule
) -> None:
    outcome = await played(schedule, shell)

    assert outcome.error is None
    assert outcome.text == schedule.text
    assert outcome.verdict is Verdict.COMPLETE
    assert outcome.events[-1] == "[DONE]" or schedule.may_end_bare
