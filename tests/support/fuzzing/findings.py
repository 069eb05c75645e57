"""What was found, each with the scenario that shows it: `docs/explanation/findings.md` tells it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from fake_openai import (
    Answer,
    BrokenJSON,
    CleanEnd,
    Error200,
    ErrorEvent,
    Fault,
    InvalidUTF8,
    NoDone,
    OddHeaders,
    Scenario,
    SplitData,
    Stall,
    UnknownEvent,
    UnknownFields,
    Writes,
    WrongContentLength,
)

from .clients import client_of
from .explore import bench


@dataclass(frozen=True)
class Finding:
    """A behaviour that was seen.

    Attributes:
        title: the heading on the page.
        group: of the faults, which says what is claimed.
        scenario: that shows it.
        seen: by client, the claim that does not hold, and a pattern of what came.
        dialect: of the server.
    """

    title: str
    group: str
    scenario: Scenario
    seen: Mapping[str, tuple[str, str]]
    dialect: str = "openai"

    def check(self, name: str) -> None:
        """Play it to a client.

        Raises:
            AssertionError: the client does something else now.
        """
        claim, pattern = self.seen[name]
        with bench(client_of(name), self.group, self.dialect) as tried:
            outcome, keys = tried.play(Scenario.from_token(self.scenario.token))
            came = f"{outcome}, {len(tried.fake.requests)} requests"
        broken = {key[0] for key in keys}
        told = f"{name} does not do that any more, {self.title!r} is to be corrected: {came}"
        assert claim in broken, f"{told}, {broken}"
        assert re.search(pattern, came), told


_ANSWER = Answer("one two three", chunks=["one", " two", " three"])
_OPENAI = ("openai", "openai-sync", "openai-helper", "openai-responses")
_QUIET = ("quiet", r"text 'one two', finish reason None, no error, 1 requests")
_JSON = ("foreign error", r"JSONDecodeError")
_STOP = ("wrong", r"text 'one two', finish reason 'stop', no error")


def _with(*faults: Fault, writes: Writes = Writes()) -> Scenario:  # noqa: B008 (immutable)
    return Scenario(_ANSWER, [faults] if faults else [], writes)


FINDINGS = (
    Finding(
        "A stream that ends early, and properly",
        "breaking",
        _with(CleanEnd(after=3)),
        {
            **dict.fromkeys(("openai", "openai-sync", "openai-helper", "langchain"), _QUIET),
            "litellm": _STOP,
            "aiohttp-sse-client": ("wrong", "text 'one twoone two three'.*no error, 2 requests"),
        },
    ),
    Finding(
        "A stream without `[DONE]`",
        "legal",
        _with(NoDone()),
        {"aiohttp-sse-client": ("asked again", "text 'one two threeone two three'.*2 requests")},
    ),
    Finding(
        "An error with status 200",
        "breaking",
        _with(Error200()),
        {
            "openai": ("quiet", "text '', finish reason None, no error"),
            "openai-helper": ("foreign error", "AssertionError"),
            "openai-plain": ("foreign error", "'NoneType' object is not subscriptable"),
            "langchain": ("foreign error", "ValueError.*No generation chunks were returned"),
            "litellm": ("wrong", "text '', finish reason 'stop', no error"),
        },
    ),
    Finding(
        "An error event without a member `error`",
        "breaking",
        _with(ErrorEvent(form="mistral", after=3)),
        {
            "openai": ("foreign error", "text 'one two'.*'NoneType' object is not iterable"),
            "openai-helper": _QUIET,
            "langchain": _QUIET,
            "litellm": _STOP,
        },
    ),
    Finding(
        "An event of another name",
        "legal",
        _with(UnknownEvent(after=1)),
        dict.fromkeys(
            ("openai", "openai-sync"), ("not whole", "'NoneType' object is not iterable")
        ),
    ),
    Finding(
        "An event without data",
        "legal",
        _with(UnknownEvent(data=None, after=1)),
        {
            **dict.fromkeys(("openai", "openai-sync", "openai-helper", "langchain"), _JSON),
            "openai-responses": _JSON,
            "litellm": ("not whole", "MidStreamFallbackError"),
        },
    ),
    Finding(
        "A member that is a list",
        "legal",
        _with(UnknownFields()),
        {"openai-helper": ("not whole", "TypeError.*Unexpected list delta entry")},
    ),
    Finding(
        "A byte order mark",
        "legal",
        _with(writes=Writes(bom=True)),
        {
            **dict.fromkeys(
                ("openai", "openai-sync", "openai-helper", "langchain"),
                ("wrong", "text ' two three', finish reason 'stop', no error"),
            ),
            "litellm": ("wrong", "text ' two three', finish reason 'stop', no error"),
            "httpx-sse": ("wrong", "text ' two three', finish reason 'stop', no error"),
            "aiohttp-sse-client": ("wrong", "text ' two three', finish reason 'stop', no error"),
        },
        dialect="ollama",
    ),
    Finding(
        "A byte order mark before data of several lines",
        "legal",
        _with(SplitData(), writes=Writes(bom=True)),
        {
            **dict.fromkeys(("openai", "openai-sync", "langchain"), _JSON),
            "litellm": ("not whole", "MidStreamFallbackError"),
        },
    ),
    Finding(
        "JSON that is broken",
        "breaking",
        _with(BrokenJSON(after=3)),
        dict.fromkeys((*_OPENAI, "langchain"), _JSON),
    ),
    Finding(
        "Bytes that are no UTF-8",
        "lying",
        _with(InvalidUTF8(after=2)),
        dict.fromkeys(
            (*_OPENAI, "langchain", "aiohttp-sse-client"),
            ("foreign error", "UnicodeDecodeError"),
        ),
    ),
    Finding(
        "A plain answer that is cut",
        "breaking",
        _with(WrongContentLength(-100)),
        {"openai-plain": ("foreign error", "JSONDecodeError.*1 requests")},
    ),
    Finding(
        "Silence with comments",
        "stalls",
        _with(Stall(comments=True, after=3)),
        dict.fromkeys(
            ("openai", "langchain", "litellm", "httpx-sse", "aiohttp-sse-client"),
            ("hangs", "hung, 1 requests"),
        ),
    ),
    Finding(
        "Headers with bytes above 127",
        "legal",
        Scenario(_ANSWER, [[OddHeaders()]] * 3),
        dict.fromkeys(
            ("litellm", "litellm-plain"),
            ("asked again", "InternalServerError.*Connection error.*3 requests"),
        ),
    ),
    Finding(
        "Lines that end with CR",
        "legal",
        _with(writes=Writes(newline="\r")),
        {"aiohttp-sse-client": ("asked again", "text '', finish reason None, hung, [0-9]{2,}")},
    ),
)
