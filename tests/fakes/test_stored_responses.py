"""Responses that are kept: told again, gone on from, listed and deleted."""

from __future__ import annotations

from typing import Any

import pytest

from fake_openai import Answer, Cut, FakeOpenAI, ToolCall
from support.openai_client import Raw, ask

PATH = "/v1/responses"
TURN = [
    {"role": "user", "content": "one"},
    {"role": "assistant", "content": "two"},
    {"role": "user", "content": "three"},
]


async def respond(fake: FakeOpenAI, status: int = 200, **more: Any) -> Any:
    raw = await ask(fake, {"model": "gpt-4.1", "input": "hi", **more}, PATH)
    assert raw.status == status, raw.body
    return raw.json()


async def get(fake: FakeOpenAI, id: str, more: str = "", *, method: str = "GET") -> Raw:
    return await ask(fake, b"", f"{PATH}/{id}{more}", method=method)


async def test_a_response_is_told_again_as_it_was() -> None:
    async with FakeOpenAI() as fake:
        told = await respond(fake)
        again = await get(fake, told["id"])

    assert again.json() == told


async def test_a_streamed_response_is_there_when_its_last_event_is() -> None:
    async with FakeOpenAI() as fake:
        raw = await ask(fake, {"model": "gpt-4.1", "input": "hi", "stream": True}, PATH)
        told = raw.events[-1]["response"]
        again = (await get(fake, told["id"])).json()

    assert again["output"] == told["output"]


async def test_a_response_that_is_not_to_be_stored_is_not_found() -> None:
    async with FakeOpenAI() as fake:
        told = await respond(fake, store=False)
        raw = await get(fake, told["id"])

    assert raw.status == 404
    assert raw.json()["error"]["message"] == f"Response with id '{told['id']}' not found."


async def test_a_stream_that_was_cut_is_not_kept() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Cut(after=5))
        raw = await ask(fake, {"model": "gpt-4.1", "input": "hi", "stream": True}, PATH)
        again = await get(fake, raw.events[0]["response"]["id"])

    assert again.status == 404


async def test_a_deleted_response_is_gone() -> None:
    async with FakeOpenAI() as fake:
        id = (await respond(fake))["id"]
        deleted = await get(fake, id, method="DELETE")

        assert deleted.json() == {"id": id, "object": "response", "deleted": True}
        assert (await get(fake, id)).status == 404
        assert (await get(fake, id, method="DELETE")).status == 404


async def test_reset_forgets_responses() -> None:
    async with FakeOpenAI() as fake:
        id = (await respond(fake))["id"]
        fake.reset()

        assert (await get(fake, id)).status == 404


async def test_what_came_before_is_read_with_what_comes_next() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("a b c d e f g h")
        first = await respond(fake, input="one two three")
        second = await respond(fake, input="four", previous_response_id=first["id"])
        alone = await respond(fake, input="four")

    used = second["usage"]["input_tokens"], alone["usage"]["input_tokens"]
    assert used[0] >= used[1] + 11
    assert second["previous_response_id"] == first["id"]


async def test_instructions_are_not_carried_on() -> None:
    async with FakeOpenAI() as fake:
        first = await respond(fake, instructions="Be very kind to me, always.")
        second = await respond(fake, previous_response_id=first["id"])

    assert second["instructions"] is None


async def test_no_response_before_is_a_request_that_is_refused() -> None:
    async with FakeOpenAI() as fake:
        told = await respond(fake, 400, previous_response_id="resp_0")

    assert told["error"] == {
        "message": "Previous response with id 'resp_0' not found.",
        "type": "invalid_request_error",
        "param": "previous_response_id",
        "code": "previous_response_not_found",
    }


async def test_the_output_of_a_tool_goes_to_the_call_before() -> None:
    tool = {"type": "function", "name": "weather", "parameters": None, "strict": False}
    async with FakeOpenAI() as fake:
        fake.reply(Answer(tool_calls=[ToolCall("weather", {})]), times=1)
        first = await respond(fake, tools=[tool])
        call_id = first["output"][0]["call_id"]
        output = {"type": "function_call_output", "call_id": call_id, "output": "It rains."}
        second = await respond(fake, input=[output], previous_response_id=first["id"], tools=[tool])

    assert "It rains." in second["output"][0]["content"][0]["text"]


async def test_a_call_without_its_output_is_refused() -> None:
    call = {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}"}
    async with FakeOpenAI() as fake:
        told = await respond(fake, 400, input=[call])

    assert told["error"]["message"] == "No tool output found for function call call_1."
    assert told["error"]["param"] == "input"


async def test_an_output_without_its_call_is_refused() -> None:
    output = {"type": "function_call_output", "call_id": "call_1", "output": "x"}
    async with FakeOpenAI() as fake:
        told = await respond(fake, 400, input=[output])

    message = "No tool call found for function call output with call_id call_1."
    assert told["error"]["message"] == message


async def test_an_item_can_be_referred_to() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("a b c d e f g h")
        item = (await respond(fake))["output"][0]["id"]
        refers = {"type": "item_reference", "id": item}
        with_it = await respond(fake, input=[{"role": "user", "content": "x"}, refers])
        without = await respond(fake, input=[{"role": "user", "content": "x"}])
        none = await respond(fake, 404, input=[{"id": "msg_0"}])

    assert with_it["usage"]["input_tokens"] > without["usage"]["input_tokens"] + 8
    assert none["error"]["message"] == "Item with id 'msg_0' not found."


async def test_what_a_response_was_made_from_is_listed_latest_first() -> None:
    async with FakeOpenAI() as fake:
        id = (await respond(fake, input=TURN))["id"]
        listed = (await get(fake, id, "/input_items")).json()

    assert [item["content"][0]["text"] for item in listed["data"]] == ["three", "two", "one"]
    assert list(listed) == ["object", "data", "first_id", "has_more", "last_id"]
    assert listed["first_id"] == listed["data"][0]["id"]


async def test_the_list_has_what_came_before() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("two")
        first = await respond(fake, input="one")
        second = await respond(fake, input="three", previous_response_id=first["id"])
        listed = (await get(fake, second["id"], "/input_items?order=asc")).json()["data"]

    assert [item["content"][0]["text"] for item in listed] == ["one", "two", "three"]
    assert listed[1]["id"] == first["output"][0]["id"]


async def test_the_list_comes_page_by_page() -> None:
    async with FakeOpenAI() as fake:
        id = (await respond(fake, input=TURN))["id"]
        one = (await get(fake, id, "/input_items?order=asc&limit=2")).json()
        after = f"/input_items?order=asc&limit=2&after={one['last_id']}"
        two = (await get(fake, id, after)).json()

    assert (one["has_more"], two["has_more"]) == (True, False)
    assert [i["content"][0]["text"] for i in one["data"] + two["data"]] == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("query", "param"),
    [("limit=0", "limit"), ("limit=101", "limit"), ("order=up", "order"), ("after=x", "after")],
)
async def test_a_wrong_page_is_refused(query: str, param: str) -> None:
    async with FakeOpenAI() as fake:
        id = (await respond(fake))["id"]
        raw = await get(fake, id, f"/input_items?{query}")

    assert (raw.status, raw.json()["error"]["param"]) == (400, param)


async def test_ids_that_items_came_with_are_kept() -> None:
    items = [{"id": "msg_mine", "type": "message", "role": "user", "content": "x"}]
    async with FakeOpenAI() as fake:
        id = (await respond(fake, input=items))["id"]
        listed = (await get(fake, id, "/input_items")).json()["data"]

    assert [item["id"] for item in listed] == ["msg_mine"]
