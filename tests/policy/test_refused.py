from __future__ import annotations

from dataclasses import replace
from typing import Any

from policy.test_recovery import transcript
from steadystream.events import Rung
from steadystream.policy.refused import RefusedRungs
from steadystream.protocol.transcript import Transcript
from steadystream.request import Request
from support.scripted import REQUEST

ONE = transcript("one")


def asking(**body: Any) -> Request:
    return replace(REQUEST, body={**REQUEST.body, **body})


def test_what_was_refused_is_remembered_for_that_model_at_that_address() -> None:
    refused = RefusedRungs()
    refused.add(REQUEST, ONE, Rung.PREFILL)

    assert refused.of(REQUEST, transcript("two")) == {Rung.PREFILL}
    assert not refused.of(asking(model="other"), ONE)
    assert not refused.of(replace(REQUEST, url="http://other/v1/chat/completions"), ONE)


def test_a_refusal_in_json_or_behind_reasoning_says_nothing_of_plain_text() -> None:
    refused = RefusedRungs()
    thought = Transcript.from_json(ONE.to_json())
    thought.choices[0].reasoning_parts.append("hm")
    refused.add(asking(response_format={"type": "json_object"}), ONE, Rung.EXACT_PREFIX)
    refused.add(REQUEST, thought, Rung.EXACT_PREFIX)

    assert not refused.of(REQUEST, ONE)


def test_the_oldest_of_many_is_forgotten() -> None:
    refused = RefusedRungs()
    for number in range(1001):
        refused.add(asking(model=f"m{number}"), ONE, Rung.PREFILL)

    assert not refused.of(asking(model="m0"), ONE)
    assert refused.of(asking(model="m1000"), ONE)
