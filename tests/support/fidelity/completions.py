"""`POST /completions`."""

from __future__ import annotations

from typing import Any

from fake_openai import Answer
from support.judge.asking import Ask, Told

from .claim import Endpoint, idle, obeyed, other

_SAMPLING = "the answer does not depend on it"
_WHOLE = {"max_tokens": 64}


def _choice(told: Told) -> Any:
    return told.body["choices"][0]


def _usage_came(told: Told) -> bool:
    return bool(told.events[-1].get("usage"))


CREATE_COMPLETION = Endpoint(
    "POST /completions",
    Ask("/v1/completions", {"model": "gpt-3.5-turbo-instruct", "prompt": "Hello"}),
    {
        "model": obeyed("babbage-002", lambda told: told.body["model"].startswith("babbage")),
        "prompt": obeyed(["a", "b"], lambda told: len(told.body["choices"]) == 2),
        "suffix": idle("The end.", note=_SAMPLING),
        "stream": obeyed(True, lambda told: len(told.events) > 1),
        "stream_options": obeyed({"include_usage": True}, _usage_came, stream=True),
        "stream_options.include_usage": obeyed(True, _usage_came, stream=True),
        "stream_options.include_obfuscation": idle(
            False, note="recorded streams of this endpoint are not padded", stream=True
        ),
        "n": obeyed(3, lambda told: len(told.body["choices"]) == 3),
        "best_of": obeyed(
            4, lambda told: told.body["usage"]["completion_tokens"] > 60, max_tokens=16
        ),
        "max_tokens": obeyed(2, lambda told: told.body["usage"]["completion_tokens"] == 2),
        "echo": obeyed(True, lambda told: _choice(told)["text"].startswith("Hello")),
        "stop": obeyed(
            ["two"], lambda told: _choice(told)["text"] == "one ", Answer("one two three"), **_WHOLE
        ),
        "logprobs": obeyed(2, lambda told: len(_choice(told)["logprobs"]["top_logprobs"][0]) == 2),
        "seed": other(7, note="another seed, another answer"),
        "temperature": idle(0.5, note=_SAMPLING),
        "top_p": idle(0.5, note=_SAMPLING),
        "presence_penalty": idle(0.5, note=_SAMPLING),
        "frequency_penalty": idle(0.5, note=_SAMPLING),
        "logit_bias": idle({"50256": -100}, note=_SAMPLING),
        "user": idle("u-1"),
    },
)
