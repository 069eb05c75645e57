"""The endpoints, and for how long anybody waits at them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from fake_openai import FakeOpenAIThread

from .cases import Case

KEY = "sk-of-a-benchmark"
SILENCE = 0.8  # seconds that both sides wait for bytes, or for a token
PATIENCE = 8.0  # seconds after which a call hangs


@dataclass(frozen=True)
class Endpoints:
    """Where to ask.

    Attributes:
        first: base URL.
        second: of another server with the same model; None = there is no other.
        dialect: of both.
    """

    first: str
    second: str | None
    dialect: str


@contextmanager
def endpoints(case: Case, dialect: str) -> Iterator[Endpoints]:
    """Serve `case`, each time from its beginning."""
    with ExitStack() as stack:
        urls: list[str | None] = []
        for faults in (case.first, case.second):
            server = stack.enter_context(FakeOpenAIThread(dialect))
            server.reply(case.answer)
            if faults:
                server.fail(*faults)
            urls.append(server.base_url)
        assert urls[0] is not None
        yield Endpoints(urls[0], None if case.alone else urls[1], dialect)
