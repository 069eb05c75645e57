"""What holds for every client, bare and healed: a class of claims for each kind of answer.

A client says under `ways` how it is asked for such an answer, and has its claims tried for each.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

import pytest

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
from fake_openai import (
    Answer,
    BrokenJSON,
    CleanEnd,
    Cut,
    ErrorEvent,
    FakeOpenAI,
    Fault,
    Reset,
)

Breaks = Mapping[str, tuple[Fault, ...]]

BREAKS: Breaks = {
    "cut inside an event": (Cut(at_byte=1500),),
    "reset": (Reset(after=6),),
    "clean end": (CleanEnd(after=6),),
    "error event": (ErrorEvent(after=6),),
    "broken JSON": (BrokenJSON(after=6),),
    "three in a row": (Cut(after=3), CleanEnd(after=9), Reset(after=5)),
}
# The answer of the fake is: a role, four tokens of text, then a call in 16 chunks, and another.
IN_A_CALL: Breaks = {
    "behind a name": (Cut(after=6),),
    "in the first": (Cut(after=10),),
    "between two": (CleanEnd(after=21),),
    "in the second": (Reset(after=27),),
    "in both": (ErrorEvent(after=12), Cut(after=28)),
}
IN_REASONING: Breaks = {
    "in the reasoning": (Cut(after=5),),
    "in the text behind it": (Cut(after=20),),
}
IN_AN_OBJECT = {name: BREAKS[name] for name in ("reset", "clean end", "three in a row")}


class Claims:
    """Claims that are tried for each of `ways`.

    Attributes:
        ways: how a client is asked.
        breaks: what breaks the answer, and is mended by asking for the same again.
        dialect: of the server that is asked.
        background: whether the middleware may put responses into the background.
        continued: dialect and name of those that are also tried where the server can go on.
    """

    ways: ClassVar[dict[str, Any]]
    breaks: ClassVar[Breaks]
    dialect: ClassVar[str] = "openai"
    background: ClassVar[bool] = False
    continued: ClassVar[Collection[tuple[str, str]]] = ()

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        metafunc.parametrize("way", self.ways.values(), ids=self.ways)
        if "dialect" in metafunc.fixturenames:
            cases = [*((self.dialect, name) for name in self.breaks), *self.continued]
            metafunc.parametrize(
                ("dialect", "faults"),
                [(dialect, self.breaks[name]) for dialect, name in cases],
                ids=[f"{dialect}, {name}" for dialect, name in cases],
            )
        elif "faults" in metafunc.fixturenames:
            metafunc.parametrize("faults", self.breaks.values(), ids=self.breaks)


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
