"""What a client made of a scenario."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, TypeAlias

from fake_openai import FakeOpenAIThread

TIMEOUT = 0.4  # seconds that clients wait for bytes
PATIENCE = 3.0  # seconds after which a client hangs
RETRIES = 2
KEY = "sk-of-a-fuzz-test"
BODY: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "Tell me."}]}


@dataclass
class Outcome:
    """What the user of a client got.

    Attributes:
        text: of the answer, as far as it came.
        finish_reason: as the client tells it; None = it tells none.
        error: that ended it.
        hung: whether it had to be cancelled.
    """

    text: str = ""
    finish_reason: str | None = None
    error: BaseException | None = None
    hung: bool = False

    @property
    def complete(self) -> bool:
        """Whether the user must take the answer for a whole one."""
        return self.error is None and self.finish_reason in ("stop", "tool_calls")

    def __str__(self) -> str:
        end = "hung" if self.hung else repr(self.error) if self.error else "no error"
        return f"text {self.text!r}, finish reason {self.finish_reason!r}, {end}"


Ask: TypeAlias = Callable[[Outcome], Awaitable[None]]


@dataclass(frozen=True)
class Client:
    """A client to be fuzzed.

    Attributes:
        open: makes it, for a server; what it yields asks once and fills in an `Outcome`.
        errors: classes that its users are told to expect.
        packages: that take part, for the versions.
        knows_answers: whether it knows what an answer is, and not only what events are.
    """

    open: Callable[[FakeOpenAIThread], AbstractAsyncContextManager[Ask]]
    errors: tuple[type[BaseException], ...]
    packages: tuple[str, ...]
    knows_answers: bool = True
