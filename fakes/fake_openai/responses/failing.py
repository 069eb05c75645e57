"""Errors in the middle of a response that runs in the background.

They are the model's and not the connection's: the response fails, whoever listens.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from fake_openai import checks
from fake_openai.delivery.steps import Send, Step
from fake_openai.fault import Fault
from fake_openai.faults import ErrorEvent, Scene
from fake_openai.front.exchange import Exchange
from fake_openai.scripts.script import Reply

from .events import Told
from .kept import Kept, Run
from .making import Made


def fail(exchange: Exchange, reply: Reply, made: Made, kept: Kept) -> Reply:
    """Let the errors among the faults of `reply` happen to a response in the background.

    Returns:
        The reply with what is left of its faults.
    """
    left: list[Fault] = []
    for fault in checks.faults("reply", reply.faults):
        if isinstance(fault, ErrorEvent) and kept.run is not None:
            _fail(exchange, fault, made, kept, kept.run)
        else:
            left.append(fault)
    return replace(reply, faults=left)


def _fail(exchange: Exchange, fault: ErrorEvent, made: Made, kept: Kept, run: Run) -> None:
    scene = Scene(
        exchange.dialect,
        random.Random(made.seed),
        made.id,
        made.created,
        exchange.model,
        endpoint="responses",
    )
    sends = run.sends

    def failing(padded: bool) -> Sequence[Told]:
        steps: list[Step] = [told.send for told in sends(padded)]
        changed = fault.change(steps, scene) or steps
        return [Told(step) for step in changed if isinstance(step, Send)]

    told = failing(False)
    whole = sends(False)
    if [one.send for one in told] == [one.send for one in whole]:
        return
    exchange.note(fault)
    same = sum(one.send == was.send for one, was in zip(told, whole, strict=False))
    due = list(run.due[:same])
    run.due = due + [due[-1] if due else 0.0] * (len(told) - same)
    run.sends = failing
    kept.last = {**kept.going, **_response(told)}
    kept.output = kept.last["output"]


def _response(told: Sequence[Told]) -> dict[str, Any]:
    for one in reversed(told):
        for line in one.send.data.split(b"\n"):
            data = json.loads(line[6:]) if line.startswith(b"data: {") else {}
            if "response" in data:
                return dict(data["response"])
    return {}
