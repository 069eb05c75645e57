"""`/v1/completions`."""

from __future__ import annotations

from typing import Any

from fake_openai import Answer
from support.judge.asking import Ask, Case


def complete(status: int = 200, **more: Any) -> Ask:
    """Return a request for a completion."""
    body = {"model": "gpt-3.5-turbo-instruct", "prompt": "Once upon a time", **more}
    return Ask("/v1/completions", body, status=status)


def both(name: str, *answers: Answer, **more: Any) -> list[Case]:
    """Return a request not streamed, streamed, and streamed with usage."""
    usage = {"stream": True, "stream_options": {"include_usage": True}}
    return [
        Case(f"completion, {name}", [complete(**more)], answers),
        Case(f"completion, {name}, streamed", [complete(stream=True, **more)], answers),
        Case(f"completion, {name}, streamed with usage", [complete(**usage, **more)], answers),
    ]


COMPLETIONS = [
    *both("nothing set"),
    *both("a whole answer", Answer("there was a fake."), max_tokens=64),
    *both("several choices", n=3),
    *both("prompts", prompt=["one", "two"]),
    *both("tokens", prompt=[1, 2, 3]),
    *both("arrays of tokens", prompt=[[1, 2], [3]]),
    *both("log probabilities", logprobs=3),
    *both("none but those said", logprobs=0),
    *both("echo", echo=True, logprobs=2),
    *both("stop", stop=["e"]),
    *both("a suffix", suffix="The end."),
    *both("sampling", temperature=0.5, top_p=0.5, presence_penalty=1, frequency_penalty=-1),
    *both("seed and user", seed=7, user="u-1", logit_bias={"50256": -100}),
    Case("completion, the best", [complete(best_of=3)]),
    Case("completion refused, no prompt", [complete(400, prompt=None, model=7)]),
    Case("completion refused, a wrong type", [complete(400, max_tokens="many")]),
    Case("completion refused, a model for chats", [complete(404, model="gpt-4o")]),
]
