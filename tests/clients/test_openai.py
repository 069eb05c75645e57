"""The official SDK, bare, through the middleware, and where the middleware gives up."""

from __future__ import annotations

import asyncio
import json

import openai
import pytest

from clients.cases import BODY, BROKEN, CONTINUING, MENDABLE, SILENT, steady
from clients.openai_sdk import CONNECTION_ERRORS, TIMEOUTS, read, sdk
from fake_openai import (
    BrokenJSON,
    CleanEnd,
    Cut,
    ErrorEvent,
    FakeOpenAI,
    Fault,
    Reset,
    Stall,
    Status,
)
from steadystream import GaveUp, partial_of


@pytest.mark.parametrize("healed", [False, True])
async def test_a_healthy_answer_arrives_as_it_is(healed: bool) -> None:
    async with FakeOpenAI() as fake, sdk(fake, steady("openai") if healed else None) as client:
        seen = await read(client)

        assert (seen.text, seen.error) == (fake.answer_to(BODY).text, None)
        assert len(fake.requests) == 1


@pytest.mark.parametrize("fault", [Cut(after=4), Reset(after=4)], ids=["cut", "reset"])
async def test_bare_a_broken_connection_loses_the_rest(fault: Fault) -> None:
    async with FakeOpenAI() as fake, sdk(fake) as client:
        fake.fail(fault)

        seen = await read(client)

        true = fake.answer_to(BODY).text
        assert isinstance(seen.error, CONNECTION_ERRORS)
        assert true.startswith(seen.text)
        assert len(seen.text) < len(true)
        assert partial_of(seen.error) is None


async def test_bare_a_truncated_answer_passes_for_a_whole_one() -> None:
    async with FakeOpenAI() as fake, sdk(fake) as client:
        fake.fail(CleanEnd(after=4))

        seen = await read(client)

        assert seen.error is None
        assert len(seen.text) < len(fake.answer_to(BODY).text)


async def test_bare_a_garbled_event_is_an_error_of_the_json_module() -> None:
    async with FakeOpenAI() as fake, sdk(fake) as client:
        fake.fail(BrokenJSON(after=4))

        assert isinstance((await read(client)).error, json.JSONDecodeError)


async def test_bare_keep_alives_hide_a_stall_from_the_read_timeout() -> None:
    async with FakeOpenAI() as fake, sdk(fake, timeout=0.05) as client:
        fake.fail(Stall(after=4, comments=True, every=0.01))

        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.15):
                await read(client)


async def test_bare_retries_of_the_sdk_do_not_help_in_the_middle() -> None:
    async with FakeOpenAI() as fake, sdk(fake, max_retries=2) as client:
        fake.fail(Cut(after=4))

        assert isinstance((await read(client)).error, CONNECTION_ERRORS)
        assert len(fake.requests) == 1


@pytest.mark.parametrize("faults", MENDABLE.values(), ids=MENDABLE)
async def test_what_can_be_mended_arrives_whole(faults: tuple[Fault, ...]) -> None:
    async with FakeOpenAI("vllm") as fake, sdk(fake, steady()) as client:
        fake.fail(*faults)

        seen = await read(client)

        assert (seen.text, seen.error) == (fake.answer_to(BODY).text, None)
        assert len(fake.requests) >= len(faults) + 1
    assert await fake.quiet() == 0


@pytest.mark.slow
@pytest.mark.parametrize("faults", SILENT.values(), ids=SILENT)
async def test_a_silent_server_is_mended_too(faults: tuple[Fault, ...]) -> None:
    async with FakeOpenAI("vllm") as fake, sdk(fake, steady(silence=0.2)) as client:
        fake.fail(*faults)

        seen = await read(client)

        assert (seen.text, seen.error) == (fake.answer_to(BODY).text, None)


@pytest.mark.parametrize("dialect", CONTINUING)
async def test_every_dialect_that_can_go_on_is_mended(dialect: str) -> None:
    async with FakeOpenAI(dialect) as fake, sdk(fake, steady(dialect)) as client:
        fake.fail(Cut(after=5))

        seen = await read(client)

        assert (seen.text, seen.error) == (fake.answer_to(BODY).text, None)
        assert [request.ended for request in fake.requests] == ["fault", "whole"]


@pytest.mark.parametrize("fault", BROKEN.values(), ids=BROKEN)
async def test_what_cannot_be_mended_is_a_connection_error_with_the_partial(fault: Fault) -> None:
    async with FakeOpenAI("openai") as fake, sdk(fake, steady("openai")) as client:
        fake.fail(fault)

        seen = await read(client)

        partial = partial_of(seen.error)
        assert isinstance(seen.error, CONNECTION_ERRORS)
        assert not isinstance(seen.error, TIMEOUTS)
        assert partial is not None
        assert partial.text == seen.text != ""
        assert len(fake.requests) == 1


async def test_a_stall_that_cannot_be_mended_is_a_timeout_with_the_partial() -> None:
    async with FakeOpenAI("openai") as fake, sdk(fake, steady("openai", silence=0.1)) as client:
        fake.fail(Stall(after=4, comments=True, every=0.01))

        seen = await read(client)

        partial = partial_of(seen.error)
        assert isinstance(seen.error, TIMEOUTS)
        assert partial is not None
        assert partial.text == seen.text != ""


async def test_the_error_tells_why_it_was_given_up() -> None:
    async with FakeOpenAI("openai") as fake, sdk(fake, steady("openai")) as client:
        fake.fail(Cut(after=4))

        error: BaseException | None = (await read(client)).error
        while error is not None and not hasattr(error, "gave_up"):
            error = error.__cause__

        assert getattr(error, "gave_up", None) is GaveUp.CANNOT_CONTINUE


async def test_a_server_that_always_breaks_before_the_first_token_is_a_connection_error() -> None:
    async with FakeOpenAI() as fake, sdk(fake, steady("openai", attempts=3)) as client:
        fake.fail(Cut(after=0), times=None)

        seen = await read(client)

        assert isinstance(seen.error, openai.APIConnectionError)
        partial = partial_of(seen.error)
        assert partial is not None
        assert partial.text == ""
        assert len(fake.requests) == 3


@pytest.mark.parametrize(
    ("status", "requests"), [(401, 1), (404, 1), (400, 1), (429, 3), (500, 3), (503, 3)]
)
async def test_an_error_status_is_the_same_exception_with_and_without(
    status: int, requests: int
) -> None:
    errors = []
    for middleware in (None, steady("openai", attempts=3)):
        async with FakeOpenAI() as fake, sdk(fake, middleware) as client:
            fake.fail(Status(status, body={"error": {"message": "no", "code": "c"}}), times=None)
            errors.append((await read(client)).error)
    made = len(fake.requests)

    bare, healed = errors
    assert isinstance(bare, openai.APIStatusError)
    assert isinstance(healed, openai.APIStatusError)
    assert type(healed) is type(bare)
    assert healed.body == bare.body == {"message": "no", "code": "c"}
    assert str(healed) == str(bare)
    assert made == requests


async def test_an_error_event_given_up_is_the_error_that_the_sdk_makes_of_it() -> None:
    errors = []
    for middleware in (None, steady("openai")):
        async with FakeOpenAI() as fake, sdk(fake, middleware) as client:
            fake.fail(ErrorEvent(after=4, message="the model fell over"))
            errors.append((await read(client)).error)

    bare, healed = errors
    assert isinstance(bare, openai.APIError)
    assert isinstance(healed, openai.APIError)
    assert type(healed) is type(bare)
    assert (healed.message, healed.body) == (bare.message, bare.body)
    assert healed.message == "the model fell over"
