from __future__ import annotations

from typing import Any

import pytest

from fake_openai import FakeOpenAI
from support.openai_client import Raw, ask, chat

USER = {"role": "user", "content": "hi"}


def assistant(*ids: str) -> dict[str, Any]:
    function = {"name": "f", "arguments": "{}"}
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": id, "type": "function", "function": function} for id in ids],
    }


def tool(id: str) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": id, "content": "x"}


async def told(*messages: Any, dialect: str = "openai") -> Raw:
    async with FakeOpenAI(dialect) as fake:
        return await ask(fake, chat(messages=list(messages)))


NO_CALL = (
    "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with"
    " 'tool_calls'."
)
UNANSWERED = (
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each"
    " 'tool_call_id'. The following tool_call_ids did not have response messages: "
)


@pytest.mark.parametrize(
    ("messages", "message", "param"),
    [
        ([USER, tool("a")], NO_CALL, "messages.[1].role"),
        ([USER, assistant("a"), tool("b")], NO_CALL, "messages.[2].role"),
        ([USER, assistant("a"), tool("a"), tool("a")], NO_CALL, "messages.[3].role"),
        ([USER, assistant("a"), USER], f"{UNANSWERED}a", "messages.[2].role"),
        ([USER, assistant("a", "b"), tool("b"), USER], f"{UNANSWERED}a", "messages.[3].role"),
        ([USER, assistant("a", "b")], f"{UNANSWERED}a, b", "messages.[2].role"),
    ],
)
async def test_calls_and_their_answers_must_match(
    messages: list[Any], message: str, param: str
) -> None:
    raw = await told(*messages)

    error = raw.json()["error"]
    assert (raw.status, error["message"], error["param"]) == (400, message, param)


@pytest.mark.parametrize(
    "messages",
    [
        [USER, assistant("a"), tool("a")],
        [USER, assistant("a", "b"), tool("b"), tool("a"), USER],
        [USER, assistant("a"), tool("a"), assistant("a"), tool("a")],
        [USER, {"role": "assistant", "content": "x"}, USER],
        [USER, {"role": "assistant", "refusal": "no"}, USER],
    ],
)
async def test_messages_in_order_are_accepted(messages: list[Any]) -> None:
    assert (await told(*messages)).status == 200


@pytest.mark.parametrize("dialect", ["vllm", "openrouter"])
async def test_some_servers_do_not_look_at_the_order(dialect: str) -> None:
    assert (await told(USER, assistant("a"), USER, dialect=dialect)).status == 200


@pytest.mark.parametrize("role", ["user", "system", "tool"])
async def test_a_message_without_content_is_refused(role: str) -> None:
    empty = {"role": role, "content": None}
    if role == "tool":
        empty["tool_call_id"] = "a"
    raw = await told(USER, empty)

    error = raw.json()["error"]
    assert error["message"] == "Invalid value for 'content': expected a string, got null."
    assert error["param"] == "messages.[1].content"


async def test_the_answer_of_a_tool_may_name_the_function() -> None:
    raw = await told(USER, assistant("a"), {**tool("a"), "name": "f"})

    assert raw.status == 200
