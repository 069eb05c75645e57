from __future__ import annotations

import openai
import pytest

from fake_openai import Answer, Cut, FakeOpenAI, Stall, Status
from fake_openai.errors.errors import ApiError
from fake_openai.faults.notation import KINDS
from fake_openai.scripts.by_model import ANSWERS, read
from support.openai_client import ask, chat


def wish(model: str) -> object:
    found = read(model)
    assert found is not None
    return found.faults


@pytest.mark.parametrize(
    ("model", "faults"),
    [
        ("fake-429", (Status(429),)),
        ("fake-503-retry-after-2", (Status(503, retry_after=2),)),
        ("fake-cut-after-5", (Cut(after=5),)),
        ("fake-cut-at-byte-100", (Cut(at_byte=100),)),
        ("fake-cut", (Cut(after=3),)),
        ("fake-stall-after-3-seconds-0.5", (Stall(after=3, seconds=0.5),)),
        ("openai/fake-429", (Status(429),)),
        ("a/b/fake-cut-after-1", (Cut(after=1),)),
    ],
)
def test_a_model_name_asks_for_a_fault(model: str, faults: tuple[object, ...]) -> None:
    assert wish(model) == faults


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "status"])
def test_every_fault_has_a_model_name(kind: str) -> None:
    name = "fake-" + kind.replace("_", "-")

    found = read(name)
    assert found is not None
    assert found.faults[0].kind() == kind


@pytest.mark.parametrize("model", ["gpt-4o", "faker", "my-fake-429", "fake"])
def test_other_models_ask_for_nothing(model: str) -> None:
    assert read(model) is None


@pytest.mark.parametrize(
    ("model", "part"),
    [
        ("fake-429-later-2", "there is no argument 'later'"),
        ("fake-cut-after", "after needs a value"),
        ("fake-nonsense", "expected fake-STATUS"),
        ("fake-", "expected fake-STATUS"),
        ("fake-429-times-0", "times must be 1 or more, got 0"),
        ("fake-cut-after-x", "whole number"),
    ],
)
def test_a_name_that_is_wrong_says_what_was_expected(model: str, part: str) -> None:
    with pytest.raises(ApiError, match=part) as e:
        read(model)

    assert (e.value.status, e.value.code) == (404, "model_not_found")


async def test_the_same_fault_strikes_every_request() -> None:
    async with FakeOpenAI() as fake:
        answers = [await ask(fake, chat(model="fake-cut-after-2")) for _ in range(3)]

    assert [(raw.status, raw.end, len(raw.events)) for raw in answers] == [(200, "cut", 2)] * 3


@pytest.mark.parametrize(
    ("model", "statuses"),
    [
        ("fake-500-once", [500, 200, 200]),
        ("fake-500-twice", [500, 500, 200]),
        ("fake-500-times-3", [500, 500, 500, 200]),
    ],
)
async def test_a_fault_may_strike_the_first_attempts_only(model: str, statuses: list[int]) -> None:
    async with FakeOpenAI() as fake:
        assert [(await ask(fake, chat(model=model))).status for _ in statuses] == statuses


async def test_the_sdk_comes_through_after_two_errors() -> None:
    async with (
        FakeOpenAI() as fake,
        openai.AsyncOpenAI(base_url=fake.base_url, api_key="sk-a", max_retries=2) as client,
    ):
        told = await client.chat.completions.create(
            model="fake-500-twice", messages=[{"role": "user", "content": "Hi"}]
        )

    assert told.choices[0].message.content


@pytest.mark.parametrize("name", [name for name in ANSWERS if name != "words-N"])
async def test_every_answer_can_be_asked_for(name: str) -> None:
    async with FakeOpenAI() as fake:
        raw = await ask(fake, chat(f"question for {name}", model=f"fake-{name}"))

    assert (raw.status, raw.end) == (200, "whole")


async def test_echo_says_what_was_asked() -> None:
    async with FakeOpenAI() as fake:
        assert (await ask(fake, chat("Say it.", model="fake-echo"))).text == "Say it."


async def test_so_many_words_are_said() -> None:
    async with FakeOpenAI() as fake:
        raw = await ask(fake, chat(model="fake-words-500"))

    assert len(raw.text.split()) == 500


async def test_a_script_comes_before_the_name() -> None:
    async with FakeOpenAI() as fake:
        fake.reply("scripted")

        assert (await ask(fake, chat(model="fake-echo"))).text == "scripted"


async def test_the_true_answer_to_a_cut_one_is_known() -> None:
    body = chat(model="fake-cut-after-4")
    async with FakeOpenAI() as fake:
        raw = await ask(fake, body)
        true = fake.answer_to(body)

    assert isinstance(true, Answer)
    assert raw.text
    assert true.text.startswith(raw.text)
