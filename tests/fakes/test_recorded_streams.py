"""The fake replays recorded streams of real providers chunk by chunk, in shape.

`STEADYSTREAM_RECORDINGS` names a directory of recorded streams with an `index.json`. A stream is
read as an answer and a request; the fake gives that answer to that request, and what it sends must
have the same members, in the same order, with the same kinds of values, chunk after chunk. Runs of
chunks of one shape count once. `variants.json` tells the known differences, and why they are there.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fake_openai.dialects import DIALECTS
from support.recordings.comparing import VARIANTS, Variant, differences, replayed
from support.recordings.reading import Recording, chunks_of, recordings
from support.recordings.shapes import lanes, shape

DIRECTORY = os.environ.get("STEADYSTREAM_RECORDINGS")
RECORDINGS = recordings(Path(DIRECTORY), DIALECTS) if DIRECTORY else []
recorded = pytest.mark.skipif(not DIRECTORY, reason="STEADYSTREAM_RECORDINGS names no directory")


@recorded
@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.name)
async def test_the_fake_sends_chunks_of_the_recorded_shapes(recording: Recording) -> None:
    assert differences(recording, await replayed(recording)) == []


@recorded
@pytest.mark.slow
async def test_every_known_difference_is_there() -> None:
    sent = [(one, await replayed(one)) for one in RECORDINGS]

    def is_needed(variant: Variant) -> bool:
        others = [one for one in VARIANTS if one is not variant]
        return any(differences(*one, others) for one in sent if variant.is_about(one[0].name))

    assert [one for one in VARIANTS if not is_needed(one)] == []


@recorded
def test_every_provider_with_a_dialect_is_among_the_recordings() -> None:
    told = {recording.dialect for recording in RECORDINGS}

    # Nothing is recorded from vLLM and SGLang; their shapes are those of their source code.
    assert set(DIALECTS) - told == {"vllm", "sglang"}


def test_a_shape_has_names_order_and_kinds() -> None:
    value = {"b": 1, "a": ["x", "y", None], "c": {"d": True}, "e": []}

    assert shape(value) == "{b:number,a:[text,null],c:{d:bool},e:[]}"


def test_each_choice_has_a_lane_and_runs_count_once() -> None:
    one, two = ({"choices": [{"index": index, "text": "x"}]} for index in (0, 1))
    end = {"choices": []}

    assert lanes([one, two, one, two, end]) == {
        0: ["{choices:[{index:number,text:text}]}"],
        1: ["{choices:[{index:number,text:text}]}"],
        None: ["{choices:[]}"],
    }


def test_an_answer_is_read_from_the_chunks() -> None:
    body = (
        b'data: {"model":"m","choices":[{"index":0,"delta":{"reasoning":"hm","content":"a"}}]}\n\n'
        b": comment\n\n"
        b'data: {"choices":[{"index":0,"delta":{"content":[{"type":"text","text":"b"}]}}]}\n\n'
        b'data: {"choices":[{"index":1,"delta":{"content":"other"}}]}\n\n'
        b'data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":'
        b'{"name":"f","arguments":"{"}}]}}]}\n\n'
        b'data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":'
        b'{"arguments":"}"}}]},"finish_reason":"tool_calls"}],"usage":null}\n\n'
        b"data: [DONE]\n\n"
    )

    recording = Recording("x", "openai", {"n": 2}, chunks_of(body))

    answer = recording.answer
    assert (answer.text, answer.chunks, answer.reasoning) == ("ab", ("a", "b"), "hm")
    assert [(call.name, call.json) for call in answer.tool_calls] == [("f", "{}")]
    assert answer.finish_reason == "tool_calls"
    assert recording.body["stream_options"] == {"include_usage": True}
    assert recording.body["n"] == 2
