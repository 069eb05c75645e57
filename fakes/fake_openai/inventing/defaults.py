"""The answer to a request that nobody scripted: what it wants, the same for the same seed."""

from __future__ import annotations

import json

from fake_openai.asking.demands import NOTHING, Demands
from fake_openai.scripts.script import Answer

from . import plausible, schema, toolbox

_MOST_OF_A_RESULT = 400


def answer(seed: str, question: str, demands: Demands = NOTHING) -> Answer:
    """Return the answer to a request.

    Args:
        seed: any text; the same gives the same answer.
        question: the last user message.
        demands: what the request wants.
    """
    if demands == NOTHING:
        return plausible.answer(seed, question)
    seed = f"{seed}/{demands.digest}"
    thought = plausible.reasoning(seed, demands.effort)
    calls = toolbox.calls(seed, question, demands)
    if calls:
        # Whoever names the tool is told that the answer stops; so does the API.
        ends = "stop" if demands.named else None
        return Answer(reasoning=thought, tool_calls=calls, finish_reason=ends)
    return Answer(_text(seed, question, demands), reasoning=thought)


def _text(seed: str, question: str, demands: Demands) -> str:
    if demands.predicted:
        return demands.predicted
    if demands.schema:
        return schema.text(json.loads(demands.schema), seed)
    said = _said(seed, question, demands)
    if demands.json:
        return json.dumps({"answer": said}, ensure_ascii=False)
    return said


def _said(seed: str, question: str, demands: Demands) -> str:
    if demands.results:
        who = demands.caller or "the tool"
        told = "; ".join(result.strip() for result in demands.results)
        return f"According to {who}: {told[:_MOST_OF_A_RESULT]}"
    return plausible.answer(seed, question, demands.verbosity).text
