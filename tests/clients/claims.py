"""What holds for every client, bare and healed: a class of claims for each kind of answer.

A client says under `ways` how it is asked for such an answer, and has its claims tried for each.
"""

from __future__ import annotations

from typing import Any, ClassVar

from clients.asking import (
    AFTER,
    BEFORE,
    CALLED,
    CALLING,
    REASONING,
    STORM,
    TEXT,
    THINKING,
    Way,
    asked,
    healing,
)
from clients.breaks import BREAKS, IN_A_CALL, IN_AN_OBJECT, IN_REASONING, Claims
from fake_openai import Answer, FakeOpenAI, Fault


class Texts(Claims):
    """A text of several tokens."""

    breaks = BREAKS
    continued = (("vllm", "cut inside an event"), ("vllm", "three in a row"))

    async def test_bare_a_healthy_text_is_told_whole(self, way: Way) -> None:
        async with FakeOpenAI(self.dialect) as fake:
            fake.reply(TEXT)

            told = await asked(way, fake)

            assert (told.text, told.error) == (TEXT, None)

    async def test_bare_a_broken_text_is_not_told_whole(
        self, way: Way, faults: tuple[Fault, ...]
    ) -> None:
        async with FakeOpenAI(self.dialect) as fake:
            fake.reply(TEXT)
            fake.fail(*faults)

            told = await asked(way, fake)

            assert told.text != TEXT
            assert len(fake.requests) == 1

    async def test_a_broken_text_is_told_whole(
        self, way: Way, faults: tuple[Fault, ...], dialect: str
    ) -> None:
        async with FakeOpenAI(dialect) as fake:
            fake.reply(TEXT)
            fake.fail(*faults)

            told = await asked(way, fake, healing(dialect, background=self.background))

            assert (told.text, told.error) == (TEXT, None)
            assert len(fake.requests) == len(faults) + 1
        assert await fake.quiet() == 0


class Calls(Claims):
    """A few words and two calls of a tool.

    Attributes:
        with_results: how many requests follow of themselves, once the tools were run.
    """

    breaks = IN_A_CALL
    continued = (("vllm", "in the second"), ("vllm", "in both"))
    with_results: ClassVar[int] = 0

    async def test_bare_healthy_calls_are_told_whole(self, way: Way) -> None:
        async with FakeOpenAI(self.dialect) as fake:
            fake.reply(CALLING, AFTER)

            told = await asked(way, fake)

            assert (told.text, told.calls, told.error) == (BEFORE, CALLED, None)

    async def test_bare_a_torn_call_is_not_told_whole(
        self, way: Way, faults: tuple[Fault, ...]
    ) -> None:
        async with FakeOpenAI(self.dialect) as fake:
            fake.reply(CALLING, AFTER)
            fake.fail(*faults)

            told = await asked(way, fake)

            assert told.calls != CALLED

    async def test_torn_calls_are_told_whole_and_once(
        self, way: Way, faults: tuple[Fault, ...], dialect: str
    ) -> None:
        async with FakeOpenAI(dialect) as fake:
            fake.reply(CALLING, AFTER)
            fake.fail(*faults)

            told = await asked(way, fake, healing(dialect, background=self.background))

            assert told.error is None
            assert told.calls == CALLED
            assert told.text == BEFORE
            assert len(fake.requests) == len(faults) + 1 + self.with_results


class Objects(Claims):
    """An object, for which each of `ways` tells the answer that it is read from.

    Attributes:
        wanted: the object.
    """

    breaks = IN_AN_OBJECT
    continued = (("deepseek", "reset"), ("deepseek", "three in a row"))
    ways: ClassVar[dict[str, tuple[Way, Answer]]]
    wanted: ClassVar[Any] = STORM

    async def test_bare_a_healthy_object_is_told_whole(self, way: tuple[Way, Answer]) -> None:
        ask, answer = way
        async with FakeOpenAI(self.dialect) as fake:
            fake.reply(answer)

            told = await asked(ask, fake)

            assert (told.value, told.error) == (self.wanted, None)

    async def test_bare_a_broken_object_is_not_told_whole(
        self, way: tuple[Way, Answer], faults: tuple[Fault, ...]
    ) -> None:
        ask, answer = way
        async with FakeOpenAI(self.dialect) as fake:
            fake.reply(answer)
            fake.fail(*faults)

            told = await asked(ask, fake)

            assert told.error is not None or told.value != self.wanted

    async def test_a_broken_object_is_told_whole(
        self, way: tuple[Way, Answer], faults: tuple[Fault, ...], dialect: str
    ) -> None:
        ask, answer = way
        async with FakeOpenAI(dialect) as fake:
            fake.reply(answer)
            fake.fail(*faults)

            told = await asked(ask, fake, healing(dialect, background=self.background))

            assert (told.value, told.error) == (self.wanted, None)
            assert len(fake.requests) == len(faults) + 1


class Reasonings(Claims):
    """Reasoning and a text behind it."""

    breaks = IN_REASONING
    dialect = "deepseek"
    continued = (("vllm", "in the reasoning"), ("vllm", "in the text behind it"))

    async def test_bare_a_healthy_answer_is_told_whole(self, way: Way) -> None:
        async with FakeOpenAI(self.dialect) as fake:
            fake.reply(THINKING)

            told = await asked(way, fake)

            assert (told.reasoning, told.text, told.error) == (REASONING, TEXT, None)

    async def test_bare_a_broken_answer_is_not_told_whole(
        self, way: Way, faults: tuple[Fault, ...]
    ) -> None:
        async with FakeOpenAI(self.dialect) as fake:
            fake.reply(THINKING)
            fake.fail(*faults)

            told = await asked(way, fake)

            assert told.text != TEXT

    async def test_reasoning_and_text_are_told_once(
        self, way: Way, faults: tuple[Fault, ...], dialect: str
    ) -> None:
        async with FakeOpenAI(dialect) as fake:
            fake.reply(THINKING)
            fake.fail(*faults)

            told = await asked(way, fake, healing(dialect, background=self.background))

            assert (told.reasoning, told.text, told.error) == (REASONING, TEXT, None)
            assert len(fake.requests) == len(faults) + 1
