"""LiteLLM, with all that it offers against broken streams switched on.

Read in litellm 1.106.2:

- `num_retries` is for a call that fails before its stream is handed out, on the same group of
  deployments (`Router.async_function_with_retries`).
- `fallbacks` are asked when those are spent, and, through `MidStreamFallbackError`, when a stream
  breaks before anything of the answer came; behind that the provider's error is raised
  (`Router._acompletion_streaming_iterator`, `Router._completion_streaming_iterator`).
- `stream_timeout` limits each wait for bytes; a comment is bytes.
- A deployment that failed cools down by default, which would leave none to try again.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # or importing it calls home
# How long a stream may last, which is looked at with each chunk; read when it is imported.
os.environ.setdefault("LITELLM_MAX_STREAMING_DURATION_SECONDS", "5")

import aiohttp
import litellm

from steadystream import SteadyStream

from .cases import MESSAGES, Case
from .servers import KEY, PATIENCE, SILENCE, Endpoints
from .telling import Told

litellm.suppress_debug_info = True

RETRIES = 2
_BY_ITSELF = {"num_retries": RETRIES, "timeout": SILENCE, "stream_timeout": SILENCE}


def _deployment(group: str, url: str) -> dict[str, Any]:
    return {
        "model_name": group,
        "litellm_params": {"model": "openai/m", "api_base": url, "api_key": KEY},
    }


def router(at: Endpoints) -> litellm.Router:
    """Return a Router with retries, a fallback where there is another endpoint, and timeouts."""
    models = [_deployment("first", at.first)]
    if at.second is not None:
        models.append(_deployment("second", at.second))
    return litellm.Router(
        model_list=models,
        num_retries=RETRIES,
        retry_after=0,
        fallbacks=[{"first": ["second"]}] if at.second is not None else [],
        timeout=SILENCE,
        stream_timeout=SILENCE,
        disable_cooldowns=True,
    )


async def ask(case: Case, at: Endpoints, steady: SteadyStream | None = None) -> Told:
    """Ask through LiteLLM, over a session with `steady` where it is given."""
    told = Told()
    litellm.in_memory_llm_clients_cache.flush_cache()  # which keeps clients by address
    if case.blocks:
        await asyncio.to_thread(_block, case, at, told)
        return told
    middlewares = () if steady is None else (steady,)
    async with aiohttp.ClientSession(middlewares=middlewares) as session:
        try:
            async with asyncio.timeout(PATIENCE):
                async for chunk in await _stream(case, at, session, heals=steady is not None):
                    _take(chunk, told)
        except TimeoutError as error:
            told.hung = type(error) is TimeoutError
            told.error = error
        except Exception as error:  # noqa: BLE001 (which it is, is what is told)
            told.error = error
    return told


async def _stream(case: Case, at: Endpoints, session: aiohttp.ClientSession, *, heals: bool) -> Any:
    asked: dict[str, Any] = {
        "messages": MESSAGES,
        "stream": True,
        "shared_session": session,  # one of its own it would leave open
        **case.body,
    }
    if heals:  # who mends tries again by itself, and has its own limits
        asked |= {"num_retries": 0, "timeout": PATIENCE, "stream_timeout": PATIENCE}
    if case.bare:
        limits = {"max_retries": 0} if heals else _BY_ITSELF
        return await litellm.acompletion(
            model="openai/m", api_base=at.first, api_key=KEY, **(asked | limits)
        )
    return await router(at).acompletion(model="first", **asked)


def _block(case: Case, at: Endpoints, told: Told) -> None:
    try:
        for chunk in router(at).completion(
            model="first", messages=MESSAGES, stream=True, **case.body
        ):
            _take(chunk, told)
    except Exception as error:  # noqa: BLE001
        told.error = error


def _take(chunk: Any, told: Told) -> None:
    for choice in chunk.choices if chunk is not None else ():
        delta = choice.delta
        told.text += delta.content or ""
        told.reasoning += getattr(delta, "reasoning_content", None) or ""
        for call in delta.tool_calls or ():
            told.call(call.index, call.function.name, call.function.arguments)
