"""The table of what is continued, and how, is what the library does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from protocol.test_continuation import transcript
from steadystream.errors import GaveUp
from steadystream.events import Rung
from steadystream.protocol.continuation import Continuation, continuation
from steadystream.protocol.dialects import DIALECTS, Dialect
from steadystream.protocol.ladder import Ladder
from support.scripted import REQUEST

PAGE = Path("docs/explanation/recovery.md")

SAID = "It was a dark and stormy night"
THOUGHT = {"reasoning": "hm"}
SIGNED = {"reasoning": "hm", "reasoning_details": [{"type": "reasoning.text", "signature": "c2"}]}
CALL = {"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": "{}"}}]}
TORN = {"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": "{"}}]}
JSON = {"response_format": {"type": "json_object"}}

CASES: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "text": ({}, [SAID]),
    "text, and a torn tool call that was held": ({"tools": [{}]}, [SAID]),
    "whole tool calls": ({}, [SAID, CALL]),
    'half a tool call (`tool_calls="stream"`)': ({}, [TORN]),
    "text under a forced `tool_choice`": ({"tool_choice": "required"}, [SAID]),
    "reasoning": ({}, [THOUGHT]),
    "reasoning that is signed or encrypted": ({}, [SIGNED]),
    "reasoning and text": ({}, [THOUGHT, SAID]),
    "JSON (`response_format`)": (JSON, [SAID]),
    "text under another grammar": ({"guided_regex": "a*"}, [SAID]),
    "more than one choice (`n` > 1)": ({"n": 2}, [SAID]),
    "text with log probabilities": ({"logprobs": True}, [SAID]),
    "part of a refusal": ({}, [{"refusal": "I can"}]),
    "text with annotations, or of a search": ({"web_search_options": {}, "plugins": [{}]}, [SAID]),
    "text, where audio was asked for": ({"modalities": ["text", "audio"]}, [SAID]),
    "audio": ({}, [{"audio": {"data": "UklG"}}]),
}


def how(case: str, rung: Rung | None, dialect: Dialect) -> Continuation | GaveUp:
    body, deltas = CASES[case]
    request = replace(REQUEST, body={**REQUEST.body, **body})
    return continuation(
        request, transcript(*deltas), dialect, Ladder(frozenset({rung} if rung else ()))
    )


def handed_in(case: str) -> str:
    able = [d for d in DIALECTS.values() if d.rung is not None and d.models is None]
    names = [d.name for d in able if isinstance(how(case, d.rung, d), Continuation)]
    return "yes" if len(names) == len(able) else ", ".join(f"`{name}`" for name in names) or "no"


def row(case: str) -> str:
    plain = DIALECTS["vllm"]
    again = how(case, Rung.REGENERATE, plain)
    words = how(case, Rung.INSTRUCT, plain)
    why = how(case, None, plain)
    cells = (
        handed_in(case),
        "yes" if isinstance(again, Continuation) else "no",
        "yes" if isinstance(words, Continuation) else "no",
        f"`{why}`",
    )
    return f"| {' | '.join((case, *cells))} |"


@pytest.mark.parametrize("case", CASES)
def test_the_table_says_what_is_done(case: str) -> None:
    assert row(case) in PAGE.read_text()


def test_the_page_shows_the_words_that_are_said() -> None:
    shown = " ".join(PAGE.read_text().replace("> ", "").split())

    assert " ".join(Ladder().instruction.replace("{anchor}", "").split()) in shown
