"""What must hold of a client, whatever a scenario does to it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping

from hypothesis import strategies as st

from fake_openai import FakeOpenAIThread, Fault, Scenario, strategies
from fake_openai.faults import NoDone

from .outcome import PATIENCE, Ask, Client, Outcome

GROUPS: Mapping[str, st.SearchStrategy[Fault]] = {
    "legal": strategies.legal_faults() | st.just(NoDone()),
    "breaking": strategies.breaking_faults(),
    "lying": strategies.lying_faults(),
    "refusing": strategies.refusing_faults(),
    "stalls": strategies.stalls(seconds=(float("inf"),)),
}
CLAIMS: Mapping[str, str] = {
    "hangs": "it ends, with an answer or with an error",
    "wrong": "an answer that is told as complete is the true one",
    "garbled": "text that was handed out is how the true answer begins",
    "quiet": "an answer that is not whole ends with an error",
    "not whole": "what is odd but allowed leaves the answer whole",
    "foreign error": "errors are of the classes that its users are told to expect",
    "asked again": "an answer that was received is not asked for again",
    "too early": "Retry-After is obeyed",
    "left open": "no connection stays open but one that can be used again",
}
_IDLE = 1  # connections that may be kept for the next request


async def listen(ask: Ask) -> Outcome:
    """Return what comes of one request."""
    outcome = Outcome()
    try:
        async with asyncio.timeout(PATIENCE) as patience:
            await ask(outcome)
    except Exception as error:  # noqa: BLE001  # what it is, the claims ask
        outcome.error = error
        outcome.hung = patience.expired()
    return outcome


def broken(
    client: Client, group: str, scenario: Scenario, outcome: Outcome, fake: FakeOpenAIThread
) -> set[str]:
    """Return the names of the claims that do not hold."""
    true, requests = scenario.answer.text, fake.requests
    met = [fault for asked in requests for fault in asked.faults]
    tests: dict[str, Callable[[], bool]] = {
        "hangs": lambda: outcome.hung,
        "wrong": lambda: group != "lying" and outcome.complete and outcome.text != true,
        "garbled": lambda: group != "lying" and not true.startswith(outcome.text),
        "quiet": lambda: (
            client.knows_answers
            and group == "breaking"
            and bool(met)
            and outcome.error is None
            and not outcome.complete
        ),
        "not whole": lambda: group == "legal" and (outcome.text != true or not outcome.complete),
        "foreign error": lambda: (
            outcome.error is not None
            and not outcome.hung
            and not isinstance(outcome.error, client.errors)
        ),
        "asked again": lambda: any(
            asked.status == 200 and asked.ended == "whole" and group in ("legal", "refusing")
            for asked in requests[:-1]
        ),
        "too early": lambda: any(one.obeyed is False for one in fake.verdict()),
        "left open": lambda: _open(fake) > _IDLE,
    }
    return {name for name, fails in tests.items() if fails()}


def _open(fake: FakeOpenAIThread) -> int:
    until = time.monotonic() + 0.5
    while fake.open_connections > _IDLE and time.monotonic() < until:
        time.sleep(0.002)
    return fake.open_connections
