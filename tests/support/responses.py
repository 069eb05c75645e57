"""Requests for responses, and readings of what comes."""

from __future__ import annotations

from typing import Any

from fake_openai import Answer, FakeOpenAI

from .openai_client import Raw, ask

RESPONSES = "/v1/responses"
TOOL: dict[str, Any] = {
    "type": "function",
    "name": "weather",
    "description": "Tell the weather.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
    "strict": True,
}


async def respond(fake: FakeOpenAI, **more: Any) -> Raw:
    raw = await ask(fake, {"model": "gpt-4.1", "input": "hi", **more}, RESPONSES)
    assert raw.status == 200, raw.body
    return raw


async def response(*answers: Answer | str, **more: Any) -> dict[str, Any]:
    async with FakeOpenAI() as fake:
        if answers:
            fake.reply(*answers)
        raw = await respond(fake, **more)
    return raw.json()  # type: ignore[no-any-return]


async def events(*answers: Answer | str, **more: Any) -> list[dict[str, Any]]:
    async with FakeOpenAI() as fake:
        if answers:
            fake.reply(*answers)
        raw = await respond(fake, stream=True, **more)
    return raw.events


def types(told: list[dict[str, Any]]) -> list[str]:
    """Return the types of events, runs told once."""
    found: list[str] = []
    for event in told:
        if not found or found[-1] != event["type"]:
            found.append(event["type"])
    return found


def deltas(told: list[dict[str, Any]], stem: str) -> str:
    return "".join(e["delta"] for e in told if e["type"] == f"response.{stem}.delta")
