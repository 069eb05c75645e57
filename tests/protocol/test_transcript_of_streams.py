"""Whole streams, folded: by the library, by the official SDK, and by a plain loop.

The samples beside this file are composed. `STEADYSTREAM_RECORDINGS` may name a directory of
recorded streams with an `index.json`; each of them then goes through the same tests.
"""

from __future__ import annotations

import json
import os
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openai._models import construct_type
from openai._streaming import SSEDecoder as OfficialDecoder
from openai.lib.streaming.chat import ChatCompletionStreamState
from openai.types.chat import ChatCompletionChunk

from steadystream.protocol import chat
from steadystream.protocol.sse import SSEDecoder
from steadystream.protocol.transcript import Transcript

SAMPLES = Path(__file__).parent / "samples"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text())
IDENTITY = ("id", "created", "model", "system_fingerprint", "service_tier")


def streams() -> list[Path]:
    found = sorted(SAMPLES.glob("*.sse"))
    recordings = os.environ.get("STEADYSTREAM_RECORDINGS")
    if recordings:
        index = json.loads((Path(recordings) / "index.json").read_text())
        kinds = ("chat", "completions")
        found += [Path(recordings) / s["file"] for s in index["streams"] if s["kind"] in kinds]
    return found


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


every_stream = pytest.mark.parametrize("path", streams(), ids=name)


def folded(body: bytes, size: int = 2**20) -> Transcript:
    decoder = SSEDecoder()
    transcript = Transcript()
    for start in range(0, len(body), size):
        for event in decoder.feed(body[start : start + size]):
            if event.data != "[DONE]":
                chunk = chat.decode(event.data or "")
                assert chunk is not None
                transcript.feed(chunk)
    return transcript


def documents(body: bytes) -> list[dict[str, Any]]:
    lines = re.split("\r\n|\n|\r", body.decode())
    data = [line.removeprefix("data:").strip() for line in lines if line.startswith("data:")]
    return [json.loads(text) for text in data if text != "[DONE]"]


class Plain:
    """What a stream says, added up without care for speed or for typing."""

    def __init__(self, chunks: list[dict[str, Any]]) -> None:
        self.identity: dict[str, Any] = dict.fromkeys(IDENTITY)
        self.usage: Any = None
        self.choices: dict[int, dict[str, Any]] = {}
        for chunk in chunks:
            for name in IDENTITY:
                value = chunk.get(name)
                value = None if name == "created" and isinstance(value, str) else value
                self.identity[name] = self.identity[name] or value or None
            groq = (chunk.get("x_groq") or {}).get("usage")
            self.usage = chunk.get("usage") or groq or self.usage
            for position, choice in enumerate(chunk.get("choices") or []):
                self.add(int(choice.get("index", position)), choice)

    def add(self, index: int, choice: dict[str, Any]) -> None:
        empty = {"text": "", "reasoning": "", "refusal": "", "finish": None, "calls": []}
        mine = self.choices.setdefault(index, {**empty, "logprobs": []})
        delta = choice.get("delta") or {"content": choice.get("text")}
        parts = delta.get("content") or ""
        for part in [{"text": parts}] if isinstance(parts, str) else parts:
            mine["text"] += part.get("text", "")
            mine["reasoning"] += "".join(piece["text"] for piece in part.get("thinking", []))
        mine["reasoning"] += delta.get("reasoning") or delta.get("reasoning_content") or ""
        mine["refusal"] += delta.get("refusal") or ""
        mine["finish"] = choice.get("finish_reason") or mine["finish"]
        mine["logprobs"] += (choice.get("logprobs") or {}).get("content") or []
        for call in delta.get("tool_calls") or []:
            self.call(mine["calls"], call)

    def call(self, calls: list[list[Any]], delta: dict[str, Any]) -> None:
        """Entries are index, id, name, arguments."""
        index, id_ = delta.get("index"), delta.get("id") or ""
        function = delta.get("function") or {}
        name, arguments = function.get("name") or "", function.get("arguments") or ""
        last = calls[-1] if calls else None
        if last is None or last[0] != index or (id_ and name and last[1] != id_):
            calls.append([index, id_, name, arguments])
        else:
            last[1] = last[1] or id_
            last[2] = last[2] or name
            last[3] += arguments


@every_stream
def test_the_transcript_is_the_sum_of_the_chunks(path: Path) -> None:
    body = path.read_bytes()

    transcript = folded(body)

    plain = Plain(documents(body))
    assert {name: getattr(transcript, name) for name in IDENTITY} == plain.identity
    assert transcript.usage == plain.usage
    assert [choice.index for choice in transcript.choices] == sorted(plain.choices)
    for mine in transcript.choices:
        expected = plain.choices[mine.index]
        assert mine.text == expected["text"]
        assert mine.reasoning == expected["reasoning"]
        assert mine.refusal == expected["refusal"]
        assert mine.finish_reason == expected["finish"]
        assert ((mine.logprobs or {}).get("content") or []) == expected["logprobs"]
        calls = [[call.index, call.id, call.name, call.arguments] for call in mine.tool_calls]
        assert calls == expected["calls"]


@every_stream
def test_the_transcript_does_not_depend_on_the_reads(path: Path) -> None:
    body = path.read_bytes()

    assert folded(body, 7) == folded(body)


@every_stream
def test_the_transcript_is_the_same_after_it_was_stored(path: Path) -> None:
    transcript = folded(path.read_bytes())

    again = Transcript.from_json(transcript.to_json())

    assert again == transcript
    assert again.text_chunks == transcript.text_chunks


def what_the_sdk_gets_wrong(chunks: list[dict[str, Any]]) -> dict[str, str]:
    """Say which parts of a stream the SDK's own accumulation cannot give, and why.

    Source: openai-python, `lib/streaming/chat/_completions.py` and `lib/streaming/_deltas.py`.
    """
    first, last = chunks[0], chunks[-1]
    wrong: dict[str, str] = {}
    for name in ("id", "created", "model", "service_tier"):
        if not first.get(name):
            wrong[name] = "it is taken from the first chunk, which has none"
    for name in ("system_fingerprint", "usage"):
        if last.get(name) is None:
            wrong[name] = "it is taken from the last chunk, which has none"
    deltas = list(with_their_places(chunks))
    reasons = [why for delta, place in deltas if (why := what_it_cannot_add_up(delta, place))]
    if reasons:
        wrong["all"] = reasons[0]
    begun = [
        (place, call.get("index"))
        for delta, place in deltas
        for call in (delta or {}).get("tool_calls") or []
        if call.get("id") or call["function"].get("name")
    ]
    if len(begun) != len(set(begun)):
        wrong["calls"] = "ids and names that come twice are strung together"
    return wrong


def with_their_places(chunks: list[dict[str, Any]]) -> Iterator[tuple[Any, int | None]]:
    """Give each delta with the index of its choice; None for one that does not count from 0."""
    seen: set[Any] = set()
    for chunk in chunks:
        for choice in chunk.get("choices") or []:
            index = choice.get("index")
            in_order = index in {*seen, len(seen)}
            seen.add(index)
            yield choice.get("delta"), index if in_order else None


def what_it_cannot_add_up(delta: Any, place: int | None) -> str | None:
    if not isinstance(delta, dict) or place is None:
        return "a choice has no delta, or no index that counts from 0"
    if isinstance(delta.get("content"), list):
        return "content is a list, whose entries cannot be added up"
    if any("index" not in call for call in delta.get("tool_calls") or []):
        return "a tool call has no index"
    return None


def official(body: bytes) -> Any:
    state: Any = ChatCompletionStreamState()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydantic on values of undeclared types
        for event in OfficialDecoder().iter_bytes(iter([body])):
            if event.data.startswith("[DONE]"):
                break
            state.handle_chunk(construct_type(type_=ChatCompletionChunk, value=event.json()))
        return state.current_completion_snapshot.model_dump(exclude_unset=True)


def comparable(response: dict[str, Any]) -> dict[str, Any]:
    """Bring both to one form: None, "", [] and absence mean the same."""
    told = {name: response.get(name) or None for name in (*IDENTITY, "usage")}
    for choice in response["choices"]:
        message = choice["message"]
        logprobs = choice.get("logprobs") or {}
        calls = message.get("tool_calls") or []
        function = message.get("function_call") or {}
        told[f"choice {choice['index']}"] = {
            "content": message.get("content") or None,
            "refusal": message.get("refusal") or None,
            "reasoning": message.get("reasoning") or message.get("reasoning_content") or None,
            "annotations": message.get("annotations") or None,
            "function_call": (function.get("name"), function.get("arguments")),
            "finish_reason": choice.get("finish_reason"),
            "logprobs": [dict(entry) for entry in logprobs.get("content") or []],
        }
        told[f"calls {choice['index']}"] = [
            (call["id"], call["function"]["name"], call["function"]["arguments"] or "")
            for call in calls
        ]
    return told


def beyond_the_sdk(path: Path) -> str | None:
    return what_the_sdk_gets_wrong(documents(path.read_bytes())).get("all")


@pytest.mark.parametrize("path", [path for path in streams() if not beyond_the_sdk(path)], ids=name)
def test_the_transcript_is_what_the_official_sdk_accumulates(path: Path) -> None:
    body = path.read_bytes()
    wrong = what_the_sdk_gets_wrong(documents(body))

    ours, theirs = comparable(folded(body).response()), comparable(official(body))

    for name in [name for name in ours if name.split()[0] in wrong]:
        del ours[name], theirs[name]
    assert ours == theirs


def test_few_samples_are_beyond_the_sdk() -> None:
    samples = sorted(SAMPLES.glob("*.sse"))

    beyond = {path.stem: why for path in samples if (why := beyond_the_sdk(path))}

    assert beyond == {
        "completions": "a choice has no delta, or no index that counts from 0",
        "mistral_thinking": "content is a list, whose entries cannot be added up",
        "mistral_tools": "a tool call has no index",
        "odd_shapes": "a choice has no delta, or no index that counts from 0",
    }


@pytest.mark.parametrize("sample", EXPECTED)
def test_a_sample_says_what_was_put_into_it(sample: str) -> None:
    expected = EXPECTED[sample]

    transcript = folded((SAMPLES / f"{sample}.sse").read_bytes())

    calls = [[call.id, call.name, call.arguments] for call in transcript.tool_calls]
    finish = {str(index): reason for index, reason in transcript.finish_reasons.items()}
    assert transcript.text == expected["text"]
    assert transcript.reasoning == expected["reasoning"]
    assert transcript.refusal == expected.get("refusal", "")
    assert transcript.usage == expected.get("usage")
    assert calls == expected["calls"]
    assert finish == expected["finish"]


def test_every_sample_has_its_expectation() -> None:
    assert {path.stem for path in SAMPLES.glob("*.sse")} == set(EXPECTED)
