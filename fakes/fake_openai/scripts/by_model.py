"""What a model name asks for: for clients of which nothing else can be changed.

`fake-429`, `fake-cut-after-5`, `fake-stall-after-3-seconds-60`, `fake-500-once`: faults by their
names, with a dash where the text form has something else. `fake-echo`, `fake-refusal` and others
ask for an answer. What stands before a last slash does not count (`openai/fake-429`), as gateways
put the provider there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fake_openai import checks
from fake_openai.errors.errors import ApiError
from fake_openai.fault import Fault
from fake_openai.faults.notation import KINDS, from_json
from fake_openai.inventing import plausible

from .script import Answer, ToolCall

_NAME = re.compile(r"(?:.*/)?fake-(?P<wish>.*)", re.DOTALL)
_STATUS = re.compile(r"[1-9]\d\d")
_NUMBER = re.compile(r"\d+(\.\d+)?")
_USUAL_PLACE = 3
_PLACES = ("after", "at_byte", "at_seconds", "each")
_USUAL: Mapping[str, Mapping[str, Any]] = {"raw_bytes": {"data": "garbage\n\n"}}
_REPEATS = {"once": 1, "twice": 2}

Says = Callable[[str, str], Answer]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a model name asks for.

    Attributes:
        faults: what goes wrong with a request.
        times: in how many attempts of a conversation; None = in all.
        says: makes the answer from the question and a seed; None = the usual one.
    """

    faults: tuple[Fault, ...] = ()
    times: int | None = None
    says: Says | None = None

    def strikes(self, attempt: int) -> tuple[Fault, ...]:
        """Return the faults of an attempt, counted from 1."""
        return self.faults if self.times is None or attempt <= self.times else ()


def _words(count: int) -> Says:
    def say(question: str, seed: str) -> Answer:
        del question
        words: list[str] = []
        while len(words) < count:
            words += plausible.answer(f"{seed}/{len(words)}").text.split()
        return Answer(" ".join(words[:count]))

    return say


def _lookup(question: str, seed: str) -> Answer:
    del seed
    return Answer(tool_calls=[ToolCall("lookup", {"query": question[:200]})])


ANSWERS: Mapping[str, tuple[str, Says]] = {
    "echo": ("the last message of the user", lambda question, _: Answer(question)),
    "empty": ("an answer without text", lambda _, __: Answer()),
    "refusal": ("a refusal", lambda _, __: Answer(refusal="I'm sorry, I can't assist with that.")),
    "reasoning": (
        "reasoning before the answer",
        lambda _, seed: Answer(
            plausible.answer(seed).text, reasoning=plausible.answer(f"{seed}/thought").text
        ),
    ),
    "tool-call": ("a call of the tool `lookup` with the question", _lookup),
    "length": (
        "an answer that ends with `length`",
        lambda _, seed: Answer(plausible.answer(seed).text[:-10], finish_reason="length"),
    ),
    "content-filter": (
        "an answer that ends with `content_filter`",
        lambda _, seed: Answer(plausible.answer(seed).text[:20], finish_reason="content_filter"),
    ),
    "words-N": ("N words", _words(0)),
}


def read(model: str) -> Wish | None:
    """Return what `model` asks for, None for any other model.

    Raises:
        ApiError: it begins like such a name, but is none; the message says what was expected.
    """
    found = _NAME.fullmatch(model)
    return None if found is None else _read(model, found["wish"])


@lru_cache(1000)
def _read(model: str, wish: str) -> Wish:
    if wish in ANSWERS and wish != "words-N":
        return Wish(says=ANSWERS[wish][1])
    words = wish.split("-")
    if words[0] == "words" and len(words) > 1 and words[1].isdecimal():
        return Wish(says=_words(min(int(words[1]), 100_000)))
    try:
        return _fault(words)
    except (ValueError, TypeError) as error:
        told = f"The model `{model}` does not exist: {error}."
        raise ApiError(404, told, code="model_not_found", kind="no_model") from None


def _fault(words: list[str]) -> Wish:
    kind, left = _kind(words)
    told: dict[str, Any] = {"kind": kind, **_USUAL.get(kind, {})}
    times: int | None = None
    if kind == "status":
        told["status"] = int(left.pop(0))
    known = {*KINDS[kind].arguments, "probability", "times", *_REPEATS}
    for name, value in _arguments(left, known):
        if name in _REPEATS:
            times = _REPEATS[name]
        elif name == "times":
            times = int(value)
            checks.at_least(1, "times", times)
        else:
            told[name] = _value(value)
    if "after" in KINDS[kind].arguments and not any(place in told for place in _PLACES):
        told["after"] = _USUAL_PLACE
    return Wish((from_json(told),), times)


def _kind(words: list[str]) -> tuple[str, list[str]]:
    if _STATUS.fullmatch(words[0]):
        return "status", words
    for length in range(len(words), 0, -1):
        name = "_".join(words[:length])
        if name in KINDS and name != "status":
            return name, words[length:]
    answers = (f"fake-{name}" for name in ANSWERS)
    faults = (f"fake-{name.replace('_', '-')}" for name in KINDS if name != "status")
    raise ValueError(f"expected fake-STATUS, {', '.join((*answers, *faults))}")


def _arguments(words: list[str], known: set[str]) -> Iterator[tuple[str, str]]:
    left = list(words)
    while left:
        for length in range(min(3, len(left)), 0, -1):
            name = "_".join(left[:length])
            if name in known:
                break
        else:
            raise ValueError(
                f"there is no argument {left[0]!r}; there are {', '.join(sorted(known))}"
            )
        del left[:length]
        if name in _REPEATS:
            yield name, ""
        elif left:
            yield name, left.pop(0)
        else:
            raise ValueError(f"{name} needs a value")


def _value(text: str) -> Any:
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return {"true": True, "false": False}.get(text, text)
