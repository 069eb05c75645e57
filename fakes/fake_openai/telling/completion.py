"""Legacy completions: what a prompt asks for, and how the answer is written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from fake_openai.asking.conversation import Conversation
from fake_openai.asking.demands import NOTHING
from fake_openai.counting import tokens
from fake_openai.counting.usage import Tokens, plain
from fake_openai.delivery.steps import Send
from fake_openai.dialect import Dialect
from fake_openai.front.exchange import Exchange

from .frames import DONE
from .logprobs import Logprobs
from .pieces import Choice

_REMEMBERED = 200
_SEPARATOR = "\n\x1e\n"

Prompts = list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Form:
    """The members of a completion, in their order.

    Attributes:
        chunk: of a chunk.
        choice: of its choices.
        whole: of an answer that is not streamed.
        fingerprint: `system_fingerprint`, where there is one.
    """

    chunk: Sequence[str] = ("id", "object", "created", "choices", "model", "usage")
    choice: Sequence[str] = ("text", "index", "logprobs", "finish_reason")
    whole: Sequence[str] = ("id", "object", "created", "model", "choices", "usage")
    fingerprint: str = ""


_VLLM = ("id", "object", "created", "model", "choices", "usage")
_FORMS: Mapping[str, Form] = {
    "vllm": Form(_VLLM, ("index", "text", "logprobs", "finish_reason", "stop_reason")),
    "sglang": Form(_VLLM, ("index", "text", "logprobs", "finish_reason", "matched_stop")),
    "ollama": Form(
        ("id", "object", "created", "choices", "model", "system_fingerprint", "usage"),
        ("text", "index", "finish_reason"),
        ("id", "object", "created", "model", "system_fingerprint", "choices", "usage"),
        "fp_ollama",
    ),
}
_TOLD_AS = {
    "davinci-002": "davinci:2023-07-21-v2",
    "babbage-002": "babbage:2023-07-21-v2",
    "gpt-3.5-turbo-instruct": "gpt-3.5-turbo-instruct:20230824-v2",
}


def prompts_of(value: Any) -> Prompts:
    """Return the prompts, each with its number of tokens; tokens stand for the text they are."""
    if isinstance(value, str):
        return [(value, tokens.count(value))]
    if all(isinstance(one, int) for one in value):
        return [_of_tokens(value)]
    return [
        (one, tokens.count(one))
        if isinstance(one, str)
        else _of_tokens(one if isinstance(one, list) else [one])
        for one in value
    ]


def _of_tokens(numbers: Sequence[int]) -> tuple[str, int]:
    return " ".join(f"token{number}" for number in numbers), len(numbers)


def read(exchange: Exchange, model: str, prompts: Prompts, seed: int | None = None) -> Conversation:
    """Return what the prompts ask; a prompt that goes on from an earlier answer continues it.

    A model that completes text does not know where a prompt ends and its answer begins. So whoever
    sends the prompt with the beginning of the answer gets the rest of that answer.
    """
    text = _SEPARATOR.join(prompt for prompt, _ in prompts)
    asked = Conversation(
        model=model,
        key=_key(model, text),
        question=text,
        continues=False,
        prefix="",
        reasoning="",
        as_user=False,
        prompt_tokens=sum(count for _, count in prompts),
        demands=NOTHING if seed is None else replace(NOTHING, seed=str(seed)),
    )
    seen = exchange.scope.store(f"completions of {model}")
    for earlier in reversed(list(seen)[-_REMEMBERED:]):
        if len(earlier) < len(text) and text.startswith(earlier):
            before = replace(asked, key=_key(model, earlier), question=earlier)
            said = exchange.scope.desk.true_answer(exchange.received, before).text
            prefix = text[len(earlier) :]
            if said.startswith(prefix):
                return replace(before, continues=True, prefix=prefix)
    seen[text] = True
    return asked


def _key(model: str, text: str) -> str:
    raw = json.dumps([model, "completion", text])
    return hashlib.sha256(raw.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Completion:
    """A completion as it is told; see `serving.Telling`.

    Attributes:
        dialect: whose form.
        id: of the answer.
        created: seconds since 1970.
        model: the model asked for.
        choices: what is said.
        used: tokens.
        seed: of log probabilities.
        top: alternatives told for each token; None = no log probabilities.
        include_usage: whether usage was asked for in a stream.
        streamed: whether it is streamed.
    """

    dialect: Dialect
    id: str
    created: int
    model: str
    choices: Sequence[Choice]
    used: Tokens
    seed: str
    top: int | None
    include_usage: bool
    streamed: bool

    def events(self) -> Iterator[Send]:
        """Yield the events of the stream; the last is `final`."""
        for row in zip_longest(*map(self._parts, self.choices)):
            for choice in row:
                if choice is not None:
                    yield self._chunk([choice])
        if self.include_usage:
            yield self._chunk([], plain(self.used))
        yield Send(DONE, 1, final=True)

    def whole(self) -> bytes:
        """Return the body where it is not streamed."""
        choices = []
        for choice in self.choices:
            parts = list(self._parts(choice))
            told = {**parts[-1], "text": "".join(part["text"] for part in parts)}
            told["logprobs"] = _joined([part["logprobs"] for part in parts])
            choices.append(told)
        known = self._known(choices) | {"usage": plain(self.used)}
        told = {name: known[name] for name in self._form.whole}
        return (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode("utf-8", "replace")

    @property
    def content_type(self) -> str:
        """Content type of the stream; OpenAI names no charset here."""
        return "text/event-stream" if self.dialect.name == "openai" else self.dialect.content_type

    def key(self) -> None:
        """Return nothing: no stream of these is kept."""
        return

    @property
    def _form(self) -> Form:
        return _FORMS.get(self.dialect.name, Form())

    def _known(self, choices: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "text_completion",
            "created": self.created,
            "model": _TOLD_AS.get(self.model, self.model),
            "choices": [{name: one[name] for name in self._form.choice} for one in choices],
            "system_fingerprint": self._form.fingerprint,
        }

    def _chunk(self, choices: list[dict[str, Any]], usage: Any = None) -> Send:
        known = self._known(choices)
        if self.include_usage:
            known["usage"] = usage
        told = {name: known[name] for name in self._form.chunk if name in known}
        line = json.dumps(told, separators=(",", ":"), ensure_ascii=False)
        return Send(f"data: {line}\n\n".encode("utf-8", "replace"), 1)

    def _parts(self, choice: Choice) -> Iterator[dict[str, Any]]:
        told = Logprobs(f"{self.seed}/{choice.index}", self.top or 0)
        pieces = [piece for piece in choice.pieces if piece.kind in ("echo", "content")]
        offset = 0
        for place, piece in enumerate(pieces, 1):
            logprobs = None if self.top is None else _logprobs(told, piece.text, offset)
            offset += len(piece.text)
            end = choice.ends_with if place == len(pieces) else None
            yield _part(choice.index, piece.text, logprobs, end)
        if not pieces:
            yield _part(choice.index, "", None, choice.ends_with)


def _part(index: int, text: str, logprobs: Any, end: str | None) -> dict[str, Any]:
    return {
        "text": text,
        "index": index,
        "logprobs": logprobs,
        "finish_reason": end,
        "stop_reason": None,
        "matched_stop": None,
    }


def _logprobs(told: Logprobs, text: str, offset: int) -> dict[str, Any]:
    entries = told.of(text)
    offsets, at = [], offset
    for entry in entries:
        offsets.append(at)
        at += len(entry["token"])
    return {
        "tokens": [entry["token"] for entry in entries],
        "token_logprobs": [entry["logprob"] for entry in entries],
        "top_logprobs": [
            {other["token"]: other["logprob"] for other in entry["top_logprobs"]}
            for entry in entries
        ],
        "text_offset": offsets,
    }


def _joined(parts: Sequence[Mapping[str, Any] | None]) -> dict[str, Any] | None:
    known = [part for part in parts if part is not None]
    if not known:
        return None
    return {name: [entry for part in known for entry in part[name]] for name in known[0]}
