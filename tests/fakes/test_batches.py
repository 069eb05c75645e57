from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

import openai
import pytest
from openai.types import Batch

from fake_openai import FakeOpenAI, Latency

CHAT = "/v1/chat/completions"


def line(custom_id: str, question: str = "Hi", **more: Any) -> dict[str, Any]:
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": question}]}
    return {"custom_id": custom_id, "method": "POST", "url": CHAT, "body": {**body, **more}}


def sdk(fake: FakeOpenAI) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=fake.base_url, api_key="sk-a", max_retries=0)


async def begun(
    client: openai.AsyncOpenAI, lines: Sequence[Mapping[str, Any] | str], endpoint: Any = CHAT
) -> Batch:
    text = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines)
    file = await client.files.create(file=("in.jsonl", text.encode()), purpose="batch")
    return await client.batches.create(
        input_file_id=file.id, endpoint=endpoint, completion_window="24h", metadata={"a": "b"}
    )


async def ended(client: openai.AsyncOpenAI, batch: Batch) -> Batch:
    async with asyncio.timeout(20):
        while batch.status not in ("completed", "failed", "cancelled"):
            await asyncio.sleep(0.01)
            batch = await client.batches.retrieve(batch.id)
    return batch


async def lines_of(client: openai.AsyncOpenAI, id: str | None) -> list[Any]:
    assert id is not None
    return [json.loads(one) for one in (await client.files.content(id)).text.splitlines()]


async def test_a_batch_runs_its_lines_against_the_endpoints_of_the_server() -> None:
    async with FakeOpenAI() as fake, sdk(fake) as client:
        fake.reply("Four.", contains="2+2")
        first = await begun(client, [line("a", "2+2?"), line("b", "Tell me")])
        batch = await ended(client, first)
        output = await lines_of(client, batch.output_file_id)

    assert first.status == "validating"
    assert (batch.status, batch.error_file_id) == ("completed", None)
    assert [one["custom_id"] for one in output] == ["a", "b"]
    assert output[0]["response"]["status_code"] == 200
    assert output[0]["response"]["body"]["choices"][0]["message"]["content"] == "Four."
    counts = batch.request_counts
    assert counts is not None
    assert (counts.total, counts.completed, counts.failed) == (2, 2, 0)
    assert batch.usage is not None
    assert batch.usage.total_tokens > 0


async def test_lines_that_are_refused_are_in_the_error_file() -> None:
    async with FakeOpenAI() as fake, sdk(fake) as client:
        batch = await ended(client, await begun(client, [line("good"), line("bad", n=0)]))
        wrong = await lines_of(client, batch.error_file_id)

    assert batch.status == "completed"
    assert [one["custom_id"] for one in wrong] == ["bad"]
    assert wrong[0]["response"]["status_code"] == 400
    assert wrong[0]["response"]["body"]["error"]["param"] == "n"


async def test_a_batch_of_embeddings_runs_too() -> None:
    body = {"model": "text-embedding-3-small", "input": "x", "dimensions": 2}
    request = {"custom_id": "e", "method": "POST", "url": "/v1/embeddings", "body": body}
    async with FakeOpenAI() as fake, sdk(fake) as client:
        batch = await ended(client, await begun(client, [request], "/v1/embeddings"))
        (output,) = await lines_of(client, batch.output_file_id)

    assert len(output["response"]["body"]["data"][0]["embedding"]) == 2


@pytest.mark.parametrize(
    ("lines", "code", "number"),
    [
        (["{"], "invalid_json_line", 1),
        ([line("a"), line("a")], "duplicate_custom_id", 2),
        ([{**line("a"), "url": "/v1/embeddings"}], "mismatched_endpoint", 1),
        ([{"custom_id": "a", "method": "POST", "url": CHAT}], "missing_required_parameter", 1),
        ([line("a", stream=True)], "invalid_value", 1),
        ([""], "empty_file", None),
    ],
)
async def test_a_file_that_is_wrong_fails_the_batch_and_says_where(
    lines: list[Any], code: str, number: int | None
) -> None:
    async with FakeOpenAI() as fake, sdk(fake) as client:
        batch = await ended(client, await begun(client, lines))

    assert batch.status == "failed"
    assert batch.errors is not None
    assert batch.errors.data is not None
    assert [(one.code, one.line) for one in batch.errors.data] == [(code, number)]


async def test_a_batch_that_is_cancelled_keeps_what_was_answered_until_then() -> None:
    async with FakeOpenAI() as fake, sdk(fake) as client:
        fake.plan = None
        batch = await begun(client, [line(f"{n}", f"question {n}") for n in range(40)])
        fake.latency = Latency(first_token=0.05)
        while not (batch.request_counts and batch.request_counts.completed):
            batch = await client.batches.retrieve(batch.id)
        cancelled = await client.batches.cancel(batch.id)
        batch = await ended(client, cancelled)
        output = await lines_of(client, batch.output_file_id)

    assert cancelled.status == "cancelling"
    assert batch.status == "cancelled"
    assert 0 < len(output) < 40


async def test_a_batch_that_has_ended_cannot_be_cancelled() -> None:
    async with FakeOpenAI() as fake, sdk(fake) as client:
        batch = await ended(client, await begun(client, [line("a")]))
        with pytest.raises(openai.ConflictError, match="Cannot cancel a batch with status"):
            await client.batches.cancel(batch.id)


async def test_batches_are_listed_the_latest_first() -> None:
    async with FakeOpenAI() as fake, sdk(fake) as client:
        made = [(await begun(client, [line("a")])).id for _ in range(3)]
        listed = [batch.id async for batch in client.batches.list(limit=2)]

    assert listed == made[::-1]


async def test_requests_of_a_batch_are_not_those_of_the_client() -> None:
    async with FakeOpenAI() as fake, sdk(fake) as client:
        await ended(client, await begun(client, [line("a")]))
        paths = {request.path for request in fake.requests}

    assert CHAT not in paths


async def test_a_batch_under_way_ends_with_the_server() -> None:
    async with FakeOpenAI() as fake, sdk(fake) as client:
        fake.latency = Latency(first_token=60)
        await begun(client, [line("a")])
        await asyncio.sleep(0.05)


async def test_the_files_of_a_batch_expire_when_they_should() -> None:
    async with FakeOpenAI() as fake, sdk(fake) as client:
        file = await client.files.create(
            file=("in.jsonl", json.dumps(line("a")).encode()), purpose="batch"
        )
        batch = await client.batches.create(
            input_file_id=file.id,
            endpoint=CHAT,
            completion_window="24h",
            output_expires_after={"anchor": "created_at", "seconds": 3600},
        )
        batch = await ended(client, batch)
        assert batch.output_file_id is not None
        output = await client.files.retrieve(batch.output_file_id)

    assert file.expires_at is None
    assert output.expires_at == output.created_at + 3600
