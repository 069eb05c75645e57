from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadystream.events import Message, WireEvent
from steadystream.protocol import chat
from steadystream.protocol.plain import chunk_of, text_of
from steadystream.protocol.reading import Reader
from steadystream.protocol.sse import SSEDecoder
from steadystream.protocol.transcript import Transcript

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
nothing_or = st.none() | words
deltas = st.fixed_dictionaries(
    {},
    optional={
        "content": words,
        "role": st.sampled_from(["assistant", "user"]) | st.none(),
        "reasoning": nothing_or,
        "reasoning_content": nothing_or,
        "refusal": nothing_or,
        "tool_calls": st.none() | st.just([{"index": 0, "id": "c", "function": {"name": "f"}}]),
        "annotations": st.none() | st.just([{"type": "url_citation"}]),
    },
)
choices = st.fixed_dictionaries(
    {"index": st.sampled_from([0, 0, 0, 1]), "delta": deltas},
    optional={
        "finish_reason": st.none() | st.just("stop"),
        "logprobs": st.none() | st.just({"content": [{"token": "a"}]}),
        "text": words,
    },
)
chunks = st.fixed_dictionaries(
    {"id": st.just("1"), "choices": st.lists(choices, min_size=0, max_size=2)},
    optional={
        "usage": st.none() | st.just({"prompt_tokens": 1, "completion_tokens": 1}),
        "error": st.none(),
        "obfuscation": words,
    },
)
PLAIN: dict[str, Any] = {"id": "1", "choices": [{"index": 0, "delta": {"content": "one"}}]}


def written(chunk: dict[str, Any], *, escaped: bool) -> bytes:
    return json.dumps(chunk, ensure_ascii=escaped).encode()


@given(chunks, st.booleans())
def test_text_read_the_short_way_is_all_that_the_chunk_holds(
    chunk: dict[str, Any], escaped: bool
) -> None:
    data = written(chunk, escaped=escaped)
    text = text_of(data)

    if text is not None:
        folded, short = Transcript(), Transcript(id="1")
        decoded = chat.decode(data)
        assert decoded is not None
        folded.feed(decoded)
        short.feed_text(text)
        assert (short, decoded.text) == (folded, text)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("delta", {"content": ""}),
        ("delta", {"content": "x", "tool_calls": [{"index": 0}]}),
        ("delta", {"content": "x", "reasoning_content": "hm"}),
        ("delta", {"content": "x", "refusal": "no"}),
        ("finish_reason", "stop"),
        ("logprobs", {"content": []}),
        ("index", 1),
    ],
)
def test_a_choice_with_more_than_text_is_not_plain(path: str, value: Any) -> None:
    chunk = {**PLAIN, "choices": [{**PLAIN["choices"][0], path: value}]}

    assert text_of(written(chunk, escaped=False)) is None


@pytest.mark.parametrize("member", ["usage", "error", "x_groq"])
def test_a_chunk_with_more_than_text_is_not_plain(member: str) -> None:
    assert text_of(written({**PLAIN, member: {"a": 1}}, escaped=False)) is None


@pytest.mark.parametrize("data", [b"", b"[DONE]", b"{", b'{"choices":[]}', b"\xff", b"[]"])
def test_what_is_no_chunk_is_not_plain(data: bytes) -> None:
    assert text_of(data) is None


def test_the_whole_chunk_is_there_for_who_asks() -> None:
    data = written(PLAIN, escaped=False)

    assert chunk_of(b"data: " + data + b"\n\n") == chat.decode(data)


blocks = st.one_of(
    st.builds(lambda c, e: b"data: " + written(c, escaped=e) + b"\n\n", chunks, st.booleans()),
    st.just(b"data: " + written(PLAIN, escaped=False) + b"\n\n"),
    st.sampled_from(
        [
            b"data: " + written(PLAIN, escaped=False) + b"\r\n\r\n",
            b"data:" + written(PLAIN, escaped=False) + b"\n\n",
            b": keep-alive\n\n",
            b"\n",
            b"id: 7\n\n",
            b"event: message\ndata: " + written(PLAIN, escaped=False) + b"\n\n",
            b"data: " + written(PLAIN, escaped=False)[:-1] + b"\ndata: }\n\n",
        ]
    ),
)


@given(st.lists(blocks, max_size=12), st.lists(st.integers(0, 2000), max_size=8))
def test_the_short_way_reads_what_the_long_way_reads(body: list[bytes], cuts: list[int]) -> None:
    whole = b"".join(body)
    edges = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})

    reader = Reader()
    wire = [event for part in pairwise(edges) for event in reader.feed(whole[slice(*part)])]
    events = [event for event in wire if isinstance(event, Message)]

    expected = [chat.decode(data) for data in without_second_ends(whole)]
    assert [event.chunk for event in events] == expected
    assert [event.text for event in events] == [chunk.text if chunk else "" for chunk in expected]
    assert [event.carries for event in events] == [bool(c and c.carries) for c in expected]
    if len(expected) == len(SSEDecoder().feed(whole)):
        assert whole.startswith(
            b"".join(event.raw for event in wire if isinstance(event, WireEvent))
        )


def without_second_ends(whole: bytes) -> Iterator[str]:
    """Yield the data of events, those left out that end an answer with the same words again."""
    last = None
    for event in SSEDecoder().feed(whole):
        if event.data and event.data != last:
            yield event.data
            chunk = chat.decode(event.data)
            last = event.data if chunk is not None and chunk.ends_and_adds else last
