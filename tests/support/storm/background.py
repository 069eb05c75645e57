"""What has to hold of responses in the background."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import aiohttp

from fake_openai import Received
from steadystream import ResponseTranscript

from .course import Course
from .hearing_responses import HeardResponse
from .outcome import Outcome
from .servers import Servers

_GOING = ("queued", "in_progress")


async def going_on(servers: Servers, outcome: Outcome) -> list[str]:
    """Ask the servers which of the responses that the consumer was told of are still being made."""
    ids = set(outcome.heard.ids)
    if isinstance(outcome.transcript, ResponseTranscript) and outcome.transcript.upstream_id:
        ids.add(outcome.transcript.upstream_id)
    if not ids or (outcome.heard.finished and len(outcome.attempts) == 1):
        return []
    going: list[str] = []
    async with aiohttp.ClientSession() as session:
        for fake, key in servers.with_keys():
            for id in sorted(ids):
                url, headers = f"{fake.base_url}/responses/{id}", {"Authorization": f"Bearer {key}"}
                async with session.get(url, headers=headers) as answer:
                    if (await answer.json()).get("status") in _GOING:
                        going.append(id)
    return going


def of_background(course: Course, outcome: Outcome, journal: Sequence[Received]) -> Iterator[str]:
    """What we put there does not go on for nobody; what others put there is left alone."""
    cancelled = [one for one in journal if one.path.endswith("/cancel")]
    if cancelled and course.kept != "ours":
        yield f"{len(cancelled)} responses were cancelled that we did not put there"
    if not isinstance(outcome.heard, HeardResponse):
        return
    if outcome.goes_on:
        yield f"responses go on that nobody waits for: {outcome.goes_on}"
    heard = outcome.heard
    held = course.retries.tool_calls == "hold" and not outcome.left
    if held and heard.begun_calls != heard.whole_calls:
        yield f"{heard.begun_calls} calls were begun, {heard.whole_calls} ended"
