from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadystream.errors import GaveUp
from steadystream.events import Rung
from steadystream.protocol.chat import decode
from steadystream.protocol.continuation import Continuation, continuation, is_whole
from steadystream.protocol.dialects import DIALECTS
from steadystream.protocol.ladder import Ladder
from steadystream.protocol.transcript import Transcript
from steadystream.request import Request
from support.scripted import REQUEST, chunk

PREFIX = Ladder(rungs=frozenset({Rung.EXACT_PREFIX, Rung.PREFILL}))
CONTINUING = [name for name, dialect in DIALECTS.items() if dialect.rung is not None]


def transcript(*deltas: dict[str, Any] | str, finish: str | None = None) -> Transcript:
    so_far = Transcript()
    for delta in deltas:
        held = {"content": delta} if isinstance(delta, str) else delta
        so_far.feed(_decoded(chunk(held)))
    if finish:
        so_far.feed(_decoded(chunk(finish=finish)))
    return so_far


def _decoded(event: bytes) -> Any:
    return decode(event.removeprefix(b"data: "))


def asking(**body: Any) -> Request:
    return replace(REQUEST, body={**REQUEST.body, **body})


def rest(request: Request, *pieces: str, dialect: str = "vllm") -> Continuation:
    found = continuation(request, transcript(*pieces), DIALECTS[dialect])
    assert isinstance(found, Continuation)
    return found


def asked(request: Request, *pieces: str, dialect: str = "vllm") -> dict[str, Any]:
    found = rest(request, *pieces, dialect=dialect)
    assert found.request is not None
    return dict(found.request.body)


FINAL = {"continue_final_message": True, "add_generation_prompt": False}


@pytest.mark.parametrize(
    ("dialect", "mark", "switches"),
    [
        ("vllm", {}, FINAL),
        ("sglang", {}, FINAL),
        ("llamacpp", {}, FINAL),
        ("deepseek", {"prefix": True}, {}),
        ("mistral", {"prefix": True}, {}),
        ("qwen", {"partial": True}, {}),
        ("kimi", {"partial": True}, {}),
        ("groq", {}, {}),
    ],
)
def test_what_was_delivered_is_handed_in_as_the_dialect_wants_it(
    dialect: str, mark: dict[str, Any], switches: dict[str, Any]
) -> None:
    body = asked(REQUEST, "one", " two", dialect=dialect)

    partial = {"role": "assistant", "content": "one two", **mark}
    messages = [*REQUEST.body["messages"], partial]
    assert body == {**REQUEST.body, "messages": messages, **switches}


def test_every_dialect_that_continues_is_in_the_table_above() -> None:
    table = {"vllm", "sglang", "llamacpp", "deepseek", "mistral", "qwen", "kimi", "groq"}

    assert set(CONTINUING) == table | {"openrouter"}


@pytest.mark.parametrize("dialect", CONTINUING)
def test_the_request_of_the_caller_is_not_changed(dialect: str) -> None:
    request = asking(model="claude-3-haiku", max_tokens=9)
    before = copy.deepcopy(request.body)

    rest(request, "one", dialect=dialect)

    assert request.body == before


def test_the_continuation_of_deepseek_goes_to_its_own_address() -> None:
    request = replace(REQUEST, url="https://api.deepseek.com/v1/chat/completions?a=b")

    found = rest(request, "one", dialect="deepseek").request

    assert found is not None
    assert found.url == "https://api.deepseek.com/beta/chat/completions?a=b"


@pytest.mark.parametrize("dialect", [name for name in DIALECTS if name not in CONTINUING])
def test_a_server_that_cannot_continue_is_not_asked_to(dialect: str) -> None:
    found = continuation(REQUEST, transcript("one"), DIALECTS[dialect], PREFIX)

    assert found is GaveUp.CANNOT_CONTINUE


@pytest.mark.parametrize(
    ("model", "takes_it"),
    [
        ("anthropic/claude-3.5-sonnet", True),
        ("anthropic/claude-haiku-4.5", True),
        ("anthropic/claude-sonnet-4", True),
        ("anthropic/claude-sonnet-4-20250514", True),
        ("anthropic/claude-opus-4.6", False),
        ("anthropic/claude-opus-4-6", False),
        ("openai/gpt-4.1-mini", False),
    ],
)
def test_openrouter_is_asked_only_for_models_that_take_a_prefill(
    model: str, takes_it: bool
) -> None:
    found = continuation(asking(model=model), transcript("one"), DIALECTS["openrouter"], PREFIX)

    assert isinstance(found, Continuation) is takes_it


def test_only_a_dialect_that_echoes_is_expected_to_echo() -> None:
    echoing = [
        name for name in ("vllm", "mistral", "qwen") if rest(REQUEST, "a", dialect=name).echo
    ]

    assert echoing == ["mistral"]


@pytest.mark.parametrize(
    ("dialect", "own", "more"),
    [
        ("vllm", {"role": "assistant", "content": "Yes"}, FINAL),
        ("deepseek", {"role": "assistant", "content": "Yes", "prefix": True}, {}),
        ("kimi", {"role": "assistant", "content": "Yes", "partial": True, "name": "x"}, {}),
        ("groq", {"role": "assistant", "content": "Yes"}, {}),
    ],
)
def test_a_prefix_of_the_caller_grows_by_what_was_delivered(
    dialect: str, own: dict[str, Any], more: dict[str, Any]
) -> None:
    messages = [*REQUEST.body["messages"], own]

    body = asked(asking(messages=messages, **more), ", one", dialect=dialect)

    assert body["messages"] == [*REQUEST.body["messages"], {**own, "content": "Yes, one"}]


@pytest.mark.parametrize(
    ("dialect", "own"),
    [
        ("vllm", {"role": "assistant", "content": "an earlier turn"}),
        ("deepseek", {"role": "assistant", "content": "an earlier turn"}),
        ("groq", {"role": "assistant", "content": [{"type": "text", "text": "parts"}]}),
    ],
)
def test_an_earlier_turn_of_the_assistant_is_not_taken_for_a_prefix(
    dialect: str, own: dict[str, Any]
) -> None:
    request = asking(messages=[*REQUEST.body["messages"], own])

    found = continuation(request, transcript("one"), DIALECTS[dialect], PREFIX)

    assert found is GaveUp.CANNOT_CONTINUE


def test_the_echo_holds_the_prefix_of_the_caller_too() -> None:
    own = {"role": "assistant", "content": "Yes", "prefix": True}
    messages = [*REQUEST.body["messages"], own]

    found = rest(asking(messages=messages), ", one", dialect="mistral")

    assert found.echo == "Yes, one"


def test_whitespace_at_the_end_is_not_handed_in() -> None:
    found = rest(REQUEST, "one", "\n", "\n")

    assert found.request is not None
    assert found.request.body["messages"][-1]["content"] == "one"
    assert found.whitespace == "\n\n"


@pytest.mark.parametrize("dialect", ["vllm", "mistral", "openai"])
def test_nothing_but_whitespace_is_asked_for_again_from_the_start(dialect: str) -> None:
    request = asking(max_tokens=5)

    found = rest(request, "\n", " ", dialect=dialect)

    assert found.request is not None
    assert found.request.body == request.body
    assert (found.whitespace, found.echo) == ("\n ", "")


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
def test_ceilings_shrink_by_what_was_handed_in(name: str) -> None:
    assert asked(asking(**{name: 7}), "a", " b")[name] == 5


def test_whitespace_that_has_to_come_again_is_left_in_the_ceiling() -> None:
    assert asked(asking(max_tokens=7), "a", " b", "\n", "\n")["max_tokens"] == 5


def test_a_token_that_ends_in_whitespace_has_to_come_again_in_part() -> None:
    assert asked(asking(max_tokens=7), "a", " b\n", "\n")["max_tokens"] == 6


def test_the_ceiling_does_not_depend_on_when_the_text_was_looked_at() -> None:
    watched, unwatched = Transcript(), Transcript()
    for piece in ("a", "b\n", "\n", " "):
        watched.feed(_decoded(chunk({"content": piece})))
        unwatched.feed(_decoded(chunk({"content": piece})))
        assert watched.text

    assert watched.settled_text_chunks == unwatched.settled_text_chunks == 1


@given(st.lists(st.sampled_from(["a", " b", "\n", " ", "c \n", "\u3000", "d\u2028"])), st.data())
def test_a_chunk_is_settled_when_no_whitespace_at_the_end_touches_it(
    pieces: list[str], data: st.DataObject
) -> None:
    so_far = Transcript()
    ends: list[int] = []
    for piece in pieces:
        so_far.feed(_decoded(chunk({"content": piece})))
        ends.append((ends or [0])[-1] + len(piece))
        if data.draw(st.booleans()):
            assert so_far.text == "".join(pieces[: len(ends)])

    handed_in = len("".join(pieces).rstrip())
    assert so_far.settled_text_chunks == sum(end <= handed_in for end in ends)


@pytest.mark.parametrize("limit", [1, 2])
def test_an_answer_at_its_ceiling_leaves_nothing_to_ask_for(limit: int) -> None:
    found = rest(asking(max_tokens=limit), "a", "\n")

    assert (found.request, found.rung) == (None, Rung.LENGTH)


def test_the_ceiling_of_an_answer_is_known_without_a_way_to_continue() -> None:
    assert rest(asking(max_tokens=1), "a", dialect="openai").rung is Rung.LENGTH


CALL = {"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": "{"}}]}


@pytest.mark.parametrize(
    ("body", "deltas", "why"),
    [
        ({"n": 2}, ["one"], GaveUp.SEVERAL_CHOICES),
        ({}, [CALL], GaveUp.TORN_TOOL_CALL),
        ({}, ["one", CALL], GaveUp.TORN_TOOL_CALL),
        ({}, [{"function_call": {"name": "f"}}], GaveUp.TORN_TOOL_CALL),
        ({}, [{"reasoning": "hm"}], GaveUp.TORN_REASONING),
        ({}, [{"reasoning_details": [{"type": "reasoning.text"}]}], GaveUp.TORN_REASONING),
        ({}, [{"audio": {"data": "UklG"}}], GaveUp.AUDIO),
        ({"modalities": ["text", "audio"]}, ["one"], GaveUp.AUDIO),
        ({"web_search_options": {"search_context_size": "low"}}, ["one"], GaveUp.ANNOTATIONS),
        ({}, ["one", {"annotations": [{"type": "url_citation"}]}], GaveUp.ANNOTATIONS),
        ({}, [{"refusal": "I can"}], GaveUp.REFUSAL),
        ({"response_format": {"type": "json_object"}}, ["{"], GaveUp.CONSTRAINED_FORMAT),
        ({"response_format": {"type": "json_schema"}}, ["{"], GaveUp.CONSTRAINED_FORMAT),
        ({"guided_regex": "a*"}, ["a"], GaveUp.CONSTRAINED_FORMAT),
        ({"tool_choice": "required"}, ["a"], GaveUp.CONSTRAINED_FORMAT),
    ],
)
def test_what_cannot_be_continued_as_text_says_why(
    body: dict[str, Any], deltas: list[Any], why: GaveUp
) -> None:
    assert continuation(asking(**body), transcript(*deltas), DIALECTS["vllm"], PREFIX) is why


@pytest.mark.parametrize(
    "body",
    [
        {"response_format": {"type": "text"}},
        {"response_format": None},
        {"tool_choice": "auto", "tools": []},
        {"tool_choice": "none"},
        {"guided_json": None},
        {"n": 1},
        {"n": None},
    ],
)
def test_settings_that_constrain_nothing_do_not_stop_a_continuation(body: dict[str, Any]) -> None:
    assert isinstance(
        continuation(asking(**body), transcript("one"), DIALECTS["vllm"]), Continuation
    )


@pytest.mark.parametrize(
    ("n", "finish", "whole"),
    [(None, "stop", True), (1, "stop", True), (2, "stop", False), (None, None, False)],
)
def test_an_answer_is_whole_when_every_choice_has_its_end(
    n: int | None, finish: str | None, whole: bool
) -> None:
    assert is_whole(asking(n=n), transcript("one", finish=finish)) is whole


def test_an_answer_that_never_began_is_not_whole() -> None:
    assert not is_whole(REQUEST, Transcript())


@pytest.mark.parametrize("limit", [-1, 0])
def test_a_ceiling_that_is_not_positive_is_none(limit: int) -> None:
    assert asked(asking(max_tokens=limit), "one", " two")["max_tokens"] == limit


def test_chunks_shorter_than_tokens_do_not_count_against_the_ceiling() -> None:
    pieces = list("The sea is wide.")

    assert asked(asking(max_tokens=10), *pieces)["max_tokens"] == 10 - len(pieces) // 4


def test_short_tokens_are_not_taken_for_pieces_of_tokens() -> None:
    pieces = ("Once", " a", " a", " a", " a", ",", " ", '"')

    assert asked(asking(max_tokens=9), *pieces)["max_tokens"] == 1


def test_the_floor_shrinks_with_the_ceiling() -> None:
    assert asked(asking(min_tokens=3), "one", " two")["min_tokens"] == 1
    assert asked(asking(min_tokens=1), "one", " two")["min_tokens"] == 0


def test_an_echoed_beginning_of_the_callers_own_is_not_handed_in_twice() -> None:
    own = {"role": "assistant", "content": "The sea", "prefix": True}
    request = asking(messages=[*REQUEST.body["messages"], own])

    found = rest(request, "The sea", " is blue", dialect="mistral")

    assert found.request is not None
    assert found.request.body["messages"][-1] == {**own, "content": "The sea is blue"}
    assert found.echo == "The sea is blue"


def test_a_server_is_not_asked_to_echo_what_is_handed_in() -> None:
    assert "echo" not in asked(asking(echo=True), "one")


@pytest.mark.parametrize("grammar", ["regex", "ebnf", "structural_tag", "guided_regex"])
def test_a_grammar_under_any_name_is_not_continued(grammar: str) -> None:
    found = continuation(asking(**{grammar: "x"}), transcript("one"), DIALECTS["sglang"], PREFIX)

    assert found is GaveUp.CONSTRAINED_FORMAT


def test_half_a_character_is_nothing_to_go_on_from() -> None:
    found = continuation(asking(), transcript("a\ud83d"), DIALECTS["vllm"], PREFIX)

    assert found is GaveUp.CANNOT_CONTINUE


# Reasoning, JSON, limits

JSON = {"response_format": {"type": "json_object"}}


def test_deepseek_is_given_the_reasoning_with_the_text() -> None:
    so_far = transcript({"reasoning_content": "hm"}, "so")

    found = continuation(asking(), so_far, DIALECTS["deepseek"])

    assert isinstance(found, Continuation)
    assert found.request is not None
    assert found.request.body["messages"][-1]["reasoning_content"] == "hm"


def test_a_server_that_takes_no_reasoning_is_given_none() -> None:
    found = continuation(asking(), transcript({"reasoning": "hm"}, "so"), DIALECTS["vllm"])

    assert isinstance(found, Continuation)
    assert found.request is not None
    assert found.request.body["messages"][-1] == {"role": "assistant", "content": "so"}


def test_reasoning_counts_against_the_ceiling_and_leaves_room_for_one_token() -> None:
    def limit(thought: str) -> int:
        so_far = transcript({"reasoning": thought}, "so")
        found = continuation(asking(max_completion_tokens=20), so_far, DIALECTS["vllm"])
        assert isinstance(found, Continuation)
        assert found.request is not None
        return int(found.request.body["max_completion_tokens"])

    assert (limit("hmm " * 4), limit("hmm " * 40)) == (15, 1)


def test_json_at_its_ceiling_is_concluded_whatever_the_server_can() -> None:
    assert rest(asking(max_tokens=1, **JSON), "{").rung is Rung.LENGTH


def test_json_is_joined_under_a_check() -> None:
    assert rest(asking(**JSON), "{", dialect="deepseek").format == {"type": "json_object"}
    assert rest(REQUEST, "{", dialect="deepseek").format is None


@pytest.mark.parametrize("dialect", ["openai", "kimi", "vllm", "groq"])
def test_json_that_would_start_anew_is_regenerated(dialect: str) -> None:
    assert rest(asking(**JSON), "{", dialect=dialect).rung is Rung.REGENERATE


def test_what_is_regenerated_is_the_request_of_the_caller() -> None:
    request = asking(max_tokens=9, seed=3)

    assert rest(request, "one", dialect="openai").request is request


def test_a_model_is_not_asked_in_words_behind_a_prefix_of_the_caller() -> None:
    own = {"role": "assistant", "content": "It was"}
    request = asking(messages=[*REQUEST.body["messages"], own])
    ladder = Ladder(rungs=frozenset({Rung.INSTRUCT}))

    found = continuation(
        request, transcript(" a dark and stormy night"), DIALECTS["openai"], ladder
    )

    assert found is GaveUp.CANNOT_CONTINUE


def test_whitespace_is_not_asked_for_again_where_no_rung_is_allowed() -> None:
    found = continuation(REQUEST, transcript("\n"), DIALECTS["vllm"], Ladder(rungs=frozenset()))

    assert found is GaveUp.CANNOT_CONTINUE
