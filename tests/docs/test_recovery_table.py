"""The table of what is continued, and how, is what the library does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from protocol.test_continuation import transcript
from steadystream.errors import GaveUp
from steadystream.events import Batch, Rung
from steadystream.protocol.continuation import Continuation, continuation
from steadystream.protocol.dialects import DIALECTS, Dialect
from steadystream.protocol.ladder import Ladder
from steadystream.protocol.responses.continuation import continuation as of_response
from support.response_events import Spoken, transcript_of
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


SHAPED = {"text": {"format": {"type": "json_object"}}}
IMAGE = {"id": "ig", "type": "image_generation_call"}
SOURCE = {"type": "url_citation"}
RESPONSES: dict[str, tuple[dict[str, Any], Callable[[Spoken], Batch]]] = {
    "text": ({}, lambda s: s.message(SAID).events[:5]),
    "text, and a torn call that was held": ({}, lambda s: s.message(SAID).events[:5]),
    "a message that is whole": ({}, lambda s: s.message(SAID).events),
    "whole calls": ({}, lambda s: s.call("f", "{}").events),
    'half a call (`tool_calls="stream"`)': ({}, lambda s: s.call("f", "{", "}").events[:4]),
    "text under a forced `tool_choice`": (
        {"tool_choice": "required"},
        lambda s: s.message(SAID).events[:5],
    ),
    "reasoning": ({}, lambda s: s.reasoning("Hm.").events[:5]),
    "reasoning that is encrypted": ({}, lambda s: s.reasoning("Hm.", encrypted="c2Vh").events),
    "reasoning and text": ({}, lambda s: s.reasoning("Hm.").message(SAID).events[:-3]),
    "JSON (`text.format`)": (SHAPED, lambda s: s.message(SAID).events[:5]),
    "part of a refusal": ({}, lambda s: s.refusal("I cannot").events[:5]),
    "text with annotations": ({}, lambda s: s.message(SAID, annotations=[SOURCE]).events[:6]),
    "a search, or another tool of the provider": ({}, lambda s: s.search("x").events),
    "an image": (
        {},
        lambda s: s.event("response.output_item.added", output_index=0, item=IMAGE).events,
    ),
    "audio": ({}, lambda s: s.event("response.audio.delta", delta="UklG").events),
}


def response_row(case: str) -> str:
    body, told = RESPONSES[case]
    request = replace(REQUEST, url="http://h/v1/responses", body={"input": "hi", **body})

    def can(rung: Rung | None, *, background: bool = False) -> Continuation | GaveUp:
        so_far = transcript_of(told(Spoken(background=background)))
        ladder = Ladder(frozenset({rung} if rung else ()))
        return of_response(request, so_far, DIALECTS["openai"], ladder)

    ways = can(Rung.CURSOR, background=True), can(Rung.REGENERATE), can(Rung.INSTRUCT)
    cells = ["yes" if isinstance(way, Continuation) else "no" for way in ways]
    return f"| {' | '.join((case, *cells, f'`{can(None)}`'))} |"


@pytest.mark.parametrize("case", RESPONSES)
def test_the_table_of_responses_says_what_is_done(case: str) -> None:
    assert response_row(case) in PAGE.read_text()
