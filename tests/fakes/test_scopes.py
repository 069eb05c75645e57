"""Scopes: several users of one server, who never meet."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from fake_openai import FakeOpenAI, FakeOpenAIThread, Latency, Status
from fake_openai.keeping import scopes as registry
from support.openai_client import chat

KEY = {"Authorization": "Bearer any"}


async def said(
    fake: Any, question: str = "Hi", headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    body = chat(question, stream=False)
    async with aiohttp.ClientSession() as session:
        url = f"{fake.base_url}/chat/completions"
        async with session.post(url, json=body, headers={**KEY, **(headers or {})}) as response:
            told = await response.json()
            text = told["choices"][0]["message"]["content"] if response.status == 200 else told
            return response.status, text


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


async def test_a_request_belongs_to_the_scope_of_its_header() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("outside")
        with fake.scope("one") as one:
            one.reply("inside")

            assert await said(fake, headers=one.headers) == (200, "inside")
            assert await said(fake) == (200, "outside")


async def test_a_request_belongs_to_the_scope_of_its_key() -> None:
    async with FakeOpenAI() as fake, aiohttp.ClientSession():
        with fake.scope() as one, fake.scope() as two:
            one.reply("one")
            two.reply("two")

            assert await said(one, headers=bearer(one.api_key)) == (200, "one")
            assert await said(two, headers=bearer(two.api_key)) == (200, "two")


async def test_the_header_goes_before_the_key() -> None:
    async with FakeOpenAI() as fake:
        with fake.scope() as one, fake.scope() as two:
            one.reply("one")

            assert (await said(fake, headers={**bearer(two.api_key), **one.headers}))[1] == "one"


async def test_a_header_makes_its_scope() -> None:
    async with FakeOpenAI() as fake:
        await said(fake, headers={"X-Fake-Scope": "of its own"})

        assert fake.requests == []
        assert [r.scope for r in fake.scope("of its own").requests] == ["of its own"]


async def test_scopes_have_journals_conversations_and_faults_of_their_own() -> None:
    async with FakeOpenAI() as fake:
        with fake.scope() as one, fake.scope() as two:
            one.fail(Status(503))
            statuses = [(await said(fake, headers=s.headers))[0] for s in (two, one, two)]

            assert statuses == [200, 503, 200]
            assert [r.attempt for r in two.requests] == [1, 2]
            assert [r.attempt for r in one.requests] == [1]
            assert fake.requests == []


async def test_settings_of_a_scope_are_its_own() -> None:
    async with FakeOpenAI() as fake:
        with fake.scope("x", dialect="mistral", seed=5, strict=True) as scope:
            scope.latency = Latency(0.5)

            assert (scope.dialect.name, scope.seed, scope.strict) == ("mistral", 5, True)
            assert (fake.dialect.name, fake.seed, fake.strict) == ("openai", 0, False)
            assert fake.latency == Latency()


async def test_a_scope_begins_with_the_settings_of_the_server() -> None:
    async with FakeOpenAI("groq", 3) as fake:
        with fake.scope() as scope:
            assert (scope.dialect.name, scope.seed) == ("groq", 3)


async def test_the_same_name_is_the_same_scope() -> None:
    async with FakeOpenAI() as fake:
        fake.scope("x").reply("there")

        assert (await said(fake, headers=fake.scope("x").headers))[1] == "there"


async def test_the_key_of_a_deleted_scope_is_refused_and_reaches_nobody_else() -> None:
    async with FakeOpenAI() as fake:
        with fake.scope() as scope:
            key = scope.api_key

        assert (await said(fake, headers=bearer(key)))[0] == 401
        with fake.scope(scope.name) as again:
            assert again.requests == []
            assert (await said(fake, headers=bearer(key)))[0] == 200


async def test_where_keys_are_strict_those_of_scopes_are_accepted() -> None:
    async with FakeOpenAI(api_keys=["sk-mine"]) as fake:
        with fake.scope() as scope:
            keys = (fake.api_key, scope.api_key, "sk-other")
            statuses = [(await said(fake, headers=bearer(key)))[0] for key in keys]

    assert statuses == [200, 200, 401]


async def test_a_header_alone_is_no_key() -> None:
    async with FakeOpenAI(api_keys=["sk-mine"]) as fake:
        assert (await said(fake, headers={"X-Fake-Scope": "x", **bearer("sk-other")}))[0] == 401


async def test_a_name_that_cannot_be_one_is_refused() -> None:
    async with FakeOpenAI() as fake:
        status, told = await said(fake, headers={"X-Fake-Scope": "x" * 201})

        assert (status, told["error"]["code"]) == (400, "fake_no_scope")
        with pytest.raises(ValueError, match="must be 1 to 200 printable ASCII characters, got ''"):
            fake.scope("")
        with pytest.raises(TypeError, match="the name of a scope must be text, got 3"):
            fake.scope(3)  # type: ignore[arg-type]


async def test_an_unknown_setting_is_refused_with_the_nearest_right_one() -> None:
    async with FakeOpenAI() as fake:
        with pytest.raises(TypeError, match="no setting 'dialekt': did you mean 'dialect'"):
            fake.scope("x", dialekt="groq")  # type: ignore[call-arg]


async def test_a_wrong_setting_makes_no_scope() -> None:
    async with FakeOpenAI() as fake:
        with pytest.raises(ValueError, match="nowhere"):
            fake.scope("x", dialect="nowhere")

        assert [scope.name for scope in fake._service.scopes.list()] == ["default"]


async def test_scopes_are_bounded_and_those_in_use_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_KEPT", 3)
    async with FakeOpenAI() as fake:
        for name in ("a", "b", "c", "a", "d"):
            fake.scope(name)

        assert [scope.name for scope in fake._service.scopes.list()] == ["default", "c", "a", "d"]


async def test_many_scopes_at_once_never_mix() -> None:
    async with FakeOpenAI() as fake:
        scopes = [fake.scope(f"s{n}") for n in range(40)]
        for scope in scopes:
            scope.reply(f"answer of {scope.name}")
        answers = await asyncio.gather(*(said(fake, headers=s.headers) for s in scopes))

        assert [text for _, text in answers] == [f"answer of s{n}" for n in range(40)]
        assert all(len(scope.requests) == 1 for scope in scopes)


async def test_answers_nobody_scripted_are_those_of_the_seed_in_every_scope() -> None:
    async with FakeOpenAI(seed=4) as fake, FakeOpenAI(seed=4) as other:
        with fake.scope() as scope:
            assert await said(fake, headers=scope.headers) == await said(other)


async def test_a_seed_that_is_set_begins_conversations_anew() -> None:
    async with FakeOpenAI(seed=1) as fake, FakeOpenAI(seed=2) as other:
        await said(fake)
        fake.seed = 2

        assert await said(fake) == await said(other)
        assert fake.requests[-1].attempt == 1


def test_scopes_work_from_another_thread() -> None:
    with FakeOpenAIThread() as fake, fake.scope() as scope:
        scope.reply("inside")

        status, text = asyncio.run(said(scope, headers=scope.headers))

        assert (status, text, len(scope.requests)) == (200, "inside", 1)


async def test_stored_objects_are_those_of_the_scope() -> None:
    body = {"model": "gpt-4o-mini", "input": "Hi"}
    async with FakeOpenAI() as fake, aiohttp.ClientSession() as session:
        with fake.scope() as one, fake.scope() as two:
            url = f"{fake.base_url}/responses"
            async with session.post(url, json=body, headers=bearer(one.api_key)) as response:
                id = (await response.json())["id"]
            statuses = []
            for scope in (one, two, fake):
                headers = bearer(scope.api_key)
                async with session.get(f"{url}/{id}", headers=headers) as response:
                    statuses.append(response.status)

    assert statuses == [200, 404, 404]
