"""litellm, which needs an older openai; without it there are no clients here."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import openai

from fake_openai import FakeOpenAIThread

from .outcome import BODY, KEY, RETRIES, TIMEOUT, Ask, Client, Outcome


def _settings(fake: FakeOpenAIThread, session: aiohttp.ClientSession) -> dict[str, Any]:
    return {
        "model": "openai/m",
        "messages": BODY["messages"],
        "api_base": fake.base_url,
        "api_key": KEY,
        "max_retries": RETRIES,
        "timeout": TIMEOUT,
        "shared_session": session,  # those of its own it leaves open
    }


@asynccontextmanager
async def _stream(fake: FakeOpenAIThread) -> AsyncIterator[Ask]:
    litellm = _litellm()

    async with aiohttp.ClientSession() as session:
        async for _ in await litellm.acompletion(**_settings(fake, session), stream=True):
            pass  # the first call imports for seconds

        async def ask(outcome: Outcome) -> None:
            asked = litellm.acompletion(**_settings(fake, session), stream=True)
            async for chunk in await asked:
                for choice in chunk.choices:
                    outcome.text += choice.delta.content or ""
                    outcome.finish_reason = choice.finish_reason or outcome.finish_reason

        yield ask
    litellm.in_memory_llm_clients_cache.flush_cache()


@asynccontextmanager
async def _plain(fake: FakeOpenAIThread) -> AsyncIterator[Ask]:
    litellm = _litellm()

    async with aiohttp.ClientSession() as session:
        await litellm.acompletion(**_settings(fake, session))  # imports for seconds

        async def ask(outcome: Outcome) -> None:
            choice = (await litellm.acompletion(**_settings(fake, session))).choices[0]
            outcome.text = choice.message.content or ""
            outcome.finish_reason = choice.finish_reason

        yield ask
    litellm.in_memory_llm_clients_cache.flush_cache()


def _litellm() -> Any:
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # or it calls home when it is imported
    import litellm  # noqa: PLC0415

    litellm.suppress_debug_info = True
    litellm.in_memory_llm_clients_cache.flush_cache()
    return litellm


_PACKAGES = ("litellm", "openai")
CLIENTS = (
    {
        "litellm": Client(_stream, (openai.OpenAIError,), _PACKAGES),
        "litellm-plain": Client(_plain, (openai.OpenAIError,), _PACKAGES),
    }
    if importlib.util.find_spec("litellm")
    else {}
)
