"""What breaks an answer, and the tests that are made of it for every way to ask."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

import pytest

from fake_openai import BrokenJSON, CleanEnd, Cut, ErrorEvent, Fault, Reset

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
