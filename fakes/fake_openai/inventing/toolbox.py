"""Decides which tools an answer calls, and with what."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence

from fake_openai.asking.demands import Demands
from fake_openai.asking.offered import Tool
from fake_openai.scripts.script import ToolCall

from . import schema, words
from .patterns import matching

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W_]+")
_PROPER = re.compile(r"(?<![.!?] )(?<!^)\b[A-Z][\w'-]+(?: [A-Z][\w'-]+)*")
_QUOTED = re.compile(r'"([^"]+)"')
_EMPTY_WORDS = (
    "a an and by call do does for from get give has have how i in is it make me my of on or please"
    " run set show tell that the this to tool use what which with you your current given some any"
    " function returns return all"
)
_EMPTY = frozenset(_EMPTY_WORDS.split(" "))
_ENOUGH = 0.6
_MOST_CALLS = 4


def calls(seed: str, question: str, demands: Demands) -> list[ToolCall]:
    """Return the calls that the answer to `question` makes; none if it is to be a text."""
    if not demands.tools or demands.choice == "none":
        return []
    asked = [tool for tool in demands.tools if _asks_for(question, tool)]
    if demands.choice == "required":
        wanted = asked or [demands.tools[0]]
    elif demands.results:
        return []  # the tools have answered; now the model does
    else:
        wanted = asked
    if not demands.parallel:
        wanted = wanted[:1]
    hints = _hints(question)
    if len(wanted) == 1 and demands.parallel and 1 < len(hints) <= _MOST_CALLS and asked:
        return [_call(f"{seed}/{at}", wanted[0], [hint]) for at, hint in enumerate(hints)]
    return [_call(f"{seed}/{at}", tool, hints) for at, tool in enumerate(wanted[:_MOST_CALLS])]


def _asks_for(question: str, tool: Tool) -> bool:
    """Say whether a question plainly asks for a tool: by its name, or in the words for it."""
    if re.search(rf"(?<!\w){re.escape(tool.name)}(?!\w)", question):
        return True
    said = _words(question)
    name = _words(tool.name)
    if name and name <= said:
        return True
    told = _words(tool.description)
    return len(told & said) >= 2 and len(told & said) >= _ENOUGH * len(told)  # noqa: PLR2004 (one word is chance)


def _words(text: str) -> frozenset[str]:
    found = (word.lower() for word in _WORD.findall(text))
    return frozenset(word.removesuffix("s") for word in found) - _EMPTY


def _hints(question: str) -> list[str]:
    """Return what a question names: texts in quotes, else names."""
    found = _QUOTED.findall(question) or _PROPER.findall(question)
    return list(dict.fromkeys(found))


def _call(seed: str, tool: Tool, hints: Sequence[str]) -> ToolCall:
    if tool.custom:
        rng = random.Random(seed)
        made = matching(tool.pattern, rng) if tool.pattern else None
        return ToolCall(tool.name, made or words.named("output", rng), custom=True)
    wanted = json.loads(tool.schema) if tool.schema else {"type": "object"}
    made_up = schema.value(wanted, seed, hints)
    return ToolCall(tool.name, made_up if isinstance(made_up, dict) else {})
