"""What is wrong with a call, in words of JSON: who reads it may never have seen Python."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from fake_openai.faults import catalogue
from fake_openai.latency import distributions

_NAMES: Mapping[str, str] = {
    "Answer": "an answer",
    "Citation": "a citation",
    "ToolCall": "a tool call",
    "Load": "load",
    "Recorded": "recorded",
}
# Longer ones first, as they have shorter ones in them.
_PHRASES: Mapping[str, str] = {
    "expected text or an Answer": "expected text, an object, or an array of tool calls",
    "a number of seconds or a distribution such as Uniform(0.1, 0.3)": (
        'a number of seconds or a distribution such as {"kind": "uniform", "low": 0.1, "high": 0.3}'
    ),
    "a list of ToolCall": "an array of tool calls",
    "a list of Citation": "an array of citations",
    "a list of them": "an array of them",
    "a list of": "an array of",
    "a list": "an array",
    "a mapping": "an object",
    "a Mapping": "an object",
    "probability of Chance": "probability",
    "or None for": "or null for",
    "or None": "or null",
    "after= (events), at_byte= (bytes), at_seconds= and each= (probability)": (
        "after (events), at_byte (bytes), at_seconds and each (probability)"
    ),
}


def in_json_words(message: str) -> str:
    """Return `message` without the words of Python in what it says was expected."""
    expected, got, came = message.partition(", got ")
    for phrase, instead in _PHRASES.items():
        expected = expected.replace(phrase, instead)
    return _classes().sub(lambda found: _names()[found[0]], expected) + got + came


@lru_cache
def _names() -> Mapping[str, str]:
    faults = {fault.__name__: fault.kind() for fault in catalogue.ALL}
    times = {
        kind.__name__: kind.__name__.lower()
        for kind in vars(distributions).values()
        if isinstance(kind, type) and issubclass(kind, distributions.Distribution)
    }
    return {**faults, **times, **_NAMES}


@lru_cache
def _classes() -> re.Pattern[str]:
    # What stands in quotes is what came.
    return re.compile(rf"(?<![\w'])(?:{'|'.join(_names())})(?![\w'])")
