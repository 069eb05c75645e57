"""Chat completions that are kept with `store: true`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fake_openai import Cut, FakeOpenAI
from support.openai_client import CHAT, Raw, ask, chat


async def keep(fake: FakeOpenAI, question: str = "hi", **more: Any) -> str:
    body = {"model": "gpt-4.1", "store": True, "stream": False, **more}
    raw = await ask(fake, chat(question, **body))
    assert raw.status == 200, raw.body
    told = raw.events[0] if body["stream"] else raw.json()
    return told["id"]  # type: ignore[no-any-return]


async def get(fake: FakeOpenAI, more: str, method: str = "GET", body: Any = b"") -> Raw:
    return await ask(fake, body, f"{CHAT}{more}", method=method)


async def ids(fake: FakeOpenAI, query: str = "") -> list[str]:
    return [one["id"] for one in (await get(fake, query)).json()["data"]]


@pytest.mark.parametrize("stream", [False, True])
async def test_a_completion_is_told_again_with_what_was_asked(stream: bool) -> None:
    async with FakeOpenAI() as fake:
        fake.reply("one two three")
        id = await keep(fake, stream=stream, metadata={"a": "b"}, temperature=0.5, user="u")
        told = (await get(fake, f"/{id}")).json()

    assert told["choices"][0]["message"]["content"] == "one two three"
    assert (told["object"], told["metadata"]) == ("chat.completion", {"a": "b"})
    assert (told["temperature"], told["input_user"]) == (0.5, "u")
    assert told["usage"]["completion_tokens"] == 3


async def test_only_what_is_to_be_stored_is_kept() -> None:
    async with FakeOpenAI() as fake:
        id = await keep(fake, store=False)

        assert (await get(fake, f"/{id}")).status == 404
        assert await ids(fake) == []


async def test_a_stream_that_was_cut_is_not_kept() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Cut(after=3))
        await keep(fake, stream=True)

        assert await ids(fake) == []


async def test_the_list_is_in_the_order_asked_for() -> None:
    async with FakeOpenAI() as fake:
        made = [await keep(fake, question) for question in ("one", "two", "three")]

        assert await ids(fake) == made
        assert await ids(fake, "?order=desc") == made[::-1]


async def test_the_list_comes_page_by_page() -> None:
    async with FakeOpenAI() as fake:
        made = [await keep(fake, question) for question in ("one", "two", "three")]
        first = (await get(fake, "?limit=2")).json()

        assert (first["has_more"], first["last_id"]) == (True, made[1])
        assert await ids(fake, f"?after={first['last_id']}") == made[2:]


async def test_the_list_can_be_narrowed() -> None:
    async with FakeOpenAI() as fake:
        one = await keep(fake, metadata={"a": "1", "b": "2"})
        two = await keep(fake, model="gpt-4o", metadata={"a": "1"})

        assert await ids(fake, "?model=gpt-4o") == [two]
        assert await ids(fake, "?metadata[a]=1") == [one, two]
        assert await ids(fake, "?metadata%5Ba%5D=1&metadata%5Bb%5D=2") == [one]
        assert await ids(fake, "?metadata[c]=3") == []


async def test_its_messages_are_those_of_the_request() -> None:
    parts = [{"type": "text", "text": "hi"}]
    messages = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": parts}]
    async with FakeOpenAI() as fake:
        id = await keep(fake, messages=messages)
        listed = (await get(fake, f"/{id}/messages")).json()

    assert [(m["id"], m["role"], m["content"]) for m in listed["data"]] == [
        (f"{id}-0", "system", "Be kind."),
        (f"{id}-1", "user", None),
    ]
    assert listed["data"][1]["content_parts"] == parts


async def test_its_metadata_can_be_set() -> None:
    async with FakeOpenAI() as fake:
        id = await keep(fake, metadata={"a": "b"})
        body = json.dumps({"metadata": {"c": "d"}}).encode()
        set_to = (await get(fake, f"/{id}", "POST", body)).json()["metadata"]

        assert set_to == (await get(fake, f"/{id}")).json()["metadata"] == {"c": "d"}


@pytest.mark.parametrize(
    ("body", "param"),
    [({}, "metadata"), ({"metadata": {"a": 1}}, "metadata.a"), ({"metadata": {}, "x": 1}, "x")],
)
async def test_wrong_metadata_are_refused(body: Any, param: str) -> None:
    async with FakeOpenAI() as fake:
        id = await keep(fake)
        raw = await get(fake, f"/{id}", "POST", json.dumps(body).encode())

    assert (raw.status, raw.json()["error"]["param"]) == (400, param)


async def test_a_deleted_completion_is_gone() -> None:
    async with FakeOpenAI() as fake:
        id = await keep(fake)
        deleted = (await get(fake, f"/{id}", "DELETE")).json()

        assert deleted == {"object": "chat.completion.deleted", "id": id, "deleted": True}
        assert await ids(fake) == []
        assert (await get(fake, f"/{id}", "DELETE")).status == 404


async def test_dialects_that_keep_none_have_no_list() -> None:
    async with FakeOpenAI("mistral") as fake:
        await keep(fake)

        assert (await get(fake, "")).status == 405
