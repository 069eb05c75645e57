from __future__ import annotations

import asyncio

import openai
import pytest

from fake_openai import FakeOpenAI, Limits, Stall
from fake_openai.dialects import find
from fake_openai.errors.errors import ApiError
from fake_openai.keeping.limits import Ledger, duration
from support.openai_client import ask, chat

OPENAI = find("openai")


def sdk(fake: FakeOpenAI, key: str = "sk-a") -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=fake.base_url, api_key=key, max_retries=0)


def admit(ledger: Ledger, now: float, *, key: str = "k", tokens: int = 10) -> None:
    ledger.admit(now, key, "m", tokens, OPENAI)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (0.006, "6ms"),
        (0.12, "120ms"),
        (2.3, "2.3s"),
        (8.64, "8.64s"),
        (73.588, "1m13.588s"),
        (864, "14m24s"),
        (1252.666, "20m52.666s"),
        (3600, "1h0m0s"),
    ],
)
def test_times_are_written_as_the_api_writes_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_request_of_ten_thousand_a_minute_is_back_after_six_milliseconds() -> None:
    ledger = Ledger(Limits(requests_per_minute=10_000))
    admit(ledger, 0)

    told = ledger.headers(0, "k", "m", OPENAI)

    assert told["x-ratelimit-remaining-requests"] == "9999"
    assert told["x-ratelimit-reset-requests"] == "6ms"
    assert ledger.headers(0.006, "k", "m", OPENAI)["x-ratelimit-remaining-requests"] == "10000"


def test_a_request_too_many_says_when_to_come_again_and_is_let_in_then() -> None:
    ledger = Ledger(Limits(requests_per_minute=3))
    for _ in range(3):
        admit(ledger, 0)
    with pytest.raises(
        ApiError, match=r"Limit 3, Used 3, Requested 1\. Please try again in 20s\."
    ) as e:
        admit(ledger, 0)

    assert (e.value.headers["retry-after"], e.value.headers["retry-after-ms"]) == ("20", "20000")
    with pytest.raises(ApiError):
        admit(ledger, 19.9)
    admit(ledger, 20)


def test_a_request_that_never_fits_names_no_time() -> None:
    ledger = Ledger(Limits(tokens_per_minute=100))

    with pytest.raises(
        ApiError, match=r"Request too large for m .* Limit 100, Requested 101\."
    ) as e:
        admit(ledger, 0, tokens=101)

    assert "retry-after" not in e.value.headers


def test_keys_do_not_count_for_each_other() -> None:
    ledger = Ledger(Limits(requests_per_minute=1))
    admit(ledger, 0, key="one")

    admit(ledger, 0, key="other")


def test_a_request_that_was_refused_is_not_counted() -> None:
    ledger = Ledger(Limits(requests_per_minute=60, tokens_per_minute=100))
    admit(ledger, 0, tokens=100)
    with pytest.raises(ApiError):
        admit(ledger, 0, tokens=100)

    assert ledger.headers(0, "k", "m", OPENAI)["x-ratelimit-remaining-requests"] == "59"


@pytest.mark.parametrize("value", [0, -1])
def test_a_limit_below_one_is_refused(value: int) -> None:
    with pytest.raises(ValueError, match="concurrent must be 1 or more, or None for no limit, got"):
        Limits(concurrent=value)


def test_a_limit_that_is_no_number_is_refused() -> None:
    with pytest.raises(TypeError, match="requests_per_minute must be a whole number or None"):
        Limits(requests_per_minute="many")  # type: ignore[arg-type]


async def test_headers_count_down_as_requests_come() -> None:
    async with FakeOpenAI(limits=Limits(requests_per_minute=1, tokens_per_minute=5000)) as fake:
        first = await ask(fake, chat(max_tokens=100))
        second = await ask(fake, chat())

    assert first.headers["x-ratelimit-limit-requests"] == "1"
    assert first.headers["x-ratelimit-remaining-requests"] == "0"
    assert 4800 < int(first.headers["x-ratelimit-remaining-tokens"]) < 4900
    assert second.status == 429
    assert second.headers["x-ratelimit-remaining-requests"] == "0"


async def test_the_sdk_takes_a_limit_for_one_and_reads_when_to_come_again() -> None:
    async with FakeOpenAI(limits=Limits(requests_per_minute=1)) as fake, sdk(fake) as client:
        messages: list[openai.types.chat.ChatCompletionMessageParam]
        messages = [{"role": "user", "content": "Hi"}]
        await client.chat.completions.create(model="gpt-4o", messages=messages)
        with pytest.raises(openai.RateLimitError) as e:
            await client.chat.completions.create(model="gpt-4o", messages=messages)

    assert (e.value.code, e.value.type) == ("rate_limit_exceeded", "requests")
    assert 59_000 < int(e.value.response.headers["retry-after-ms"]) <= 60_000


async def test_an_account_that_is_used_up_is_refused_for_good() -> None:
    async with FakeOpenAI(limits=Limits(quota=5)) as fake:
        first = await ask(fake, chat())
        second = await ask(fake, chat())

    assert first.status == 200
    assert second.status == 429
    assert second.json()["error"]["code"] == "insufficient_quota"
    assert "retry-after" not in second.headers


async def test_requests_at_once_are_counted_while_they_are_under_way() -> None:
    async with FakeOpenAI(limits=Limits(concurrent=1)) as fake:
        fake.fail(Stall(after=1, seconds=0.3))
        slow = asyncio.create_task(ask(fake, chat(stream=True)))
        while not fake.requests or not fake.requests[0].status:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        refused = await ask(fake, chat())
        await slow
        later = await ask(fake, chat())

    assert (refused.status, later.status) == (429, 200)
    assert "at most 1 may be under way" in refused.json()["error"]["message"]


async def test_azure_counts_in_milliseconds_without_a_unit() -> None:
    async with FakeOpenAI("azure", limits=Limits(requests_per_minute=120)) as fake:
        raw = await ask(fake, chat())

    assert 400 < int(raw.headers["x-ratelimit-reset-requests"]) <= 500


async def test_providers_that_tell_no_limits_do_not_begin_to() -> None:
    async with FakeOpenAI("deepseek", limits=Limits(requests_per_minute=1)) as fake:
        await ask(fake, chat())
        refused = await ask(fake, chat())

    assert refused.status == 429
    assert not [name for name in refused.headers if "ratelimit" in name.lower()]


async def test_limits_set_anew_count_from_the_beginning() -> None:
    async with FakeOpenAI(limits=Limits(requests_per_minute=1)) as fake:
        await ask(fake, chat())
        fake.limits = Limits(requests_per_minute=1)

        assert (await ask(fake, chat())).status == 200
