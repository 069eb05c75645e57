"""A request that comes again byte for byte is understood once; nobody can tell."""

from __future__ import annotations

from fake_openai import FakeOpenAI
from fake_openai.asking.conversation import Conversation
from fake_openai.asking.understood import Key, Memory, Understood
from fake_openai.telling.choices import Bounds
from support.openai_client import ask, chat

ASKED = {**chat("Hello", stream=False), "max_tokens": 5}
KNOWN = Understood({}, Conversation("m", "k", "", False, "", "", False, 1), Bounds())


async def test_a_request_that_comes_again_is_answered_as_before() -> None:
    async with FakeOpenAI() as fake:
        answers = [(await ask(fake, ASKED)).json()["choices"] for _ in range(2)]

    assert answers[0] == answers[1]


async def test_who_changes_a_body_in_the_journal_changes_no_later_request() -> None:
    async with FakeOpenAI() as fake:
        for _ in range(3):
            await ask(fake, ASKED)
            fake.requests[-1].body["messages"].clear()
        await ask(fake, ASKED)

        assert fake.requests[-1].body == ASKED


async def test_a_request_that_was_refused_is_refused_again() -> None:
    async with FakeOpenAI() as fake:
        statuses = [(await ask(fake, {**ASKED, "temperature": 9})).status for _ in range(2)]

    assert statuses == [400, 400]


async def test_what_was_told_before_is_told_anew_under_another_seed_or_script() -> None:
    async with FakeOpenAI() as fake:
        texts = [await _said(fake) for _ in range(3)]
        fake.seed = 5
        texts.append(await _said(fake))
        fake.reply("scripted")
        texts.append(await _said(fake))

    assert texts[0] == texts[1] == texts[2]
    assert len({*texts}) == 3
    assert texts[-1] == "scripted"


def test_what_is_long_is_not_kept() -> None:
    memory = Memory()
    memory.keep(_key(b" " * 16_385), KNOWN)

    assert memory.get(_key(b" " * 16_385)) is None


def test_the_entry_that_came_first_goes_when_there_are_too_many() -> None:
    memory = Memory()
    for number in range(257):
        memory.keep(_key(b"%d" % number), KNOWN)

    assert [memory.get(_key(b"%d" % number)) is KNOWN for number in (0, 1, 256)] == [
        False,
        True,
        True,
    ]


async def _said(fake: FakeOpenAI) -> str:
    answer = (await ask(fake, ASKED)).json()
    return str(answer["choices"][0]["message"]["content"])


def _key(raw: bytes) -> Key:
    return ("openai", "/v1/chat/completions", "own", raw)
