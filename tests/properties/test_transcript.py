from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from steadystream.protocol.chat import decode
from steadystream.protocol.transcript import Transcript

# Each example is a whole answer: a third as many stay within a quarter of a second.
few = settings(max_examples=settings().max_examples // 3)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
CALLS = st.lists(st.tuples(st.text("fg", min_size=1, max_size=4), TEXTS), max_size=3)
ANSWERS = st.lists(
    st.fixed_dictionaries(
        {
            "content": TEXTS,
            "reasoning": TEXTS,
            "refusal": TEXTS,
            "calls": CALLS,
            "logprobs": st.lists(st.integers(-9, 0), max_size=3),
            "finish": st.sampled_from([None, "stop", "length"]),
        }
    ),
    min_size=1,
    max_size=3,
)


def pieces(draw: st.DrawFn, text: str) -> list[str]:
    """Cut a text anywhere, also into empty pieces."""
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=4)))
    return [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def of_choice(draw: st.DrawFn, index: int, answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one way to cut what is said of one choice into entries of chunks."""
    entries: list[dict[str, Any]] = [{"delta": {"role": "assistant", "content": ""}}]
    for name in ("reasoning", "content", "refusal"):
        entries += [{"delta": {name: piece}} for piece in pieces(draw, answer[name])]
    for number, (name, arguments) in enumerate(answer["calls"]):
        head = {"index": number, "id": f"call_{number}", "type": "function"}
        first, *others = pieces(draw, arguments)
        calls = [{**head, "function": {"name": name, "arguments": first}}]
        calls += [{"index": number, "function": {"arguments": piece}} for piece in others]
        entries += [{"delta": {"tool_calls": [call]}} for call in calls]
    for value in answer["logprobs"]:
        entries.append({"delta": {}, "logprobs": {"content": [{"logprob": value}]}})
    entries.append({"delta": {}, "finish_reason": answer["finish"]})
    return [{"index": index, **entry} for entry in entries]


def interleaved(draw: st.DrawFn, queues: list[list[Any]]) -> Iterator[Any]:
    while queues := [queue for queue in queues if queue]:
        yield draw(st.sampled_from(queues)).pop(0)


@st.composite
def streams(draw: st.DrawFn, answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    entries = list(
        interleaved(draw, [of_choice(draw, i, answer) for i, answer in enumerate(answers)])
    )
    chunks = [{"id": "c1", "model": "m", "created": 5, "choices": [entry]} for entry in entries]
    return [*chunks, {"id": "c1", "choices": [], "usage": {"total_tokens": 7}}]


def fold(chunks: list[dict[str, Any]], into: Transcript | None = None) -> Transcript:
    transcript = Transcript() if into is None else into
    for document in chunks:
        chunk = decode(json.dumps(document))
        assert chunk is not None
        transcript.feed(chunk)
    return transcript


@few
@given(st.data(), ANSWERS)
def test_how_an_answer_is_cut_into_chunks_does_not_matter(
    data: st.DataObject, answers: list[dict[str, Any]]
) -> None:
    one, other = (fold(data.draw(streams(answers))) for _ in range(2))

    assert one == other
    for mine, answer in zip(one.choices, answers, strict=True):
        assert (mine.text, mine.reasoning) == (answer["content"], answer["reasoning"])
        assert mine.refusal == answer["refusal"]
        assert [(call.name, call.arguments) for call in mine.tool_calls] == answer["calls"]
        assert mine.finish_reason == answer["finish"]


@few
@given(st.data(), ANSWERS)
def test_it_may_be_stored_and_read_back_anywhere(
    data: st.DataObject, answers: list[dict[str, Any]]
) -> None:
    chunks = data.draw(streams(answers))
    place = data.draw(st.integers(0, len(chunks)))

    before = fold(chunks[:place])
    stored = Transcript.from_json(before.to_json())
    assert stored == before

    assert fold(chunks[place:], into=stored) == fold(chunks)
    assert stored.text_chunks == fold(chunks).text_chunks


@few
@given(st.data(), ANSWERS)
def test_looking_at_it_changes_nothing(data: st.DataObject, answers: list[dict[str, Any]]) -> None:
    chunks = data.draw(streams(answers))
    watched = Transcript()

    for chunk in chunks:
        fold([chunk], into=watched)
        repr(watched)
        watched.response()

    assert watched == fold(chunks)
    assert watched.text_chunks == fold(chunks).text_chunks


@few
@given(st.data(), ANSWERS)
def test_it_has_started_once_a_chunk_carried_something(
    data: st.DataObject, answers: list[dict[str, Any]]
) -> None:
    transcript = Transcript()
    carried = False

    for document in data.draw(streams(answers)):
        chunk = decode(json.dumps(document))
        assert chunk is not None
        transcript.feed(chunk)
        carried = carried or chunk.carries

        assert transcript.started is carried


def objects(names: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names.split(), values))


scalars = st.sampled_from([None, True, 0, 1, -1, 2.5, 10**30, "", "0", "text", "\ud83d"])
small = scalars | st.lists(scalars, max_size=2) | objects("text type id code message", scalars)
functions = small | objects("name arguments input", small)
calls = small | objects("index id type function custom extra_content", small | functions)
deltas = small | objects(
    "role content reasoning reasoning_content refusal reasoning_details annotations audio"
    " function_call tool_calls",
    small | functions | st.lists(small | calls, max_size=2),
)
choices = small | objects("index delta finish_reason logprobs text error", small | deltas)
documents = small | objects(
    "id object created model system_fingerprint service_tier choices usage error x_groq citations"
    " message detail type",
    small | st.lists(choices, max_size=2),
)


@few
@given(documents)
def test_json_of_any_shape_is_understood_as_far_as_it_goes(value: Any) -> None:
    chunk = decode(json.dumps(value))
    if chunk is None:
        return
    transcript = Transcript()

    transcript.feed(chunk)

    assert transcript.started is chunk.carries
    assert chunk.error_info is None or chunk.error_info.message
    json.dumps(transcript.response())
    transcript.to_json()
