"""`/metrics` of the fake."""

from __future__ import annotations

import sys

import aiohttp
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as plain
from prometheus_client.registry import CollectorRegistry

from fake_openai import Cut, DuplicateChunk, FakeOpenAI, Received
from fake_openai.keeping import counters
from fake_openai.keeping.counters import Counters
from fake_openai.keeping.metrics import DoubleCollector
from support.openai_client import ask, chat


async def page(fake: FakeOpenAI, query: str = "", **headers: str) -> tuple[int, str, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{fake.url}/metrics{query}", headers=headers) as response,
    ):
        return response.status, response.headers["Content-Type"], await response.text()


def values(text: str) -> dict[tuple[str, ...], float]:
    return {
        (sample.name.removeprefix("steadystream_"), *sample.labels.values()): sample.value
        for family in plain(text)
        for sample in family.samples
    }


async def test_requests_faults_and_events_are_counted_by_scenario() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("One two.")
        fake.fail((DuplicateChunk(after=1), Cut(after=3)))
        for _ in range(2):
            await ask(fake, chat())
        with fake.scope("my test") as scope:
            await ask_in(fake, scope.headers)
        status, content_type, text = await page(fake)
    found = values(text)

    assert (status, content_type) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert found["double_requests_total", "default"] == 2
    assert found["double_requests_total", "my test"] == 1
    assert found["double_faults_injected_total", "cut", "default"] == 1
    assert found["double_faults_injected_total", "duplicate_chunk", "default"] == 1
    sent = sum(entry.chunks_sent for entry in fake.requests)
    assert found["double_events_sent_total", "default"] == sent


async def ask_in(fake: FakeOpenAI, headers: dict[str, str]) -> None:
    async with aiohttp.ClientSession(headers={**headers, "Authorization": "Bearer k"}) as session:
        async with session.post(f"{fake.base_url}/chat/completions", json=chat()) as response:
            await response.read()


async def test_whoever_asks_for_openmetrics_gets_it() -> None:
    async with FakeOpenAI() as fake:
        await ask(fake, chat())
        _, content_type, text = await page(fake, Accept="application/openmetrics-text")

    assert content_type.startswith("application/openmetrics-text; version=1.0.0")
    assert text.endswith("# EOF\n")
    names = {family.name for family in openmetrics(text)}
    assert {"steadystream_double_requests", "steadystream_double_events_sent"} <= names


async def test_single_series_can_be_asked_for() -> None:
    async with FakeOpenAI() as fake:
        await ask(fake, chat())
        _, _, text = await page(fake, "?name[]=steadystream_double_requests_total")

    assert set(values(text)) == {("double_requests_total", "default")}


async def test_versions_and_the_lag_of_the_loop_are_told() -> None:
    async with FakeOpenAI() as fake:
        await page(fake)
        found = values((await page(fake))[2])

    assert [value for name, value in found.items() if name[0] == "build_info"] == [1]
    assert ("event_loop_lag_seconds_bucket", "+Inf") in found


def test_names_beyond_the_bound_are_counted_as_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters, "_SCENARIOS", 2)
    counted = Counters()
    for scope in ("a", "b", "c", "d", "a"):
        counted.add(Received("POST", "/x", scope=scope))

    assert counted.requests == {"a": 2, "b": 1, "other": 2}
    assert counted.overflows == 2


def test_lag_is_counted_up_to_its_bound() -> None:
    counted = Counters()
    for seconds in (0.0, 0.001, 0.0011, 9.0):
        counted.late(seconds)

    assert (counted.lag[0], counted.lag[1], counted.lag[-1]) == (2, 1, 1)


def test_a_registry_of_ones_own_may_have_the_collector_under_another_prefix() -> None:
    counted, registry = Counters(), CollectorRegistry()
    counted.add(Received("POST", "/x", scope="a"))
    registry.register(DoubleCollector(counted, namespace="mine"))

    assert registry.get_sample_value("mine_double_requests_total", {"scenario": "a"}) == 1


async def test_without_its_library_the_answer_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "fake_openai.keeping.metrics")
    monkeypatch.delattr("fake_openai.keeping.metrics")
    monkeypatch.setitem(sys.modules, "prometheus_client.core", None)
    async with FakeOpenAI() as fake:
        status, _, text = await page(fake)

    assert status == 501
    assert "pip install 'steadystream[metrics]'" in text


async def test_they_are_asked_for_as_the_admin_api_is() -> None:
    async with FakeOpenAI(admin="s3cret") as fake:
        assert (await page(fake))[0] == 401
        assert (await page(fake, Authorization="Bearer s3cret"))[0] == 200
