"""Responses as they stand on the wire: bodies, events, items and ids."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fake_openai import (
    Answer,
    Citation,
    FakeOpenAI,
    ToolCall,
)
from support.openai_client import ask
from support.responses import TOOL, deltas, events, respond, response, types

TEXT_EVENTS = [
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.completed",
]


async def test_a_text_is_told_by_the_events_of_the_api_in_their_order() -> None:
    told = await events("One two three.")

    assert types(told) == TEXT_EVENTS
    assert [event["sequence_number"] for event in told] == list(range(len(told)))
    assert deltas(told, "output_text") == "One two three."


async def test_a_stream_has_named_events_and_no_done() -> None:
    async with FakeOpenAI() as fake:
        raw = await respond(fake, stream=True)

    assert b"[DONE]" not in raw.body
    for block in raw.body.decode().split("\n\n")[:-1]:
        name, data = block.split("\n")
        assert name == f"event: {json.loads(data.removeprefix('data: '))['type']}"


async def test_what_is_streamed_is_what_comes_whole() -> None:
    async with FakeOpenAI() as fake:
        fake.reply(Answer("Wait.", tool_calls=[ToolCall("weather", {"city": "Oslo"})]))
        streamed = (await respond(fake, stream=True, tools=[TOOL])).events[-1]["response"]
        whole = (await respond(fake, tools=[TOOL])).json()

    assert whole.pop("billing") == {"payer": "developer"}
    assert list(whole) == list(streamed)

    def told(response: dict[str, Any]) -> list[Any]:
        hidden = ("id", "call_id")
        return [{k: v for k, v in i.items() if k not in hidden} for i in response["output"]]

    assert told(whole) == told(streamed)
    assert whole["usage"] == streamed["usage"]


async def test_a_body_is_indented_and_has_no_line_end_behind_it() -> None:
    async with FakeOpenAI() as fake:
        raw = await respond(fake)

    assert raw.body == json.dumps(raw.json(), indent=2, ensure_ascii=False).encode()


async def test_ids_share_their_beginning_and_hold_the_time() -> None:
    told = await response("x")

    prefix, digits = told["id"].split("_")
    assert (prefix, len(digits)) == ("resp", 50)
    assert int(digits[18:26], 16) == told["created_at"]
    item = told["output"][0]["id"]
    assert item.startswith("msg_" + digits[:18])


async def test_deltas_and_their_padding_come_to_a_multiple_of_sixteen() -> None:
    told = await events("Extraordinarily long words, 日本語 and short ones.")

    sizes = {len(e["delta"]) + len(e["obfuscation"]) for e in told if "delta" in e}
    assert sizes == {16}


async def test_padding_can_be_refused() -> None:
    told = await events("x y z", stream_options={"include_obfuscation": False})

    assert not any("obfuscation" in event for event in told)


async def test_an_answer_that_is_cut_is_incomplete() -> None:
    told = await events("word " * 40, max_output_tokens=16)

    response = told[-1]["response"]
    assert told[-1]["type"] == "response.incomplete"
    assert response["incomplete_details"] == {"reason": "max_output_tokens"}
    assert response["completed_at"] is None
    assert response["output"][0]["status"] == "incomplete"
    assert response["usage"]["output_tokens"] == 16


async def test_a_call_that_is_cut_is_incomplete() -> None:
    call = Answer(tool_calls=[ToolCall("weather", {"city": "word " * 40})])
    told = await response(call, tools=[TOOL], max_output_tokens=16)

    assert [item["status"] for item in told["output"]] == ["incomplete"]


async def test_only_the_item_that_is_cut_is_incomplete() -> None:
    call = ToolCall("weather", {"city": "word " * 40})
    told = await response(Answer("Wait.", tool_calls=[call]), tools=[TOOL], max_output_tokens=16)

    assert [item["status"] for item in told["output"]] == ["completed", "incomplete"]


async def test_an_answer_that_filters_end_is_incomplete() -> None:
    told = await response(Answer("Once", finish_reason="content_filter"))

    assert told["incomplete_details"] == {"reason": "content_filter"}


async def test_a_refusal_is_a_part_of_its_own() -> None:
    told = await events(Answer(refusal="I cannot do that."))

    assert types(told)[3:7] == [
        "response.content_part.added",
        "response.refusal.delta",
        "response.refusal.done",
        "response.content_part.done",
    ]
    part = {"type": "refusal", "refusal": "I cannot do that."}
    assert told[-1]["response"]["output"][0]["content"] == [part]


async def test_reasoning_is_hidden_and_counted() -> None:
    told = await response(Answer("4", reasoning="two and two"), model="o4-mini")

    thought, said = told["output"]
    assert (thought["type"], thought["summary"], said["type"]) == ("reasoning", [], "message")
    assert told["usage"]["output_tokens_details"]["reasoning_tokens"] == 3


async def test_a_summary_is_told_part_by_part() -> None:
    answer = Answer("4", reasoning="**One**\n\n**Two**")
    told = await events(answer, model="gpt-5", reasoning={"summary": "auto"})

    assert types(told)[3:11] == 2 * [
        "response.reasoning_summary_part.added",
        "response.reasoning_summary_text.delta",
        "response.reasoning_summary_text.done",
        "response.reasoning_summary_part.done",
    ]
    texts = [part["text"] for part in told[-1]["response"]["output"][0]["summary"]]
    assert texts == ["**One**", "**Two**"]


async def test_reasoning_of_open_models_is_told_as_it_is() -> None:
    told = await events(Answer("4", reasoning="two and two"), model="gpt-oss-120b")

    assert types(told)[3:7] == [
        "response.content_part.added",
        "response.reasoning_text.delta",
        "response.reasoning_text.done",
        "response.content_part.done",
    ]
    assert deltas(told, "reasoning_text") == "two and two"


async def test_reasoning_comes_encrypted_where_that_is_asked_for() -> None:
    async with FakeOpenAI() as fake:
        fake.reply(Answer("4", reasoning="two and two"))
        asked = {"model": "gpt-5", "include": ["reasoning.encrypted_content"], "store": False}
        first = (await respond(fake, **asked)).json()["output"][0]["encrypted_content"]

    assert first.startswith("gAAAAAB")
    assert "two" not in first


async def test_calls_are_told_one_by_one() -> None:
    calls = [ToolCall("weather", {"city": city}) for city in ("Oslo", "Bergen")]
    told = await events(Answer(tool_calls=calls), tools=[TOOL])

    assert types(told)[2:10] == 2 * [
        "response.output_item.added",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
        "response.output_item.done",
    ]
    items = told[-1]["response"]["output"]
    assert [json.loads(item["arguments"])["city"] for item in items] == ["Oslo", "Bergen"]
    assert len({item["call_id"] for item in items}) == 2


async def test_a_custom_tool_is_called_with_text() -> None:
    note = {"type": "custom", "name": "note"}
    told = await events(Answer(tool_calls=[ToolCall("note", "milk, eggs")]), tools=[note])

    assert types(told)[2:6] == [
        "response.output_item.added",
        "response.custom_tool_call_input.delta",
        "response.custom_tool_call_input.done",
        "response.output_item.done",
    ]
    assert told[-1]["response"]["output"][0]["input"] == "milk, eggs"


async def test_log_probabilities_go_along_with_deltas() -> None:
    include = ["message.output_text.logprobs"]
    told = await events("One two three.", include=include, top_logprobs=2)

    found = [event for event in told if event["type"] == "response.output_text.delta"]
    assert [[p["token"] for p in e["logprobs"]] for e in found] == [[e["delta"]] for e in found]
    assert {len(p["top_logprobs"]) for e in found for p in e["logprobs"]} == {2}
    part = told[-1]["response"]["output"][0]["content"][0]
    assert part["logprobs"] == [p for e in found for p in e["logprobs"]]


async def test_the_tier_is_open_until_the_end() -> None:
    told = await events("x")

    assert told[0]["response"]["service_tier"] == "auto"
    assert told[-1]["response"]["service_tier"] == "default"


@pytest.mark.parametrize(
    "path", ["/openai/v1/responses", "/openai/responses?api-version=2026-05-01"]
)
async def test_azure_serves_them_with_what_its_filters_say(path: str) -> None:
    async with FakeOpenAI("azure") as fake:
        raw = await ask(fake, {"model": "gpt-4.1-mini", "input": "hi", "stream": True}, path)

    assert raw.events[0]["response"]["content_filters"] is None
    sources = [one["source_type"] for one in raw.events[-1]["response"]["content_filters"]]
    assert sources == ["prompt", "completion"]


async def test_citations_are_annotations_of_the_text_with_an_event_each() -> None:
    cited = [Citation("https://one.test", "One", 0, 3), Citation("https://two.test")]
    told = await events(Answer("one two", citations=cited))

    notes = [event for event in told if event["type"] == "response.output_text.annotation.added"]
    assert [note["annotation_index"] for note in notes] == [0, 1]
    assert [note["annotation"] for note in notes] == [
        {
            "type": "url_citation",
            "end_index": end,
            "start_index": 0,
            "title": title,
            "url": url,
        }
        for end, title, url in ((3, "One", "https://one.test"), (7, "", "https://two.test"))
    ]
    part = told[-1]["response"]["output"][0]["content"][0]
    assert part["annotations"] == [note["annotation"] for note in notes]
