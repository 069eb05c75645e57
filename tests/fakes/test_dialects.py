"""What each provider says on the wire.

`recorded_shapes.json` holds the shapes (names and order of members, kinds of values) of the chunks
in streams that were recorded from the real providers.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from fake_openai import Answer, FakeOpenAI, Latency, ToolCall
from fake_openai.dialects import DIALECTS
from support.openai_client import Raw, ask, chat, deltas, finish_reasons, text, usage

RECORDED = json.loads((Path(__file__).parent / "recorded_shapes.json").read_text())
USAGE = {"stream_options": {"include_usage": True}}
THOUGHT = Answer("one two", reasoning="hm so")
CALL = Answer(tool_calls=[ToolCall("f", {"a": 1})])
CALLS = Answer(tool_calls=[ToolCall("f", {"a": 1}), ToolCall("g", {"b": 2})])


async def streamed(dialect: str, answer: Answer | str = "one two", **more: Any) -> Raw:
    async with FakeOpenAI(dialect) as fake:
        fake.reply(answer)
        return await ask(fake, chat(**more), "/v1/chat/completions")


def shape(value: Any) -> str:
    match value:
        case dict():
            return "{" + ",".join(f"{key}:{shape(inner)}" for key, inner in value.items()) + "}"
        case list():
            return f"[{shape(value[0]) if value else ''}]"
        case None:
            return "null"
        case bool():
            return "bool"
        case str():
            return "text"
        case _:
            return "number"


ANSWERS = {
    "text": ("one two", {}),
    "text, usage": ("one two", USAGE),
    "reasoning, usage": (THOUGHT, USAGE),
    "tool call, usage": (CALL, USAGE),
}
NOT_RECORDED = {
    # No recording has these in full; their shapes are those of the documentation.
    ("azure", "text, usage"),
    ("azure", "reasoning, usage"),
    ("azure", "tool call, usage"),
    ("qwen", "text"),
    ("qwen", "text, usage"),
    ("qwen", "tool call, usage"),
    ("groq", "text, usage"),
    ("groq", "reasoning, usage"),
    ("groq", "tool call, usage"),
    ("mistral", "tool call, usage"),
    ("openrouter", "reasoning, usage"),
    ("openrouter", "tool call, usage"),
}
CASES = [(d, a) for d in RECORDED for a in ANSWERS if (d, a) not in NOT_RECORDED]


@pytest.mark.parametrize(("dialect", "answer"), CASES)
async def test_every_chunk_has_a_shape_that_was_recorded(dialect: str, answer: str) -> None:
    raw = await streamed(dialect, ANSWERS[answer][0], **ANSWERS[answer][1])

    shapes = {shape(event) for event in raw.events if event != "[DONE]"}
    assert shapes <= set(RECORDED[dialect])


VLLM = (
    '{"id":"chatcmpl-ID","object":"chat.completion.chunk","created":1790000001,"model":"m",'
    '"choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,'
    '"finish_reason":null}]}'
)
SGLANG = (
    '{"id":"ID","object":"chat.completion.chunk","created":1790000001,"model":"m",'
    '"choices":[{"index":0,"delta":{"role":null,"content":"one","reasoning_content":null,'
    '"tool_calls":null},"logprobs":null,"finish_reason":null,"matched_stop":null}],"usage":null}'
)
KIMI = (
    '{"id":"chatcmpl-ID","object":"chat.completion.chunk","created":1790000001,"model":"m",'
    '"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],'
    '"usage":{"prompt_tokens":4,"completion_tokens":2,"total_tokens":6}}'
)


@pytest.mark.parametrize(
    ("dialect", "place", "chunk"), [("vllm", 0, VLLM), ("sglang", 1, SGLANG), ("kimi", -2, KIMI)]
)
async def test_chunks_of_providers_without_recordings_are_those_of_their_sources(
    dialect: str, place: int, chunk: str
) -> None:
    raw = await streamed(dialect)

    line = raw.body.decode().split("\n\n")[:-1][place].removeprefix("data: ")
    assert re.sub(r'("id":"(?:chatcmpl-)?)\w+', r"\1ID", line) == chunk


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("answer", ["one <two> & ø", THOUGHT.text, "a\u2028b\x0b\x85c\nd"])
async def test_every_dialect_delivers_the_text(dialect: str, answer: str) -> None:
    raw = await streamed(dialect, answer)

    assert (raw.text, finish_reasons(raw.body)[-1]) == (answer, "stop")
    assert raw.body.endswith(b"data: [DONE]\n\n")


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_every_dialect_delivers_the_same_text_unstreamed(dialect: str) -> None:
    raw = await streamed(dialect, "one <two> ø", stream=False)

    choice = json.loads(raw.body)["choices"][0]
    assert (choice["message"]["content"], choice["finish_reason"]) == ("one <two> ø", "stop")


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_every_dialect_delivers_all_tool_calls(dialect: str) -> None:
    raw = await streamed(dialect, CALLS)

    calls: dict[int, list[str]] = {}
    for delta in deltas(raw.body):
        for call in delta.get("tool_calls") or ():
            told = calls.setdefault(call["index"], ["", ""])
            told[0] += call["function"].get("name") or ""
            told[1] += call["function"]["arguments"]
    assert calls == {0: ["f", '{"a":1}'], 1: ["g", '{"b":2}']}
    assert finish_reasons(raw.body)[-1] == "tool_calls"


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_every_dialect_delivers_tool_calls_unstreamed(dialect: str) -> None:
    raw = await streamed(dialect, CALLS, stream=False)

    message = json.loads(raw.body)["choices"][0]["message"]
    assert [call["function"] for call in message["tool_calls"]] == [
        {"name": "f", "arguments": '{"a":1}'},
        {"name": "g", "arguments": '{"b":2}'},
    ]


@pytest.mark.parametrize(
    ("dialect", "name"),
    [
        ("deepseek", "reasoning_content"),
        ("vllm", "reasoning"),
        ("sglang", "reasoning_content"),
        ("qwen", "reasoning_content"),
        ("kimi", "reasoning_content"),
        ("openrouter", "reasoning"),
        ("groq", "reasoning"),
    ],
)
async def test_reasoning_comes_before_the_text_under_the_name_of_the_provider(
    dialect: str, name: str
) -> None:
    raw = await streamed(dialect, THOUGHT)

    thought = [delta.get(name) for delta in deltas(raw.body)]
    assert "".join(part for part in thought if part) == "hm so"
    assert raw.text == "one two"


async def test_mistral_thinks_in_a_list() -> None:
    raw = await streamed("mistral", THOUGHT)

    thought = [d["content"] for d in deltas(raw.body) if isinstance(d["content"], list)]
    assert thought[0] == [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]


@pytest.mark.parametrize("dialect", ["openai", "azure"])
async def test_openai_counts_reasoning_and_does_not_show_it(dialect: str) -> None:
    raw = await streamed(dialect, THOUGHT, **USAGE)

    assert "hm" not in raw.body.decode()
    assert usage(raw.body)["completion_tokens_details"]["reasoning_tokens"] == 2
    assert usage(raw.body)["completion_tokens"] == 4


@pytest.mark.parametrize("dialect", ["openai", "vllm", "sglang", "qwen", "azure"])
async def test_usage_comes_in_a_chunk_of_its_own_and_only_when_asked_for(dialect: str) -> None:
    without, asked = await streamed(dialect), await streamed(dialect, **USAGE)

    assert usage(without.body) is None
    assert (asked.events[-2]["choices"], asked.events[-2]["usage"]["completion_tokens"]) == ([], 2)


@pytest.mark.parametrize("dialect", ["deepseek", "mistral", "kimi", "openrouter"])
async def test_usage_rides_on_the_finish_chunk_even_when_nobody_asks(dialect: str) -> None:
    raw = await streamed(dialect)

    assert raw.events[-2]["choices"][0]["finish_reason"] == "stop"
    assert raw.events[-2]["usage"]["completion_tokens"] == 2


async def test_groq_tells_its_usage_twice_and_when_asked_once_more() -> None:
    without, asked = await streamed("groq"), await streamed("groq", **USAGE)

    assert without.events[-2]["usage"] == without.events[-2]["x_groq"]["usage"]
    assert asked.events[-3]["usage"] == asked.events[-3]["x_groq"]["usage"]
    assert (asked.events[-2]["choices"], asked.events[-2]["usage"]) == (
        [],
        without.events[-2]["usage"],
    )


async def test_groq_says_that_there_is_no_content_beside_tool_calls() -> None:
    called, spoken = await streamed("groq", CALL), await streamed("groq")

    assert deltas(called.body)[0] == {"role": "assistant", "content": None}
    assert deltas(spoken.body)[0] == {"role": "assistant", "content": ""}


async def test_mistral_closes_its_thought_with_an_empty_one() -> None:
    raw = await streamed("mistral", THOUGHT)

    contents = [delta["content"] for delta in deltas(raw.body)]
    thoughts = [place for place, content in enumerate(contents) if isinstance(content, list)]
    assert contents[: thoughts[0]] == ["", ""]
    assert contents[thoughts[-1]] == [{"type": "thinking", "thinking": []}]
    assert contents[thoughts[-1] + 1] == "one"


async def test_a_thought_of_mistral_that_is_cut_off_is_not_closed() -> None:
    raw = await streamed("mistral", THOUGHT, max_tokens=1)

    assert [delta["content"] for delta in deltas(raw.body)][2:] == [
        [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}],
        "",
    ]


async def test_mistral_tells_the_service_tier_among_the_counts() -> None:
    raw = await streamed("mistral")

    assert usage(raw.body)["service_tier"] == "standard"


async def test_usage_is_null_elsewhere_when_asked_for() -> None:
    raw = await streamed("openai", **USAGE)

    assert [event["usage"] for event in raw.events[:-2]] == [None] * 4


async def test_openai_chunks_are_padded_to_one_more_than_a_multiple_of_sixteen() -> None:
    async with FakeOpenAI() as fake:
        raw = await ask(fake, chat("ø", n=2, **USAGE))

    lines = [line[6:] for line in raw.body.decode().split("\n\n") if "obfuscation" in line]
    assert len(lines) == len(raw.events) - 1
    assert {len(line) % 16 for line in lines} == {1}


async def test_the_padding_can_be_switched_off() -> None:
    raw = await streamed("openai", stream_options={"include_obfuscation": False})

    assert b"obfuscation" not in raw.body


async def test_mistral_pads_all_chunks_but_the_first_with_the_alphabet() -> None:
    async with FakeOpenAI("mistral") as fake:
        raw = await ask(fake, chat())

    pads = [event.get("p") for event in raw.events[:-1]]
    assert pads[0] is None
    assert all("abcdefghijklmnopqrstuvwxyz0123456789".startswith(pad) for pad in pads[1:])
    assert len({len(pad) for pad in pads[1:]}) > 9


async def test_a_lone_tool_call_rides_on_the_role_chunk_of_openai() -> None:
    one, two = await streamed("openai", CALL), await streamed("openai", CALLS)

    assert deltas(one.body)[0]["tool_calls"][0]["function"] == {"name": "f", "arguments": ""}
    assert deltas(two.body)[0] == {"role": "assistant", "content": None}


async def test_groq_sends_a_tool_call_in_one_chunk() -> None:
    raw = await streamed("groq", CALL)

    calls = [delta for delta in deltas(raw.body) if "tool_calls" in delta]
    assert [call["tool_calls"][0]["function"]["arguments"] for call in calls] == ['{"a":1}']


async def test_mistral_sends_a_tool_call_with_the_finish_reason() -> None:
    raw = await streamed("mistral", CALL)

    last = raw.events[-2]["choices"][0]
    assert (last["finish_reason"], len(last["delta"]["tool_calls"])) == ("tool_calls", 1)
    assert len(last["delta"]["tool_calls"][0]["id"]) == 9


async def test_qwen_repeats_an_empty_id_in_fragments() -> None:
    raw = await streamed("qwen", CALL)

    ids = [d["tool_calls"][0]["id"] for d in deltas(raw.body) if d.get("tool_calls")]
    assert ids[0].startswith("call_")
    assert set(ids[1:]) == {""}


async def test_vllm_ends_on_the_last_token() -> None:
    raw = await streamed("vllm")

    last = raw.events[-2]["choices"][0]
    assert (last["delta"], last["finish_reason"]) == ({"content": " two"}, "stop")


async def test_openrouter_ends_twice_and_begins_with_comments() -> None:
    raw = await streamed("openrouter")

    assert raw.body.startswith(b": OPENROUTER PROCESSING\n\n")
    assert finish_reasons(raw.body) == ["stop", "stop"]


async def test_azure_filters_in_a_first_chunk_without_choices() -> None:
    raw = await streamed("azure")

    first = raw.events[0]
    assert (first["choices"], first["id"], first["created"]) == ([], "", 0)
    assert list(raw.events[1]) == sorted(raw.events[1])


async def test_groq_escapes_html() -> None:
    raw = await streamed("groq", "<a&b>")

    assert rb"\u003c" in raw.body
    assert b"<" not in raw.body


@pytest.mark.parametrize(
    ("model", "told"), [("gpt-4.1", True), ("gpt-5-mini", False), ("o4-mini", False)]
)
async def test_newer_models_of_openai_have_no_logprobs(model: str, told: bool) -> None:
    raw = await streamed("openai", model=model)

    assert all(("logprobs" in e["choices"][0]) is told for e in raw.events[:-1])


@pytest.mark.parametrize(
    ("model", "told"), [("gpt-4.1", True), ("gpt-5", False), ("gpt-3.5-turbo", False)]
)
async def test_some_models_of_openai_have_no_fingerprint(model: str, told: bool) -> None:
    raw = await streamed("openai", model=model)
    whole = await streamed("openai", model=model, stream=False)

    fingerprints = {event["system_fingerprint"] for event in raw.events[:-1]}
    assert fingerprints == {whole.json()["system_fingerprint"]}
    assert (None not in fingerprints) is told


@pytest.mark.parametrize(
    ("dialect", "prefix"),
    [
        ("openai", "chatcmpl-"),
        ("groq", "chatcmpl-"),
        ("openrouter", "gen-1790000001-"),
        ("azure", "chatcmpl-"),
    ],
)
async def test_all_chunks_of_a_stream_have_one_id(dialect: str, prefix: str) -> None:
    raw = await streamed(dialect)

    ids = {event["id"] for event in raw.events[:-1] if event["id"]}
    assert len(ids) == 1
    assert ids.pop().startswith(prefix)


@pytest.mark.parametrize(
    ("dialect", "content_type", "header"),
    [
        ("openai", "text/event-stream; charset=utf-8", "openai-processing-ms"),
        ("azure", "text/event-stream; charset=utf-8", "apim-request-id"),
        ("deepseek", "text/event-stream; charset=utf-8", "x-ds-trace-id"),
        ("mistral", "text/event-stream; charset=utf-8", "mistral-correlation-id"),
        ("openrouter", "text/event-stream", "x-generation-id"),
        ("groq", "text/event-stream", "x-groq-region"),
        ("vllm", "text/event-stream; charset=utf-8", "server"),
    ],
)
async def test_headers_are_those_of_the_provider(
    dialect: str, content_type: str, header: str
) -> None:
    raw = await streamed(dialect)

    assert raw.headers["content-type"] == content_type
    assert header in raw.headers


@pytest.mark.parametrize(
    ("dialect", "comment"), [("deepseek", b": keep-alive\n\n"), ("openrouter", b": OPENROUTER")]
)
async def test_while_the_model_thinks_some_send_comments(dialect: str, comment: bytes) -> None:
    async with FakeOpenAI(dialect, latency=Latency(first_token=0.01)) as fake:
        raw = await ask(fake, chat())

    assert raw.body.startswith(comment)


async def test_whole_answers_of_openrouter_are_padded_before() -> None:
    raw = await streamed("openrouter", stream=False)

    assert raw.body.startswith(b"\n         \n")
    assert json.loads(raw.body)["provider"]


async def test_the_body_of_openai_is_indented_and_that_of_groq_is_not() -> None:
    openai, groq = await streamed("openai", stream=False), await streamed("groq", stream=False)

    assert openai.body.startswith(b'{\n  "id": "chatcmpl-')
    assert openai.body.endswith(b"}\n")
    assert groq.body.startswith(b'{"id":"chatcmpl-')


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_models_are_listed(dialect: str) -> None:
    async with FakeOpenAI(dialect) as fake:
        listing = await ask(fake, b"", "/v1/models", method="GET")
        one = await ask(fake, b"", "/v1/models/" + fake.dialect.models[0], method="GET")

    names = [model["id"] for model in listing.json()["data"]]
    assert names == list(fake.dialect.models)
    assert one.json()["id"] == names[0]


async def test_a_model_that_is_not_listed_is_not_found() -> None:
    async with FakeOpenAI() as fake:
        raw = await ask(fake, b"", "/v1/models/gpt-0", method="GET")

    assert (raw.status, raw.json()["error"]["code"]) == (404, "model_not_found")


async def test_refusals_are_streamed_beside_the_content() -> None:
    raw = await streamed("openai", Answer(refusal="I cannot."))

    parts = [delta.get("refusal") for delta in deltas(raw.body)]
    assert "".join(part for part in parts if part) == "I cannot."
    assert text(raw.body) == ""
