"""Any faults, at any event and byte of a response, on any number of attempts, on real sockets."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from hypothesis import given, note, settings

from properties.response_schedules import (
    SHELLS,
    ResponseOutcome,
    ResponseSchedule,
    any_responses,
    mendable_responses,
    play,
)
from steadystream.events import Verdict

EXPLORES = settings.get_current_profile_name() == "many"
EXAMPLES = settings.default.max_examples if EXPLORES else 40

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True, scope="module")
def quiet_server() -> Iterator[None]:
    """Keep the server's log of clients that left, with all their frames, out of pytest's memory."""
    logger = logging.getLogger("aiohttp.server")
    logger.disabled = True
    yield
    logger.disabled = False


async def played(schedule: ResponseSchedule, shell: str) -> ResponseOutcome:
    outcome = await play(schedule, shell)
    note(f"{outcome.text!r} of {schedule.text!r}, {outcome.verdict}, {outcome.error!r}")
    return outcome


@pytest.mark.parametrize("shell", SHELLS)
@settings(max_examples=EXAMPLES)
@given(schedule=any_responses)
async def test_what_is_delivered_is_the_response_or_its_beginning(
    shell: str, schedule: ResponseSchedule
) -> None:
    outcome = await played(schedule, shell)

    assert schedule.text.startswith(outcome.text)
    assert outcome.calls == schedule.calls[: len(outcome.calls)]
    assert outcome.begun_calls == len(outcome.calls), "half a call was delivered"
    numbers = [document["sequence_number"] for document in outcome.documents]
    if schedule.has_keepalives:  # the fake counts one as it counts the event behind it
        numbers = sorted(set(numbers))
    assert numbers == list(range(len(numbers)))
    ids = {d["response"]["id"] for d in outcome.documents if "response" in d}
    assert len(ids) <= 1
    if outcome.error is None:
        assert outcome.text == schedule.text
        assert outcome.calls == schedule.calls
        assert outcome.verdict is Verdict.COMPLETE
        (end,) = (d for d in outcome.documents if d["type"] == "response.completed")
        assert end["response"]["output"] == outcome.items
    else:
        assert outcome.partial is not None
        assert outcome.partial.text == outcome.text


@pytest.mark.parametrize("shell", SHELLS)
@settings(max_examples=EXAMPLES)
@given(schedule=mendable_responses)
async def test_a_response_arrives_whole_when_attempts_are_left(
    shell: str, schedule: ResponseSchedule
) -> None:
    outcome = await played(schedule, shell)

    assert outcome.error is None
    assert outcome.text == schedule.text
    assert outcome.calls == schedule.calls
    assert outcome.verdict is Verdict.COMPLETE
