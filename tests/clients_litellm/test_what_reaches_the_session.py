"""Which of litellm's requests go through the session that it is given, and which do not."""

from __future__ import annotations

from collections.abc import Callable

import aiohttp
import openai
import pytest
from litellm.llms.custom_httpx.http_handler import AsyncHTTPHandler

from clients.cases import BODY, KEY, steady
from clients_litellm.test_litellm import litellm_at, read
from fake_openai import Cut, FakeOpenAI
from steadystream import partial_of
from steadystream.integrations import openai_http_client


@pytest.mark.parametrize(
    ("dialect", "model"), [("vllm", "hosted_vllm/m"), ("deepseek", "deepseek/m")]
)
async def test_streams_of_litellms_own_handlers_pass_a_shared_session_by(
    dialect: str, model: str
) -> None:
    async with FakeOpenAI(dialect) as fake, litellm_at(fake, steady(dialect), model) as ask:
        fake.fail(Cut(after=5))

        text, error = await read(ask)

        assert partial_of(error) is None
        assert error is not None
        assert "" != text != fake.answer_to(BODY).text
        assert len(fake.requests) == 1


@pytest.mark.parametrize(
    ("dialect", "model"), [("vllm", "hosted_vllm/m"), ("deepseek", "deepseek/m")]
)
async def test_they_are_healed_through_a_handler_over_the_session(dialect: str, model: str) -> None:
    async with (
        FakeOpenAI(dialect) as fake,
        aiohttp.ClientSession(middlewares=(steady(dialect),)) as session,
        litellm_at(fake, model=model) as ask,
    ):
        fake.fail(Cut(after=5))

        handler = AsyncHTTPHandler(shared_session=session)

        assert await read(ask, client=handler) == (fake.answer_to(BODY).text, None)
        assert len(fake.requests) == 2


async def test_openai_models_are_healed_through_an_sdk_client() -> None:
    async with FakeOpenAI("vllm") as fake, litellm_at(fake) as ask:
        fake.fail(Cut(after=5))

        async with openai.AsyncOpenAI(
            base_url=fake.base_url, api_key=KEY, http_client=openai_http_client(steady())
        ) as client:
            assert await read(ask, client=client) == (fake.answer_to(BODY).text, None)
        assert len(fake.requests) == 2


async def test_a_second_session_is_not_used_while_litellm_keeps_the_client_of_the_first() -> None:
    async with FakeOpenAI("vllm") as fake:
        async with litellm_at(fake) as ask:
            await read(ask)
            async with litellm_at(fake, steady()) as ask_over_another:
                fake.fail(Cut(after=5))

                text, error = await read(ask_over_another)

    assert partial_of(error) is None
    assert error is not None
    assert "" != text != fake.answer_to(BODY).text


async def test_litellm_asks_nobody_but_the_model(strangers: Callable[[], list[str]]) -> None:
    async with FakeOpenAI() as fake, litellm_at(fake, steady("openai")) as ask:
        assert (await read(ask))[1] is None

    assert strangers() == []
