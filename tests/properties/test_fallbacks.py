"""Several servers that tell the same text, in any dialects, with any faults, on real sockets."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from fake_openai import FakeOpenAI, Fault, RefuseConnection, Status
from properties.schedules import (
    CONTINUING,
    DIALECTS,
    PATIENT,
    QUICK,
    SHELLS,
    Outcome,
    Schedule,
    _is_tellable,
    all_writes,
    answers,
    rows_of,
    slow,
    swift,
)
from steadystream.events import Verdict
from steadystream.policy.fallbacks import Fallback

EXPLORES = settings.get_current_profile_name() == "many"
EXAMPLES = settings.default.max_examples if EXPLORES else 60
KEYS = ("sk-test", "sk-key-of-two", "sk-key-of-three")

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True, scope="module")
def quiet_server() -> Iterator[None]:
    logger = logging.getLogger("aiohttp.server")
    logger.disabled = True
    yield
    logger.disabled = False


@dataclass(frozen=True)
class Servers:
    """What is asked of the first, and what those behind it speak and do."""

    first: Schedule
    behind: tuple[tuple[str, tuple[tuple[Fault, ...], ...]], ...]


async def play(servers: Servers, shell: str) -> Outcome:
    """Return what comes of it; nothing may stay behind, and no key may go astray."""
    first = servers.first
    speak = ((first.dialect, first.rows), *servers.behind)
    async with AsyncExitStack() as stack:
        fakes: list[FakeOpenAI] = []
        for number, (dialect, rows) in enumerate(speak):
            fake = FakeOpenAI(dialect, seed=7 + number, api_keys=[KEYS[number]])
            fakes.append(await stack.enter_async_context(fake))
            fake.plan = replace(first, dialect=dialect, rows=rows).reply
        others = tuple(
            Fallback(base_url=each.base_url, api_key=key, model=key, dialect=each.dialect.name)
            for each, key in list(zip(fakes, KEYS, strict=False))[1:]
        )
        outcome = await SHELLS[shell](fakes[0], replace(first, others=others))
        for fake in fakes:
            assert await fake.quiet() == 0, "a connection stayed open"
            assert all(request.status != 401 for request in fake.requests), "a key went astray"
        assert sum(len(fake.requests) for fake in fakes) <= first.attempts
    note(f"{outcome.text!r} of {first.text!r}, {outcome.verdict}, {outcome.error!r}")
    return outcome


hopeless = st.sampled_from([Status(403), Status(404), Status(429, retry_after=9)])


def servers(faults: Any, last: Any, dialects: tuple[str, ...], **first: Any) -> Any:
    """Return a strategy: one server, perhaps one between, and a last one."""
    between = st.lists(st.tuples(st.sampled_from(dialects), rows_of(faults, 3)), max_size=1)
    behind = st.tuples(st.sampled_from(dialects), rows_of(last, 3))
    schedule = st.builds(
        Schedule,
        dialect=st.sampled_from(dialects),
        answer=answers,
        rows=rows_of(faults, 3),
        writes=all_writes,
        max_tokens=st.none() | st.integers(1, 15),
        each=st.integers(1, 3),
        **first,
    ).filter(_is_tellable)
    made = st.builds(
        lambda first, some, end: Servers(first, (*some, end)), schedule, between, behind
    )
    return made.filter(_stays_up)


def _stays_up(servers: Servers) -> bool:
    """Say whether every server listens all the time; one that does not is left at once."""
    rows = [*servers.first.rows, *(row for _, more in servers.behind for row in more)]
    return not any(isinstance(fault, RefuseConnection) for row in rows for fault in row)


everything = swift | slow | hopeless
any_servers = servers(
    everything, everything, DIALECTS, attempts=st.integers(1, 6), timeouts=st.just(QUICK)
)
mendable_servers = servers(
    swift | hopeless, swift, CONTINUING, attempts=st.just(12), timeouts=st.just(PATIENT)
)


@pytest.mark.parametrize("shell", ["client", "middleware"])
@settings(max_examples=EXAMPLES)
@given(servers=any_servers)
async def test_what_is_delivered_is_the_answer_or_its_beginning(
    shell: str, servers: Servers
) -> None:
    outcome = await play(servers, shell)

    truth = servers.first.text
    assert truth.startswith(outcome.text)
    if outcome.error is None:
        assert outcome.text == truth
        assert outcome.verdict is Verdict.COMPLETE
    else:
        assert outcome.partial == outcome.text
    assert len({chunk["id"] for chunk in outcome.chunks if chunk.get("id")}) <= 1
    assert len({chunk["model"] for chunk in outcome.chunks if chunk.get("model")}) <= 1
    roles = [c["delta"].get("role") for x in outcome.chunks for c in x.get("choices", ())]
    assert sum(role is not None for role in roles) <= 1


@pytest.mark.parametrize("shell", ["client", "middleware"])
@settings(max_examples=EXAMPLES)
@given(servers=mendable_servers)
async def test_an_answer_arrives_whole_if_one_server_of_all_can_be_had(
    shell: str, servers: Servers
) -> None:
    outcome = await play(servers, shell)

    assert outcome.error is None
    assert outcome.text == servers.first.text
    assert outcome.verdict is Verdict.COMPLETE
