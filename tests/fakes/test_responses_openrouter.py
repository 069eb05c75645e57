"""The Responses API as OpenRouter speaks it; shapes are those of August 2026."""

from __future__ import annotations

import json
from typing import Any

import openai
import pytest

from fake_openai import Answer, FakeOpenAI, Latency, ToolCall, VirtualClock
from support.openai_client import Raw, ask
from support.responses import TOOL

PATH = "/api/v1/responses"
CLOSED = "openai/gpt-5-nano"
OPEN = "anthropic/claude-haiku-4.5"


async def streamed(fake: FakeOpenAI, **body: Any) -> tuple[Raw, list[dict[str, Any]]]:
    raw = await ask(fake, {"model": CLOSED, "input": "hi", "stream": True, **body}, PATH)
    assert raw.status == 200, raw.body
    lines = [line for line in raw.body.decode().split("\n") if line.startswith("data: {")]
    return raw, [json.loads(line.removeprefix("data: ")) for line in lines]


async def test_a_stream_begins_with_comments_has_no_names_and_ends_with_done() -> None:
    async with FakeOpenAI("openrouter") as fake:
        raw, _ = await streamed(fake)

    assert raw.body.startswith(b": \n\n")
    assert b"event:" not in raw.body
    assert raw.body.endswith(b"\n\ndata: [DONE]\n\n")


async def test_places_come_first_in_an_event_and_its_number_last() -> None:
    async with FakeOpenAI("openrouter") as fake:
        fake.reply("yes")
        _, told = await streamed(fake)

    delta = next(event for event in told if event["type"].endswith("text.delta"))
    assert [*delta] == [
        *("type", "output_index", "item_id", "content_index", "delta", "logprobs"),
        "sequence_number",
    ]
    assert [event["sequence_number"] for event in told] == list(range(len(told)))


async def test_ids_are_its_own_and_numbers_have_no_needless_point() -> None:
    async with FakeOpenAI("openrouter") as fake:
        fake.reply(Answer("yes", tool_calls=[ToolCall("get_weather", {"city": "Oslo"})]))
        raw, told = await streamed(fake, tools=[TOOL])

    last = told[-1]["response"]
    assert last["id"].startswith("gen-1790000001-")
    assert [item["id"].rsplit("_", 1)[0] for item in last["output"]] == ["msg_tmp", "fc_tmp"]
    assert b'"temperature":1,"top_p":1,"presence_penalty":0,' in raw.body


async def test_usage_tells_what_it_cost() -> None:
    async with FakeOpenAI("openrouter") as fake:
        _, told = await streamed(fake)

    usage = told[-1]["response"]["usage"]
    wanted = round(usage["input_tokens"] * 1e-6 + usage["output_tokens"] * 5e-6, 9)
    assert (usage["cost"], usage["is_byok"]) == (wanted, False)
    assert [*usage["cost_details"]] == [
        "upstream_inference_cost",
        "upstream_inference_input_cost",
        "upstream_inference_output_cost",
    ]


async def test_reasoning_of_openai_comes_sealed_at_the_end_of_its_item() -> None:
    async with FakeOpenAI("openrouter") as fake:
        fake.reply(Answer("yes", reasoning="hm"))
        _, told = await streamed(fake, include=["reasoning.encrypted_content"])

    items = [event["item"] for event in told if event.get("item", {}).get("type") == "reasoning"]
    assert [[*item] for item in items] == [
        ["id", "type", "status", "summary"],
        ["id", "type", "status", "summary", "encrypted_content", "format"],
    ]
    assert items[1]["format"] == "openai-responses-v1"


async def test_reasoning_of_others_is_told_as_it_is() -> None:
    async with FakeOpenAI("openrouter") as fake:
        fake.reply(Answer("yes", reasoning="let me think"))
        _, told = await streamed(fake, model=OPEN)

    said = [e["delta"] for e in told if e["type"] == "response.reasoning_text.delta"]
    assert "".join(said) == "let me think"


async def test_what_is_asked_of_reasoning_is_echoed_until_it_is_known_what_was_done() -> None:
    async with FakeOpenAI("openrouter") as fake:
        _, asked = await streamed(fake, reasoning={"effort": "low"})
        _, plain = await streamed(fake)

    assert [one[0]["response"]["reasoning"] for one in (asked, plain)] == [{"effort": "low"}, None]
    assert asked[-1]["response"]["reasoning"]["context"] == "current_turn"


async def test_it_comments_while_it_waits() -> None:
    latency = Latency(first_token=10)
    async with FakeOpenAI("openrouter", latency=latency, clock=VirtualClock()) as fake:
        raw, _ = await streamed(fake)

    assert raw.body.count(b": \n\n") >= 9


async def test_nothing_is_kept() -> None:
    async with FakeOpenAI("openrouter") as fake:
        _, told = await streamed(fake, store=True)
        id = told[0]["response"]["id"]
        again = await ask(fake, {}, f"{PATH}/{id}", method="GET")

    assert (told[-1]["response"]["store"], again.status) == (False, 404)


@pytest.mark.parametrize("model", [CLOSED, OPEN])
async def test_the_sdk_reads_it(model: str) -> None:
    async with FakeOpenAI("openrouter") as fake:
        fake.reply("It is sunny.")
        async with openai.AsyncOpenAI(base_url=fake.base_url, api_key="sk-any") as api:
            whole = await api.responses.create(model=model, input="hi")
            async with api.responses.stream(model=model, input="hi") as stream:
                last = await stream.get_final_response()

    assert (whole.output_text, last.output_text) == ("It is sunny.", "It is sunny.")
