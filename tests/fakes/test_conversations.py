"""Conversations, and the responses that read them and add to them."""

from __future__ import annotations

from typing import Any

import openai
import pytest

from fake_openai import Cut, FakeOpenAI, Latency, ManualClock
from support.openai_client import Raw, ask

TALKS = "/v1/conversations"
RESPONSES = "/v1/responses"


def message(text: str, role: str = "user") -> dict[str, Any]:
    return {"type": "message", "role": role, "content": text}


async def begin(fake: FakeOpenAI, *texts: str, **more: Any) -> str:
    raw = await ask(fake, {"items": [message(text) for text in texts], **more}, TALKS)
    assert raw.status == 200, raw.body
    return str(raw.json()["id"])


async def respond(fake: FakeOpenAI, talk: Any, input: str, **more: Any) -> Raw:
    body = {"model": "gpt-4.1", "conversation": talk, "input": input, **more}
    return await ask(fake, body, RESPONSES)


async def texts(fake: FakeOpenAI, talk: str) -> list[str]:
    raw = await ask(fake, {}, f"{TALKS}/{talk}/items?order=asc&limit=100", method="GET")
    return [item["content"][0]["text"] for item in raw.json()["data"]]


async def test_a_response_reads_what_is_in_its_conversation() -> None:
    async with FakeOpenAI() as fake:
        talk = await begin(fake, "word " * 50)
        alone = await ask(fake, {"model": "gpt-4.1", "input": "hi"}, RESPONSES)
        within = await respond(fake, talk, "hi")

    used = [raw.json()["usage"]["input_tokens"] for raw in (alone, within)]
    assert used[1] > used[0] + 50


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("stored", [False, True])
async def test_a_response_adds_its_input_and_its_output_once(streamed: bool, stored: bool) -> None:
    async with FakeOpenAI() as fake:
        fake.sequence("Well.", "Better.")
        talk = await begin(fake, "Hello!")
        for text in ("How are you?", "And now?"):
            await respond(fake, {"id": talk}, text, stream=streamed, store=stored)

        assert await texts(fake, talk) == ["Hello!", "How are you?", "Well.", "And now?", "Better."]


async def test_a_response_says_which_conversation_it_is_in() -> None:
    async with FakeOpenAI() as fake:
        talk = await begin(fake)
        within = (await respond(fake, talk, "hi")).json()
        alone = (await ask(fake, {"model": "gpt-4.1", "input": "hi"}, RESPONSES)).json()

    assert within["conversation"] == {"id": talk}
    assert "conversation" not in alone


async def test_an_answer_that_was_cut_is_not_in_the_conversation() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("one two three")
        talk = await begin(fake, "Hello!")
        fake.fail(Cut(after=5))
        await respond(fake, talk, "Count.", stream=True)
        before = await texts(fake, talk)
        await respond(fake, talk, "Count.", stream=True)

        assert before == ["Hello!"]
        assert await texts(fake, talk) == ["Hello!", "Count.", "one two three"]


async def test_what_runs_in_the_background_is_in_the_conversation_once_it_has_ended() -> None:
    latency, clock = Latency(first_token=60), ManualClock()
    async with FakeOpenAI(latency=latency, clock=clock) as fake:
        fake.reply("Done.")
        talk = await begin(fake)
        await respond(fake, talk, "Work.", background=True)
        before = await texts(fake, talk)
        await fake.advance(61)

        assert (before, await texts(fake, talk)) == ([], ["Work.", "Done."])


async def test_what_was_cancelled_is_not_in_the_conversation() -> None:
    latency, clock = Latency(first_token=60), ManualClock()
    async with FakeOpenAI(latency=latency, clock=clock) as fake:
        talk = await begin(fake)
        made = (await respond(fake, talk, "Work.", background=True)).json()
        await ask(fake, {}, f"{RESPONSES}/{made['id']}/cancel")
        await fake.advance(61)

        assert await texts(fake, talk) == []


async def test_two_conversations_are_apart_and_scopes_share_none() -> None:
    async with FakeOpenAI() as fake:
        one, other = await begin(fake, "a"), await begin(fake, "b")
        elsewhere = await ask(
            fake, {}, f"{TALKS}/{one}", method="GET", headers={"X-Fake-Scope": "other"}
        )

        assert [await texts(fake, talk) for talk in (one, other)] == [["a"], ["b"]]
        assert elsewhere.status == 404


async def test_an_item_that_was_taken_out_is_read_no_more() -> None:
    async with FakeOpenAI() as fake:
        talk = await begin(fake, "a", "b")
        listed = (await ask(fake, {}, f"{TALKS}/{talk}/items?order=asc", method="GET")).json()
        first = f"{TALKS}/{talk}/items/{listed['first_id']}"
        told = await ask(fake, {}, first, method="GET")
        gone = await ask(fake, {}, first, method="DELETE")
        again = await ask(fake, {}, first, method="DELETE")

        assert await texts(fake, talk) == ["b"]
    assert (told.json()["content"][0]["text"], gone.json()["object"]) == ("a", "conversation")
    assert (again.status, again.json()["error"]["message"]) == (
        404,
        f"Item with id '{listed['first_id']}' not found.",
    )


async def test_a_call_waits_in_the_conversation_for_its_output() -> None:
    call = {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}"}
    output = {"type": "function_call_output", "call_id": "call_1", "output": "rain"}
    async with FakeOpenAI() as fake:
        talk = await begin(fake, items=[call])
        early = await respond(fake, talk, "Well?")
        await ask(fake, {"items": [output]}, f"{TALKS}/{talk}/items")
        then = await respond(fake, talk, "Well?")

    assert early.json()["error"]["message"] == "No tool output found for function call call_1."
    assert then.status == 200


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        (TALKS, {"items": [3]}, "items[0]"),
        (TALKS, {"items": [message("x", "robot")]}, "items[0]"),
        (TALKS, {"items": [message("x")] * 21}, "items"),
        (TALKS, {"metadata": {"a": 1}}, "metadata.a"),
        (TALKS, {"name": "x"}, "name"),
        (TALKS + "/{id}", {}, "metadata"),
        (TALKS + "/{id}/items", {}, "items"),
        (TALKS + "/{id}/items", {"items": [{"type": "item_reference", "id": "msg_0"}]}, "input"),
        (RESPONSES, {"model": "gpt-4.1", "input": "x", "conversation": 3}, "conversation"),
    ],
)
async def test_what_is_wrong_is_refused(path: str, body: dict[str, Any], param: str) -> None:
    async with FakeOpenAI() as fake:
        talk = await begin(fake)
        raw = await ask(fake, body, path.format(id=talk))

    assert raw.status in {400, 404}
    assert str(raw.json()["error"]["param"]).startswith(param)


async def test_the_sdk_talks() -> None:
    async with (
        FakeOpenAI() as fake,
        openai.AsyncOpenAI(base_url=fake.base_url, api_key="sk-any", max_retries=0) as api,
    ):
        talk = await api.conversations.create(metadata={"a": "b"})
        await api.responses.create(model="gpt-4.1", conversation=talk.id, input="Hi")
        async with api.responses.stream(model="gpt-4.1", conversation=talk.id, input="?") as stream:
            await stream.until_done()
        found = [item async for item in api.conversations.items.list(talk.id, limit=1)]
        changed = await api.conversations.update(talk.id, metadata={"c": "d"})
        gone = await api.conversations.delete(talk.id)
        with pytest.raises(openai.NotFoundError, match=f"'{talk.id}' not found"):
            await api.conversations.retrieve(talk.id)

    assert [item.type for item in found] == ["message"] * 4
    assert (changed.metadata, gone.deleted) == ({"c": "d"}, True)


async def test_a_reset_forgets_them() -> None:
    async with FakeOpenAI() as fake:
        talk = await begin(fake, "a")
        fake.reset()

        assert (await ask(fake, {}, f"{TALKS}/{talk}", method="GET")).status == 404
