from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import openai
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fake_openai import FakeOpenAI
from support.openai_client import ask


@pytest.fixture
async def client() -> AsyncIterator[openai.AsyncOpenAI]:
    async with (
        FakeOpenAI() as fake,
        openai.AsyncOpenAI(base_url=fake.base_url, api_key="sk-a", max_retries=0) as client,
    ):
        yield client


@given(st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_what_was_sent_comes_back_byte_for_byte(data: bytes) -> None:
    async def there_and_back() -> bytes:
        async with (
            FakeOpenAI() as fake,
            openai.AsyncOpenAI(base_url=fake.base_url, api_key="sk-a") as client,
        ):
            file = await client.files.create(file=("a.bin", data), purpose="evals")
            assert file.bytes == len(data)
            return (await client.files.content(file.id)).content

    assert asyncio.run(there_and_back()) == data


async def test_a_file_is_told_of_listed_and_forgotten(client: openai.AsyncOpenAI) -> None:
    one = await client.files.create(file=("a.jsonl", b"{}"), purpose="batch")
    other = await client.files.create(file=("b.txt", b"b"), purpose="user_data")

    assert (await client.files.retrieve(one.id)).filename == "a.jsonl"
    assert [file.id async for file in client.files.list()] == [other.id, one.id]
    assert [file.id async for file in client.files.list(purpose="batch")] == [one.id]
    assert (await client.files.delete(one.id)).deleted
    with pytest.raises(openai.NotFoundError, match="No such File object"):
        await client.files.retrieve(one.id)


async def test_a_list_comes_page_by_page(client: openai.AsyncOpenAI) -> None:
    made = [(await client.files.create(file=(f"{n}", b"x"), purpose="batch")).id for n in range(5)]

    page = await client.files.list(limit=2, order="asc")

    assert [file.id for file in page.data] == made[:2]
    assert page.has_more
    assert [file.id async for file in page] == made


async def test_what_users_upload_for_models_is_not_given_out(client: openai.AsyncOpenAI) -> None:
    file = await client.files.create(file=("a", b"x"), purpose="user_data")

    with pytest.raises(openai.BadRequestError, match="Not allowed to download"):
        await client.files.content(file.id)


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "order=up", "after=file-none"])
async def test_a_wrong_query_is_refused(query: str) -> None:
    async with FakeOpenAI() as fake:
        raw = await ask(fake, b"", f"/v1/files?{query}", method="GET")

    assert raw.status == 400
    assert raw.json()["error"]["param"] == query.split("=", maxsplit=1)[0]


async def test_a_purpose_that_does_not_exist_is_refused(client: openai.AsyncOpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="'fun'"):
        await client.files.create(file=("a", b"x"), purpose="fun")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"--y\r\n\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\nnothing"),
    ],
)
async def test_a_body_that_is_no_form_is_refused(kind: str, raw: bytes) -> None:
    async with FakeOpenAI() as fake:
        told = await ask(fake, raw, "/v1/files", headers={"Content-Type": kind})

    assert told.status == 400
    assert told.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("expires", "param"),
    [
        ({"seconds": 3600}, "expires_after.anchor"),
        ({"anchor": "last_used", "seconds": 3600}, "expires_after.anchor"),
        ({"anchor": "created_at"}, "expires_after.seconds"),
        ({"anchor": "created_at", "seconds": 60}, "expires_after.seconds"),
    ],
)
async def test_when_a_file_expires_is_checked(
    client: openai.AsyncOpenAI, expires: dict[str, object], param: str
) -> None:
    more = {"expires_after": expires}

    with pytest.raises(openai.BadRequestError) as refused:
        await client.files.create(file=("a", b"{}"), purpose="batch", extra_body=more)

    assert refused.value.param == param


async def test_a_file_expires_so_many_seconds_after_it_was_created(
    client: openai.AsyncOpenAI,
) -> None:
    file = await client.files.create(
        file=("a", b"{}"),
        purpose="batch",
        expires_after={"anchor": "created_at", "seconds": 3600},
    )

    assert file.expires_at == file.created_at + 3600
