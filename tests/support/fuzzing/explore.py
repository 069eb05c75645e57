"""Looks for scenarios that a client does not bear, and shrinks them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TypeAlias

from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky, NoSuchExample

from fake_openai import Answer, FakeOpenAIThread, Fault, Scenario, strategies

from .claims import GROUPS, broken, listen
from .outcome import Client, Outcome

Key: TypeAlias = tuple[str, str, str]
"""A claim that does not hold, the kind of fault, and the error."""
_PLAIN = st.just(Answer("one two three"))
_SLOW = {"stalls": 10, "refusing": 4}  # fewer examples by so much: each waits
_USUAL = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}


@dataclass(frozen=True)
class Finding:
    """A smallest scenario with which a claim does not hold.

    Attributes:
        claim: its name.
        scenario: the smallest that was found.
        outcome: what the client made of it.
    """

    claim: str
    scenario: Scenario
    outcome: str


class Bench:
    """A client and a server that go through scenario after scenario."""

    def __init__(self, client: Client, group: str, fake: FakeOpenAIThread) -> None:
        self.client, self.group, self.fake = client, group, fake
        self.runner = asyncio.Runner()
        self._open = client.open(fake)
        self.ask = self.runner.run(self._open.__aenter__())

    def close(self) -> None:
        self.runner.run(self._open.__aexit__(None, None, None))
        self.runner.close()

    def play(self, scenario: Scenario) -> tuple[Outcome, set[Key]]:
        """Return what comes of a scenario."""
        self.fake.play(scenario)
        outcome = self.runner.run(listen(self.ask))
        names = broken(self.client, self.group, scenario, outcome, self.fake)
        met = {fault.kind() for row in scenario.attempts for fault in row}
        error = type(outcome.error).__name__ if outcome.error else ""
        return outcome, {(name, "+".join(sorted(met)), error) for name in names}


@contextmanager
def bench(client: Client, group: str, dialect: str = "openai") -> Iterator[Bench]:
    """Yield a client at a server of its own."""
    with FakeOpenAIThread(dialect) as fake:
        made = Bench(client, group, fake)
        try:
            yield made
        finally:
            made.close()


def explore(client: Client, group: str, examples: int, dialect: str = "openai") -> list[Finding]:
    """Return the smallest scenario for each way in which a claim does not hold."""
    seen: dict[Key, Scenario] = {}
    if group in _SLOW:
        examples = max(1, examples // _SLOW[group])

    with bench(client, group, dialect) as tried:

        @given(_scenarios(GROUPS[group]))
        @settings(max_examples=examples, phases=[Phase.generate], **_USUAL)
        def look(scenario: Scenario) -> None:
            for key in tried.play(scenario)[1]:
                known = seen.setdefault(key, scenario)
                seen[key] = min(known, scenario, key=lambda one: len(one.token))

        look()
        return [_smallest(tried, key, scenario) for key, scenario in sorted(seen.items(), key=str)]


def _scenarios(one: st.SearchStrategy[Fault]) -> st.SearchStrategy[Scenario]:
    broken = strategies.scenarios(one=one, attempts=1).filter(lambda drawn: bool(drawn.attempts))
    return st.one_of(strategies.scenarios(attempts=0), broken, broken, broken)


def _smallest(tried: Bench, key: Key, known: Scenario) -> Finding:
    """Return the smallest scenario with a plain answer, or the one that is known."""
    if tried.group == "stalls":  # each example lasts as long as the client is patient
        return Finding(key[0], known, str(tried.play(known)[0]))
    kind = key[1]
    faults = GROUPS[tried.group].filter(lambda fault: fault.kind() == kind)
    if not kind:
        drawn = strategies.scenarios(answer=_PLAIN, attempts=0)
    else:
        some = strategies.scenarios(answer=_PLAIN, one=faults, attempts=1)
        drawn = some.filter(lambda scenario: bool(scenario.attempts))
    with suppress(NoSuchExample, Flaky):  # what depends on time is told as it was met
        known = find(
            drawn,
            lambda scenario: key in tried.play(scenario)[1],
            settings=settings(max_examples=150, **_USUAL),
        )
    return Finding(key[0], known, str(tried.play(known)[0]))
