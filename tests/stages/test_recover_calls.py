from __future__ import annotations

import pytest

from stages.test_recover import CUT, PREFIX, finished, play, words
from steadystream.errors import Disconnected, GaveUp, Malformed
from steadystream.events import Event, Interrupted, Message, Verdict
from support.scripted import DONE, ROLE, Step, Upstream, chunk, text

END = chunk(finish="tool_calls")


def call(index: int, *arguments: str, name: str = "f") -> list[Step]:
    header = {"index": index, "id": f"call_{index}", "type": "function"}
    named = {**header, "function": {"name": name, "arguments": ""}}
    parts = [{"index": index, "function": {"arguments": part}} for part in arguments]
    return [chunk({"tool_calls": [part]}) for part in (named, *parts)]


def arguments(events: list[Event]) -> list[str]:
    whole: dict[int | None, str] = {}
    for event in events:
        for choice in event.chunk.choices if isinstance(event, Message) and event.chunk else ():
            for each in choice.delta.tool_calls or ():
                said = each.function.arguments if each.function else ""
                whole[each.index] = whole.get(each.index, "") + (said or "")
    return list(whole.values())


@pytest.mark.looptime
async def test_a_torn_call_that_nobody_has_seen_is_asked_for_again() -> None:
    upstream = Upstream([ROLE, *call(0, '{"a"'), CUT], [ROLE, *call(0, '{"a"', ":1}"), END, DONE])

    events = await play(upstream, dialect="openai")

    assert arguments(events) == ['{"a":1}']
    assert sum(b'"role"' in e.raw for e in events if isinstance(e, Message)) == 1
    assert upstream.requests[1].body == upstream.requests[0].body
    assert finished(events) is Verdict.COMPLETE


@pytest.mark.looptime
async def test_a_torn_call_behind_text_is_asked_for_after_the_text() -> None:
    upstream = Upstream(
        [*text("I look."), *call(0, '{"a"'), CUT], [ROLE, *call(0, '{"a":1}'), END, DONE]
    )

    events = await play(upstream)

    assert words(events) == "I look."
    assert arguments(events) == ['{"a":1}']
    assert upstream.requests[1].body["messages"][-1]["content"] == "I look."


@pytest.mark.looptime
async def test_a_call_that_ends_in_a_terminator_without_a_finish_reason_is_asked_for_again() -> (
    None
):
    upstream = Upstream([*call(0, '{"a"'), DONE], [*call(0, '{"a":1}'), END, DONE])

    events = await play(upstream)

    assert arguments(events) == ['{"a":1}']
    assert [type(e.fault) for e in events if isinstance(e, Interrupted)] == [Malformed]


@pytest.mark.looptime
async def test_a_torn_call_is_no_part_of_the_partial() -> None:
    upstream = Upstream([*text("one"), *call(0, '{"a"'), CUT])

    with pytest.raises(Disconnected) as caught:
        await play(upstream, attempts=1)

    assert caught.value.partial is not None
    assert caught.value.partial.message()["content"] == "one"
    assert caught.value.partial.tool_calls == []


@pytest.mark.looptime
async def test_a_streamed_call_that_is_torn_stays_so_where_nothing_may_be_asked_again() -> None:
    upstream = Upstream([*call(0, '{"a"'), CUT])

    with pytest.raises(Disconnected) as caught:
        await play(upstream, tool_calls="stream", rungs=PREFIX)

    assert caught.value.gave_up is GaveUp.TORN_TOOL_CALL
    assert caught.value.partial is not None
    assert [each.arguments for each in caught.value.partial.tool_calls] == ['{"a"']
