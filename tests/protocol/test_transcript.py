from __future__ import annotations

import json
from typing import Any

import pytest

from steadystream.protocol.chat import decode
from steadystream.protocol.transcript import Transcript


def transcript(*documents: dict[str, Any]) -> Transcript:
    folded = Transcript()
    feed(folded, *documents)
    return folded


def feed(folded: Transcript, *documents: dict[str, Any]) -> None:
    for document in documents:
        chunk = decode(json.dumps(document))
        assert chunk is not None
        folded.feed(chunk)


def delta(*deltas: dict[str, Any], index: int = 0, **top: Any) -> list[dict[str, Any]]:
    return [{"choices": [{"index": index, "delta": each}], **top} for each in deltas]


def finish(reason: str | None, index: int = 0) -> dict[str, Any]:
    return {"choices": [{"index": index, "delta": {}, "finish_reason": reason}]}


def call(*deltas: dict[str, Any]) -> list[tuple[str, str, str]]:
    folded = transcript(*delta(*({"tool_calls": [each]} for each in deltas)))
    return [(each.id, each.name, each.arguments) for each in folded.tool_calls]


def part(name: str | None = None, arguments: str | None = None, **more: Any) -> dict[str, Any]:
    return {"function": {"name": name, "arguments": arguments}, **more}


def test_nothing_has_come_at_first() -> None:
    empty = Transcript()

    assert not empty
    assert (empty.text, empty.reasoning, empty.refusal, empty.tool_calls) == ("", "", "", [])
    assert (empty.choices, empty.finish_reasons, empty.text_chunks) == ([], {}, 0)
    assert not empty.is_finished


def test_content_is_joined() -> None:
    assert transcript(*delta({"content": "a"}, {"content": ""}, {"content": "b"})).text == "ab"


def test_content_deltas_are_counted_also_after_they_were_joined() -> None:
    folded = transcript(
        *delta({"role": "assistant", "content": ""}, {"content": "a"}, {"content": "b"})
    )
    assert (folded.text, folded.text_chunks) == ("ab", 2)

    feed(folded, *delta({"content": "c"}, {"reasoning": "r"}, {"content": "d"}))

    assert (folded.text, folded.text_chunks) == ("abcd", 4)


def test_choices_are_kept_apart_and_in_order() -> None:
    folded = transcript(
        *delta({"content": "b"}, index=1),
        *delta({"content": "a"}, index=0),
        *delta({"content": "B"}, index=1),
    )

    assert [(each.index, each.text) for each in folded.choices] == [(0, "a"), (1, "bB")]
    assert folded.text == "a"


def test_choices_of_one_chunk_are_all_taken() -> None:
    choices = [{"index": index, "delta": {"content": str(index)}} for index in range(3)]

    assert [each.text for each in transcript({"choices": choices}).choices] == ["0", "1", "2"]


def test_an_answer_without_choice_0_has_no_text() -> None:
    assert transcript(*delta({"content": "b"}, index=1)).text == ""


def test_it_is_finished_when_every_choice_seen_is() -> None:
    folded = transcript(*delta({"content": "a"}), *delta({"content": "b"}, index=1), finish("stop"))
    assert not folded.is_finished
    assert folded.finish_reasons == {0: "stop", 1: None}

    feed(folded, finish("length", index=1))

    assert folded.is_finished
    assert folded.finish_reasons == {0: "stop", 1: "length"}


def test_a_finish_reason_is_not_forgotten() -> None:
    again = delta({"role": "assistant", "content": ""})

    folded = transcript(finish("length"), finish(None), finish(""), *again)

    assert folded.finish_reasons == {0: "length"}


@pytest.mark.parametrize(
    "fields",
    [
        {"content": "a"},
        {"reasoning_content": "a"},
        {"refusal": "a"},
        {"tool_calls": [part("f", "", index=0, id="c")]},
        {"function_call": {"name": "f"}},
        {"reasoning_details": [{"type": "reasoning.encrypted", "data": "x"}]},
        {"audio": {"id": "a"}},
    ],
)
def test_an_answer_has_started_with_the_first_thing_of_it(fields: dict[str, Any]) -> None:
    assert transcript(*delta(fields)).started


def test_a_finish_reason_alone_is_an_answer() -> None:
    assert transcript(finish("stop")).started


def test_roles_empty_deltas_and_usage_do_not_start_an_answer() -> None:
    folded = transcript(
        *delta({"role": "assistant", "content": "", "refusal": None}, {}, {"reasoning": ""}),
        {"choices": [], "usage": {"total_tokens": 1}},
    )

    assert not folded.started


def test_the_first_identity_that_is_not_empty_holds() -> None:
    folded = transcript(
        {"id": "", "model": "", "created": 0, "choices": []},
        *delta({"content": "a"}, id="c1", model="m1", created=5),
        *delta({"content": "b"}, id="c2", model="m2", created=6),
        {**finish("stop"), "id": "c3", "system_fingerprint": "fp", "service_tier": "default"},
    )

    assert (folded.id, folded.model, folded.created) == ("c1", "m1", 5)
    assert (folded.system_fingerprint, folded.service_tier) == ("fp", "default")


def test_the_last_usage_holds() -> None:
    folded = transcript(
        {"choices": [], "usage": {"total_tokens": 1}},
        {"choices": [], "usage": None},
        {"choices": [], "x_groq": {"usage": {"total_tokens": 2}}},
        *delta({"content": "a"}, usage=None),
    )

    assert folded.usage == {"total_tokens": 2}


def test_an_error_is_no_part_of_the_answer() -> None:
    assert transcript({"error": {"message": "Bad"}}) == Transcript()


def test_a_tool_call_is_put_together_by_its_index() -> None:
    assert call(
        part("f", "", index=0, id="a"),
        part("g", "", index=1, id="b"),
        part(None, '{"x":', index=0),
        part(None, "{}", index=1),
        part(None, "1}", index=0),
    ) == [("a", "f", '{"x":1}'), ("b", "g", "{}")]


def test_an_empty_id_does_not_overwrite_the_real_one() -> None:
    assert call(part("f", "{", index=0, id="a"), part("", "}", index=0, id="")) == [
        ("a", "f", "{}")
    ]


def test_an_id_and_a_name_that_are_repeated_are_not_doubled() -> None:
    assert call(part("f", "{", index=0, id="a"), part("f", "}", index=0, id="a")) == [
        ("a", "f", "{}")
    ]


def test_a_name_may_come_in_parts() -> None:
    assert call(part("get_", index=0, id="a"), part("time", "{}", index=0)) == [
        ("a", "get_time", "{}")
    ]


def test_whole_calls_with_the_same_index_are_several() -> None:
    assert call(
        part("f", "{}", index=0, id="a"),
        part("f", "[", index=0, id="b"),
        part(None, "]", index=0),
    ) == [("a", "f", "{}"), ("b", "f", "[]")]


def test_another_id_without_a_name_does_not_overwrite_the_first() -> None:
    assert call(part("f", "{", index=0, id="a"), part(None, "}", index=0, id="b")) == [
        ("a", "f", "{}")
    ]


def test_calls_without_an_index_are_told_apart_by_their_ids() -> None:
    assert call(part("f", "{", id="a"), part("g", "[", id="b"), part(None, "}", id="a")) == [
        ("a", "f", "{}"),
        ("b", "g", "["),
    ]


def test_calls_without_index_and_id_begin_with_their_names() -> None:
    assert call(part("f", "{"), part(None, "}"), part("f", "[]")) == [
        ("", "f", "{}"),
        ("", "f", "[]"),
    ]


def test_whole_calls_may_come_in_one_chunk() -> None:
    calls = [part("f", "{}", id="a"), part("g", "[]", id="b")]

    folded = transcript(*delta({"tool_calls": calls}))

    assert [(each.id, each.name) for each in folded.tool_calls] == [("a", "f"), ("b", "g")]


def test_a_message_has_the_form_of_the_api() -> None:
    folded = transcript(*delta({"role": "assistant", "content": ""}, {"content": "Hi"}))

    assert folded.message() == {"role": "assistant", "content": "Hi", "refusal": None}


def test_a_message_with_calls_has_no_content() -> None:
    folded = transcript(*delta({"tool_calls": [part("f", "{}", index=0, id="a", type="function")]}))

    assert folded.message() == {
        "role": "assistant",
        "content": None,
        "refusal": None,
        "tool_calls": [
            {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}
        ],
    }


def test_custom_calls_have_their_own_form() -> None:
    calls = [
        {"index": 0, "id": "a", "type": "custom", "custom": {"name": "shell", "input": "ls"}},
        {"index": 0, "custom": {"input": " -l"}},
    ]

    (told,) = transcript(*delta(*({"tool_calls": [each]} for each in calls))).message()[
        "tool_calls"
    ]

    assert told == {"id": "a", "type": "custom", "custom": {"name": "shell", "input": "ls -l"}}


def test_what_a_server_wants_back_with_a_call_is_kept() -> None:
    signature = {"google": {"thought_signature": "c2ln"}}

    folded = transcript(*delta({"tool_calls": [part("f", "{}", id="a", extra_content=signature)]}))

    assert folded.message()["tool_calls"][0]["extra_content"] == signature


def test_the_call_of_the_older_api_is_put_together() -> None:
    folded = transcript(
        *delta(
            {"function_call": {"name": "f", "arguments": ""}},
            {"function_call": {"arguments": "{}"}},
        )
    )

    assert folded.message()["function_call"] == {"name": "f", "arguments": "{}"}
    assert folded.message()["content"] is None


@pytest.mark.parametrize("name", ["reasoning", "reasoning_content"])
def test_reasoning_is_in_the_message_under_the_name_it_came_with(name: str) -> None:
    folded = transcript(*delta({name: "a"}, {name: "b"}, {"content": "c"}))

    assert folded.message()[name] == "ab"
    assert folded.reasoning == "ab"


def test_reasoning_under_several_names_is_told_under_the_first() -> None:
    folded = transcript(*delta({"reasoning_content": "a"}, {"reasoning": "b"}))

    assert folded.message()["reasoning_content"] == "ab"
    assert "reasoning" not in folded.message()


def test_the_role_is_what_the_server_says() -> None:
    assert transcript(*delta({"role": "critic"}, {"content": "a"})).message()["role"] == "critic"


def test_structured_reasoning_is_joined_and_keeps_its_signature() -> None:
    text = {"type": "reasoning.text", "format": "f", "index": 0}
    folded = transcript(
        *delta(
            {"reasoning": "a", "reasoning_details": [{**text, "text": "a"}]},
            {"reasoning": "b", "reasoning_details": [{**text, "text": "b"}]},
            {"reasoning_details": [{"type": "reasoning.text", "index": 0, "signature": "s"}]},
            {"reasoning_details": [{"type": "reasoning.encrypted", "index": 1, "data": "x"}]},
        )
    )

    assert folded.reasoning == "ab"
    assert folded.message()["reasoning_details"] == [
        {**text, "text": "ab", "signature": "s"},
        {"type": "reasoning.encrypted", "index": 1, "data": "x"},
    ]


def test_a_refusal_is_in_the_message_without_content() -> None:
    folded = transcript(*delta({"refusal": "I "}, {"refusal": "cannot."}))

    assert folded.refusal == "I cannot."
    assert folded.message() == {"role": "assistant", "content": None, "refusal": "I cannot."}


def test_annotations_and_citations_are_kept() -> None:
    folded = transcript(
        *delta({"annotations": [{"type": "a"}]}, {"annotations": [{"type": "b"}]}),
        {**finish("stop"), "citations": ["https://a.example/"]},
    )

    assert folded.message()["annotations"] == [{"type": "a"}, {"type": "b"}]
    assert folded.response()["citations"] == ["https://a.example/"]


def test_log_probabilities_are_joined() -> None:
    entries = [{"token": "a", "logprob": -0.5}, {"token": "b", "logprob": -1.5}]
    folded = transcript(
        *(
            {"choices": [{"index": 0, "delta": {"content": entry["token"]}, "logprobs": logprobs}]}
            for entry in entries
            for logprobs in ({"content": [entry], "refusal": None},)
        ),
        {"choices": [{"index": 0, "delta": {}, "logprobs": None, "finish_reason": "stop"}]},
    )

    assert folded.response()["choices"][0]["logprobs"] == {"content": entries, "refusal": None}


def test_the_response_has_the_form_of_the_api() -> None:
    folded = transcript(
        *delta({"content": "Hi"}, id="c1", model="m", created=5, service_tier="default"),
        finish("stop"),
        {"choices": [], "usage": {"total_tokens": 3}},
    )

    assert folded.response() == {
        "id": "c1",
        "object": "chat.completion",
        "created": 5,
        "model": "m",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "Hi", "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {"total_tokens": 3},
        "service_tier": "default",
        "system_fingerprint": None,
    }


def test_the_message_of_a_choice_that_never_came_is_empty() -> None:
    assert Transcript().message(3) == {"role": "assistant", "content": "", "refusal": None}


def test_a_chunk_is_not_changed_by_what_follows_it() -> None:
    first, second = (
        decode(json.dumps(document))
        for document in (
            {
                "choices": [
                    {"delta": {"reasoning_details": [{"text": "a"}]}, "logprobs": {"c": [1]}}
                ]
            },
            {
                "choices": [
                    {"delta": {"reasoning_details": [{"text": "b"}]}, "logprobs": {"c": [2]}}
                ]
            },
        )
    )
    assert first is not None
    assert second is not None
    folded = Transcript()

    folded.feed(first)
    folded.feed(second)

    assert first.choices[0].delta.reasoning_details == [{"text": "a"}]
    assert first.choices[0].logprobs == {"c": [1]}


def test_halves_of_a_character_in_two_chunks_are_united() -> None:
    folded = Transcript()
    for half in (r"\ud83d", r"\ude00"):
        chunk = decode(f'{{"choices":[{{"index":0,"delta":{{"content":"{half}"}}}}]}}')
        assert chunk is not None
        folded.feed(chunk)

    assert folded.text == "\N{GRINNING FACE}"


def test_half_a_character_can_be_stored() -> None:
    folded = transcript(*delta({"content": "x\ud83d"}))

    assert Transcript.from_json(folded.to_json()) == folded


def test_it_can_be_fed_further_after_it_was_stored() -> None:
    folded = transcript(*delta({"content": "a"}, {"tool_calls": [part("f", "{", index=0, id="c")]}))

    again = Transcript.from_json(folded.to_json())
    feed(
        again, *delta({"content": "b"}, {"tool_calls": [part(None, "}", index=0)]}), finish("stop")
    )

    assert again.text == "ab"
    assert again.tool_calls[0].arguments == "{}"
    assert again.text_chunks == 2
    assert again.is_finished


@pytest.mark.parametrize(
    "stored", ["", "{", "null", "[]", "{}", '{"object":"chat.completion","choices":[]}', b"\xff"]
)
def test_what_is_no_stored_transcript_is_refused(stored: str | bytes) -> None:
    with pytest.raises(ValueError, match="expected a stored transcript, got"):
        Transcript.from_json(stored)


def test_transcripts_differ_in_what_has_come() -> None:
    one = transcript(*delta({"content": "a"}))

    assert one != transcript(*delta({"content": "b"}))
    assert one != transcript(*delta({"content": "a"}), finish("stop"))
    assert one != transcript(*delta({"content": "a"}, id="c1"))
    assert one != "a"


def test_its_repr_shows_lengths_and_no_text() -> None:
    folded = transcript(
        *delta({"content": "secret"}, {"reasoning": "hidden"}, id="c1", model="m"),
        *delta({"tool_calls": [part("f", "private", index=0, id="a")]}),
    )

    shown = repr(folded) + repr(folded.tool_calls)

    assert "text: 6" in shown
    assert "reasoning: 6" in shown
    assert "7 characters" in shown
    assert not any(word in shown for word in ("secret", "hidden", "private"))
