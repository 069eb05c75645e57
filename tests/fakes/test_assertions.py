"""What a test may claim of the requests, and what it is told when that is wrong."""

from __future__ import annotations

import pytest

from fake_openai import CommentFlood, Cut, FakeOpenAI, Fault, Status
from support.openai_client import ask, chat


async def test_a_claim_that_is_right_returns_the_requests() -> None:
    async with FakeOpenAI() as fake:
        await ask(fake, chat("a cat"))
        await ask(fake, chat("a dog"))

        assert fake.assert_called(contains="cat", times=1) == fake.requests[:1]
        assert fake.assert_called() == fake.requests
        fake.assert_not_called(contains="bird")


async def test_a_wrong_claim_shows_the_nearest_request_and_the_difference() -> None:
    async with FakeOpenAI() as fake:
        await ask(fake, chat("something else"))
        await ask(fake, chat("the wether in Oslo"))
        with pytest.raises(AssertionError) as wrong:
            fake.assert_called(model="m", contains="the weather in Oslo")

    asked = "POST /v1/chat/completions model='m' question='the wether in Oslo'"
    meant = "model='m', contains='the weather in Oslo'"
    assert str(wrong.value).splitlines() == [
        f"expected at least one request with {meant}, got 0 of 2 in all; the nearest is",
        f"  #2 {asked}: 200, whole",
        "    contains: wanted 'the weather in Oslo', got 'the wether in Oslo'",
    ]


async def test_a_wrong_number_lists_the_requests() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Status(status=503))
        for _ in range(2):
            await ask(fake, chat("cat"))
        with pytest.raises(AssertionError) as wrong:
            fake.assert_called(contains="cat", times=3)

    assert str(wrong.value).splitlines() == [
        "expected 3 requests with contains='cat', got 2 of 2 in all:",
        "  #1 POST /v1/chat/completions model='m' question='cat': 503, fault (Status(status=503))",
        "  #2 POST /v1/chat/completions model='m' question='cat': 200, whole",
    ]


async def test_that_nothing_came_at_all_is_said_so() -> None:
    async with FakeOpenAI() as fake:
        with pytest.raises(AssertionError, match=r"^expected one request, got 0 of 0 in all$"):
            fake.assert_called(times=1)


async def test_a_request_that_should_not_have_come_is_shown() -> None:
    async with FakeOpenAI() as fake:
        await ask(fake, chat("cat"))
        with pytest.raises(AssertionError, match="expected no request, got 1 of 1 in all:\n  #1"):
            fake.assert_not_called()


async def test_scripts_and_faults_that_were_not_used_up_are_named() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("never", contains="the weather")
        fake.reply("once", times=1)
        fake.fail(Cut(after=1), times=2)
        await ask(fake, chat("the wether"))
        with pytest.raises(AssertionError) as wrong:
            fake.assert_all_used()

    lines = str(wrong.value).splitlines()
    assert lines[0] == "2 of 3 scripts and faults are not used up:"
    assert lines[1] == "  reply('never', contains='the weather'), used 0"
    assert lines[4] == "      contains: wanted 'the weather', got 'the wether'"
    assert lines[5] == "  fail(Cut(after=1)), used 1 of 2"


async def test_scripts_that_were_used_up_are_no_complaint() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("always")
        fake.sequence("once")
        for question in ("a", "b"):
            await ask(fake, chat(question))

        fake.assert_all_used()


async def test_a_claim_is_about_its_scope() -> None:
    async with FakeOpenAI() as fake:
        await ask(fake, chat("cat"))
        with fake.scope() as scope:
            scope.assert_not_called()


def test_a_claim_that_cannot_be_is_refused() -> None:
    fake = FakeOpenAI()

    with pytest.raises(TypeError, match="there is no condition 'time'"):
        fake.assert_called(time=1)  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="times must be 0 or more, got -1"):
        fake.assert_called(times=-1)


@pytest.mark.parametrize(("fault", "stream"), [(Cut(after=500), True), (CommentFlood(2), False)])
async def test_a_fault_that_did_not_strike_is_told(fault: Fault, stream: bool) -> None:
    async with FakeOpenAI() as fake:
        fake.fail(fault)
        await ask(fake, chat(stream=stream))
        with pytest.raises(AssertionError, match="did not strike") as e:
            fake.assert_all_used()

        assert fake.requests[0].missed == (fault,)
        assert repr(fault) in str(e.value)
        assert "did not strike" in str(fake.verdict())


async def test_a_fault_that_struck_is_used() -> None:
    async with FakeOpenAI() as fake:
        fake.fail(Cut(after=1))
        await ask(fake, chat())
        fake.assert_all_used()

        assert fake.requests[0].missed == ()


def test_a_role_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="did you mean 'assistant'"):
        FakeOpenAI().assert_not_called(role="asistant")
