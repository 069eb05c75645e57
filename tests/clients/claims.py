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

BREAKS: dict[str, tuple[Fault, ...]] = {
    "cut inside an event": (Cut(at_byte=1500),),
    "reset": (Reset(after=6),),
    "clean end": (CleanEnd(after=6),),
    "error event": (ErrorEvent(after=6),),
    "broken JSON": (BrokenJSON(after=6),),
    "three in a row": (Cut(after=3), CleanEnd(after=9), Reset(after=5)),
}
# The answer of the fake is: a role, four tokens of text, then a call in 16 chunks, and another.
IN_A_CALL: dict[str, tuple[Fault, ...]] = {
    "behind a name": (Cut(after=6),),
    "in the first": (Cut(after=10),),
    "between two": (CleanEnd(after=21),),
    "in the second": (Reset(after=27),),
    "in both": (ErrorEvent(after=12), Cut(after=28)),
}
IN_REASONING: dict[str, tuple[Fault, ...]] = {
    "in the reasoning": (Cut(after=5),),
    "in the text behind it": (Cut(after=20),),
}
IN_AN_OBJECT = {name: BREAKS[name] for name in ("reset", "clean end", "three in a row")}


def every(faults: Mapping[str, tuple[Fault, ...]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("faults", faults.values(), ids=faults)


def mended(
    faults: Mapping[str, tuple[Fault, ...]], dialect: str, continuing: Collection[str]
) -> pytest.MarkDecorator:
    """Ask for each again where nothing is continued, and for some where `dialect` continues."""
    cases = [("openai", name) for name in faults] + [(dialect, name) for name in continuing]
    return pytest.mark.parametrize(
        ("dialect", "faults"),
        [(dialect, faults[name]) for dialect, name in cases],
        ids=[f"{dialect}, {name}" for dialect, name in cases],
    )


class Claims:
    """Claims that are tried for each of `ways`."""

    ways: ClassVar[dict[str, Any]]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        metafunc.parametrize("way", self.ways.values(), ids=self.ways)


class Texts(Claims):
    """A text of several tokens."""

    async def test_bare_a_healthy_text_is_told_whole(self, way: Way) -> None:
        async with FakeOpenAI() as fake:
            fake.reply(TEXT)

            told = await asked(way, fake)

            assert (told.text, told.error) == (TEXT, None)

    @every(BREAKS)
    async def test_bare_a_broken_text_is_not_told_whole(
        self, way: Way, faults: tuple[Fault, ...]
    ) -> None:
        async with FakeOpenAI() as fake:
            fake.reply(TEXT)
            fake.fail(*faults)

            told = await asked(way, fake)

            assert told.text != TEXT
            assert len(fake.requests) == 1

    @mended(BREAKS, "vllm", ["cut inside an event", "three in a row"])
    async def test_a_broken_text_is_told_whole(
        self, way: Way, faults: tuple[Fault, ...], dialect: str
    ) -> None:
        async with FakeOpenAI(dialect) as fake:
            fake.reply(TEXT)
            fake.fail(*faults)

            told = await asked(way, fake, healing(dialect))

            assert (told.text, told.error) == (TEXT, None)
            assert len(fake.requests) == len(faults) + 1
        assert await fake.quiet() == 0


class Calls(Claims):
    """A few words and two calls of a tool.

    Attributes:
        with_results: how many requests follow of themselves, once the tools were run.
    """

    with_results: ClassVar[int] = 0

    async def test_bare_healthy_calls_are_told_whole(self, way: Way) -> None:
        async with FakeOpenAI() as fake:
            fake.reply(CALLING, AFTER)

            told = await asked(way, fake)

            assert (told.text, told.calls, told.error) == (BEFORE, CALLED, None)

    @every(IN_A_CALL)
    async def test_bare_a_torn_call_is_not_told_whole(
        self, way: Way, faults: tuple[Fault, ...]
    ) -> None:
        async with FakeOpenAI() as fake:
            fake.reply(CALLING, AFTER)
            fake.fail(*faults)

            told = await asked(way, fake)

            assert told.calls != CALLED

    @mended(IN_A_CALL, "vllm", ["in the second", "in both"])
    async def test_torn_calls_are_told_whole_and_once(
        self, way: Way, faults: tuple[Fault, ...], dialect: str
    ) -> None:
        async with FakeOpenAI(dialect) as fake:
            fake.reply(CALLING, AFTER)
            fake.fail(*faults)

            told = await asked(way, fake, healing(dialect))

            assert told.error is None
            assert told.calls == CALLED
            assert told.text == BEFORE
            assert len(fake.requests) == len(faults) + 1 + self.with_results


class Objects(Claims):
    """An object, for which each of `ways` tells the answer that it is read from.

    Attributes:
        wanted: the object.
    """

    wanted: ClassVar[Any] = STORM

    ways: ClassVar[dict[str, tuple[Way, Answer]]]

    async def test_bare_a_healthy_object_is_told_whole(self, way: tuple[Way, Answer]) -> None:
        ask, answer = way
        async with FakeOpenAI() as fake:
            fake.reply(answer)

            told = await asked(ask, fake)

            assert (told.value, told.error) == (self.wanted, None)

    @every(IN_AN_OBJECT)
    async def test_bare_a_broken_object_is_not_told_whole(
        self, way: tuple[Way, Answer], faults: tuple[Fault, ...]
    ) -> None:
        ask, answer = way
        async with FakeOpenAI() as fake:
            fake.reply(answer)
            fake.fail(*faults)

            told = await asked(ask, fake)

            assert told.error is not None or told.value != self.wanted

    @mended(IN_AN_OBJECT, "deepseek", ["reset", "three in a row"])
    async def test_a_broken_object_is_told_whole(
        self, way: tuple[Way, Answer], faults: tuple[Fault, ...], dialect: str
    ) -> None:
        ask, answer = way
        async with FakeOpenAI(dialect) as fake:
            fake.reply(answer)
            fake.fail(*faults)

            told = await asked(ask, fake, healing(dialect))

            assert (told.value, told.error) == (self.wanted, None)
            assert len(fake.requests) == len(faults) + 1


class Reasonings(Claims):
    """Reasoning and a text behind it."""

    async def test_bare_a_healthy_answer_is_told_whole(self, way: Way) -> None:
        async with FakeOpenAI("deepseek") as fake:
            fake.reply(THINKING)

            told = await asked(way, fake)

            assert (told.reasoning, told.text, told.error) == (REASONING, TEXT, None)

    @every(IN_REASONING)
    async def test_bare_a_broken_answer_is_not_told_whole(
        self, way: Way, faults: tuple[Fault, ...]
    ) -> None:
        async with FakeOpenAI("deepseek") as fake:
            fake.reply(THINKING)
            fake.fail(*faults)

            told = await asked(way, fake)

            assert told.text != TEXT

    @pytest.mark.parametrize("dialect", ["deepseek", "vllm"])
    @every(IN_REASONING)
    async def test_reasoning_and_text_are_told_once(
        self, way: Way, faults: tuple[Fault, ...], dialect: str
    ) -> None:
        async with FakeOpenAI(dialect) as fake:
            fake.reply(THINKING)
            fake.fail(*faults)

            told = await asked(way, fake, healing(dialect))

            assert (told.reasoning, told.text, told.error) == (REASONING, TEXT, None)
            assert len(fake.requests) == len(faults) + 1
