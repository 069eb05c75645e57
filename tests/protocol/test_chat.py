from __future__ import annotations

import json
from typing import Any

import pytest

from steadystream.errors import Malformed
from steadystream.protocol.chat import Chunk, Delta, ErrorInfo, decode


def chunk(document: dict[str, Any]) -> Chunk:
    decoded = decode(json.dumps(document))
    assert decoded is not None
    return decoded


def of_delta(delta: Any, **choice: Any) -> Chunk:
    return chunk({"id": "c1", "choices": [{"index": 0, "delta": delta, **choice}]})


def test_a_chunk_is_decoded_from_text_and_from_bytes() -> None:
    data = '{"id":"c1","object":"chat.completion.chunk","created":5,"model":"m","choices":[]}'

    for decoded in (decode(data), decode(data.encode())):
        assert decoded == Chunk([], id="c1", object="chat.completion.chunk", created=5, model="m")


def test_fields_that_are_not_known_are_ignored() -> None:
    decoded = chunk(
        {"choices": [{"index": 0, "delta": {"content": "a", "x": [1]}, "y": {}}], "z": 1}
    )

    assert decoded.text == "a"


@pytest.mark.parametrize("data", ["[DONE]", "", "{", "nonsense", '{"a":1}x', "[" * 100_000])
def test_what_is_not_json_is_malformed(data: str) -> None:
    with pytest.raises(Malformed, match="expected a chunk in JSON, got") as caught:
        decode(data)

    assert caught.value.got == data[:80]


def test_bytes_that_are_not_utf8_are_malformed() -> None:
    with pytest.raises(Malformed, match="expected a chunk in JSON"):
        decode(b'{"a":"\xff"')


@pytest.mark.parametrize(
    "data",
    ["null", "5", '"ping"', "[]", "[1, 2]", "{}", '{"type": "ping"}', '{"message": "hello"}'],
)
def test_json_of_another_kind_is_no_chunk(data: str) -> None:
    assert decode(data) is None


@pytest.mark.parametrize("choices", [[], None, "none"])
def test_a_chunk_may_have_no_choices(choices: Any) -> None:
    decoded = chunk({"id": "", "object": "", "model": "", "created": 0, "choices": choices})

    assert (decoded.choices, decoded.text, decoded.carries) == ([], "", False)


@pytest.mark.parametrize("choice", [{"index": 0}, {"index": 0, "delta": None}, {}, {"delta": {}}])
def test_a_delta_may_be_null_or_missing(choice: dict[str, Any]) -> None:
    decoded = chunk({"choices": [choice]})

    assert decoded.choices[0].delta == Delta()
    assert decoded.choices[0].index == 0
    assert not decoded.carries


def test_choices_without_an_index_are_numbered_by_place() -> None:
    decoded = chunk({"choices": [{"index": None, "delta": None}, {"index": None, "delta": None}]})

    assert [choice.index for choice in decoded.choices] == [0, 1]


def test_values_of_other_types_are_brought_into_form() -> None:
    decoded = chunk(
        {
            "id": 7,
            "created": "soon",
            "model": 4.5,
            "usage": "much",
            "choices": [
                "nothing",
                {"index": "1", "finish_reason": 3, "delta": {"content": 12, "role": None}},
            ],
        }
    )

    (choice,) = decoded.choices
    assert (decoded.id, decoded.created, decoded.model, decoded.usage) == ("7", None, "4.5", None)
    assert (choice.index, choice.finish_reason, choice.delta.content) == (1, "3", "12")


def test_a_delta_that_is_a_text_is_content() -> None:
    assert of_delta("hello").text == "hello"


def test_half_a_surrogate_pair_is_taken() -> None:
    assert decode(r'{"choices":[{"delta":{"content":"\ud83d"}}]}') == chunk(
        {"choices": [{"delta": {"content": "\ud83d"}}]}
    )


def test_numbers_that_json_does_not_have_are_taken() -> None:
    decoded = decode('{"choices":[{"delta":{"content":"a"},"logprobs":{"content":[-Infinity]}}]}')

    assert decoded is not None
    assert decoded.choices[0].logprobs == {"content": [float("-inf")]}


@pytest.mark.parametrize(
    ("delta", "reasoning"),
    [
        ({"reasoning_content": "a"}, "a"),
        ({"reasoning": "a"}, "a"),
        ({"reasoning": "a", "reasoning_content": "a"}, "a"),
        ({"reasoning": "a", "reasoning_content": None}, "a"),
        ({"reasoning": "", "reasoning_content": "a"}, "a"),
        ({"reasoning": "a", "reasoning_details": [{"type": "reasoning.text", "text": "a"}]}, "a"),
        ({"reasoning_details": [{"text": "a"}, {"summary": "b"}, {"data": "x"}, "?"]}, "ab"),
        ({"reasoning": {"text": "a"}}, "a"),
        ({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "a"}]}]}, "a"),
        ({"content": [{"type": "thinking", "thinking": "a"}]}, "a"),
        ({"content": [{"type": "text", "text": "b"}], "reasoning_content": "a"}, "a"),
        ({"content": "a"}, ""),
    ],
)
def test_reasoning_is_read_under_every_name_and_once(delta: dict[str, Any], reasoning: str) -> None:
    assert of_delta(delta).choices[0].delta.reasoning == reasoning


def test_a_list_of_content_is_split_into_text_and_thinking() -> None:
    parts = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "a"}], "closed": True},
        {"type": "text", "text": "b"},
        "c",
        {"type": "reference", "reference_ids": [1]},
    ]

    delta = of_delta({"content": parts}).choices[0].delta

    assert (delta.content, delta.reasoning) == ("bc", "a")


def test_text_is_the_content_of_choice_0() -> None:
    choices = [{"index": 1, "delta": {"content": "b"}}, {"index": 0, "delta": {"content": "a"}}]

    assert chunk({"choices": choices}).text == "a"
    assert chunk({"choices": choices[:1]}).text == ""


def test_text_beside_the_delta_is_not_doubled() -> None:
    assert of_delta({"content": "a"}, text="a").text == "a"


def test_text_without_a_delta_is_content() -> None:
    assert chunk({"choices": [{"index": 0, "text": "a"}]}).text == "a"


CALL = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "f", "arguments": ""}}


@pytest.mark.parametrize(
    "choice",
    [
        {"delta": {"content": "a"}},
        {"delta": {"content": " "}},
        {"delta": {"reasoning": "a"}},
        {"delta": {"reasoning_content": "a"}},
        {"delta": {"reasoning_details": [{"type": "reasoning.encrypted", "data": "a"}]}},
        {"delta": {"refusal": "a"}},
        {"delta": {"tool_calls": [CALL]}},
        {"delta": {"tool_calls": [{"index": 0, "function": {"arguments": "{"}}]}},
        {"delta": {"tool_calls": [{"index": 0, "custom": {"input": "x"}}]}},
        {"delta": {"function_call": {"name": "f"}}},
        {"delta": {"function_call": {"arguments": "{"}}},
        {"delta": {"audio": {"id": "a"}}},
        {"delta": {}, "finish_reason": "stop"},
        {"delta": None, "finish_reason": "stop"},
        {"text": "a"},
    ],
)
def test_a_chunk_carries_something_of_the_answer(choice: dict[str, Any]) -> None:
    assert chunk({"choices": [{"index": 0, **choice}]}).carries
    assert chunk({"choices": [{"index": 0, "delta": {}}, {"index": 1, **choice}]}).carries


@pytest.mark.parametrize(
    "choice",
    [
        {"delta": {"role": "assistant", "content": "", "refusal": None}},
        {"delta": {"role": "assistant", "content": None, "reasoning_content": ""}},
        {"delta": {"content": "", "reasoning": "", "reasoning_details": []}},
        {"delta": {"reasoning_details": [{"type": "reasoning.text", "text": "", "index": 0}]}},
        {"delta": {"tool_calls": []}},
        {"delta": {"tool_calls": [{"index": 0, "id": "", "function": {"arguments": ""}}]}},
        {"delta": {"function_call": {"name": "", "arguments": ""}}},
        {"delta": {"annotations": [{"type": "url_citation"}]}},
        {"delta": {}, "finish_reason": ""},
        {"delta": {}, "logprobs": {"content": [{"token": "a"}]}},
        {"text": ""},
    ],
)
def test_a_chunk_carries_nothing_of_the_answer(choice: dict[str, Any]) -> None:
    assert not chunk({"choices": [{"index": 0, **choice}], "usage": {"total_tokens": 5}}).carries


def test_usage_may_stand_in_the_extension_of_groq() -> None:
    decoded = chunk({"choices": [], "x_groq": {"id": "r", "usage": {"total_tokens": 5}}})

    assert decoded.usage == {"total_tokens": 5}


def test_usage_of_its_own_goes_before_that_of_an_extension() -> None:
    decoded = chunk({"choices": [], "usage": {"a": 1}, "x_groq": {"usage": {"a": 2}}})

    assert decoded.usage == {"a": 1}


def test_usage_may_come_without_choices() -> None:
    assert chunk({"usage": {"total_tokens": 5}}).usage == {"total_tokens": 5}


def test_arguments_that_are_an_object_are_written_as_json() -> None:
    call = {"function": {"name": "f", "arguments": {"city": "Tromsø"}}}

    (decoded,) = of_delta({"tool_calls": call}).choices[0].delta.tool_calls or []

    assert decoded.function is not None
    assert decoded.function.arguments == '{"city": "Tromsø"}'


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (
            {"error": {"message": "Bad", "type": "model_error", "param": None, "code": None}},
            ErrorInfo("Bad", None, "model_error"),
        ),
        ({"error": {"message": "Bad", "code": 500}}, ErrorInfo("Bad", 500)),
        ({"error": "Bad"}, ErrorInfo("Bad")),
        (
            {"object": "error", "message": "Bad", "type": "BadRequestError", "code": 400},
            ErrorInfo("Bad", 400, "BadRequestError"),
        ),
        ({"message": "Bad", "code": "wrong_api_key"}, ErrorInfo("Bad", "wrong_api_key")),
        ({"detail": "Bad"}, ErrorInfo("Bad")),
        (
            {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
            ErrorInfo("Overloaded", None, "overloaded_error"),
        ),
        (
            {
                "choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}],
                "error": {"code": "server_error", "message": "Provider disconnected"},
            },
            ErrorInfo("Provider disconnected", "server_error"),
        ),
        ({"choices": [{"index": 0, "error": {"message": "Bad", "code": 1}}]}, ErrorInfo("Bad", 1)),
    ],
)
def test_an_error_in_the_stream_is_told(document: dict[str, Any], expected: ErrorInfo) -> None:
    assert chunk(document).error_info == expected


def test_an_error_in_a_list_is_told() -> None:
    decoded = decode('[{"error": {"message": "Bad", "code": 400, "status": "INVALID"}}]')

    assert decoded is not None
    assert decoded.error_info == ErrorInfo("Bad", 400, "INVALID")


@pytest.mark.parametrize("error", [None, {}, "", False])
def test_an_error_that_says_nothing_is_none(error: Any) -> None:
    assert chunk({"choices": [], "error": error}).error_info is None
