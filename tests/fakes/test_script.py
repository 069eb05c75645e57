from __future__ import annotations

from typing import Any

import pytest

from fake_openai import Answer, Citation, Cut, FakeOpenAI, Received, ToolCall
from fake_openai.scripts.match import Match
from fake_openai.scripts.rulebook import Rule, Rules
from fake_openai.scripts.script_json import answer_from_json, to_json
from support.openai_client import ask, chat


def request(model: str, question: str) -> Received:
    return Received("POST", "/v1/chat/completions", model=model, question=question)


def test_chunks_that_do_not_add_up_to_the_text_are_refused() -> None:
    with pytest.raises(ValueError, match="chunks must add up to 'abc', got 'abd'"):
        Answer("abc", chunks=["ab", "d"])


def test_chunks_alone_make_the_text() -> None:
    assert Answer(chunks=["a", " b"]).text == "a b"


@pytest.mark.parametrize(
    ("members", "error", "message"),
    [
        ({"url": 7}, TypeError, "url of Citation must be text, got 7"),
        ({"url": "u", "start": -1}, ValueError, "start of Citation must be 0 or more, got -1"),
        (
            {"url": "u", "start": 5, "end": 4},
            ValueError,
            "end of Citation must not be before",
        ),
    ],
)
def test_a_citation_that_cannot_be_is_refused(
    members: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        Citation(**members)


def test_an_answer_cites_citations_only() -> None:
    with pytest.raises(TypeError, match="each of citations of Answer must be a Citation, got 'u'"):
        Answer("x", citations=["u"])  # type: ignore[list-item]  # that is the point


def test_citations_are_there_and_back_again_in_json() -> None:
    told = {"text": "x", "citations": [{"url": "https://one.test", "title": "One"}]}

    assert to_json(answer_from_json(told)) == told


async def test_a_chat_that_is_not_streamed_tells_citations() -> None:
    async with FakeOpenAI() as fake:
        fake.reply(Answer("one two", citations=[Citation("https://one.test", "One", 4)]))
        raw = await ask(fake, chat("hi", stream=False))

    note = {"end_index": 7, "start_index": 4, "title": "One", "url": "https://one.test"}
    (told,) = raw.json()["choices"][0]["message"]["annotations"]
    assert told == {"type": "url_citation", "url_citation": note}


def test_an_answer_with_tool_calls_ends_with_tool_calls() -> None:
    assert Answer(tool_calls=[ToolCall("f")]).ends_with == "tool_calls"


def test_an_answer_with_a_finish_reason_ends_with_it() -> None:
    assert Answer("x", finish_reason="content_filter").ends_with == "content_filter"


def test_arguments_given_as_a_mapping_are_compact_json() -> None:
    assert ToolCall("f", {"city": "Tromsø", "n": 1}).json == '{"city":"Tromsø","n":1}'


def rules(*given: Rule) -> Rules:
    made = Rules()
    for rule in given:
        made.add(rule)
    return made


def test_of_two_scripts_without_limit_the_later_is_used() -> None:
    first, second = Rule(["a"], None), Rule(["b"], None)

    assert rules(first, second).find(request("m", "q")) is second


def test_scripts_with_a_limit_are_used_first_and_in_their_order() -> None:
    always, first, second = Rule(["c"], None), Rule(["a"], 1), Rule(["b"], 1)
    made = rules(always, first, second)

    dealt = [rule.take() for _ in range(4) if (rule := made.find(request("m", "q")))]

    assert dealt == ["a", "b", "c", "c"]


def test_the_script_with_more_conditions_is_used() -> None:
    any_model, this_model = Rule(["a"], None), Rule(["b"], None, Match(model="m"))
    this_question = Rule(["c"], None, Match(model="m", contains="cat"))
    made = rules(this_question, this_model, any_model)

    found = [
        made.find(request("m", "a cat")),
        made.find(request("m", "a dog")),
        made.find(request("n", "a cat")),
    ]

    assert found == [this_question, this_model, any_model]


def test_answers_come_one_after_another_and_the_last_repeats() -> None:
    rule = Rule(["a", "b"], None)

    assert [rule.take() for _ in range(4)] == ["a", "b", "b", "b"]


def test_rows_of_faults_begin_again() -> None:
    rule = Rule(["a", "b"], None, cycle=True)

    assert [rule.take() for _ in range(4)] == ["a", "b", "a", "b"]


@pytest.mark.parametrize("times", [0, -1])
def test_scripts_for_no_request_are_refused(times: int) -> None:
    fake = FakeOpenAI()

    with pytest.raises(ValueError, match=f"times must be 1 or more, .* got {times}"):
        fake.reply("x", times=times)
    with pytest.raises(ValueError, match=f"times must be 1 or more, .* got {times}"):
        fake.fail(Cut(after=1), times=times)


def test_empty_scripts_are_refused() -> None:
    fake = FakeOpenAI()

    with pytest.raises(ValueError, match=r"reply\(\) needs at least one answer"):
        fake.reply()
    with pytest.raises(ValueError, match=r"fail\(\) needs at least one fault"):
        fake.fail()


def test_an_unknown_dialect_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"dialect must be one of openai, azure, .* got 'opnai'"):
        FakeOpenAI("opnai")
