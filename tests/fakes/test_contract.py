from __future__ import annotations

from typing import Any

import pytest

from fake_openai import FakeOpenAI, Status
from fake_openai.contract.compare import Outcome, Unreachable, compare
from fake_openai.contract.form import Response, form
from fake_openai.dialects import DIALECTS, find


async def outcomes(fake: FakeOpenAI, dialect: str, **more: Any) -> list[Outcome]:
    key = more.pop("key", "sk-mine")
    model = find(dialect).models[0]
    ran = compare(fake.base_url, find(dialect), key=key, model=model, **more)
    return [outcome async for outcome in ran]


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_the_fake_keeps_its_own_contract(dialect: str) -> None:
    keys = ["sk-mine"] if find(dialect).needs_key else None
    async with FakeOpenAI(dialect, seed=7, api_keys=keys) as fake:
        ran = await outcomes(fake, dialect, embedding_model="e")

    assert len(ran) > 20
    assert [(one.case.name, one.differences) for one in ran if one.differences] == []


async def test_another_provider_differs_where_it_does() -> None:
    async with FakeOpenAI("mistral", api_keys=["sk-mine"]) as fake:
        ran = {one.case.name: one.differences for one in await outcomes(fake, "openai")}

    parts = {one.part for one in ran["wrong key"]}
    assert {"body", "error type"} <= parts
    assert any("service_tier" in one.expected for one in ran["chat, streamed"])
    assert any(one.part == "an event" for one in ran["chat, streamed"])


async def test_a_status_that_differs_is_told() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Status(503), times=None)
        (ran,) = await outcomes(fake, "openai", only="cut by stop")

    assert ("status", "200", "503") in [(d.part, d.expected, d.got) for d in ran.differences]


async def test_a_server_that_is_not_there_is_said_to_be() -> None:
    fake = await FakeOpenAI().start()
    await fake.close()

    with pytest.raises(Unreachable, match="GET http://127"):
        await outcomes(fake, "openai")


async def test_the_key_is_in_no_difference() -> None:
    async with FakeOpenAI(api_keys=["other"]) as fake:
        ran = await outcomes(fake, "openai", key="sk-very-secret-key-0123456789")

    assert "very-secret" not in repr(ran)
    assert all(one.differences for one in ran if one.case.name == "chat")


def test_runs_of_like_events_count_once() -> None:
    event = b'data: {"a": 1}\n\n'
    headers = {"content-type": "text/event-stream"}

    one = form(Response(200, headers, event + b": ping\n\n" + event + b"data: [DONE]\n\n"))

    assert one["events"] == [{"a": "number"}, "[DONE]"]
