"""An answer as the items of a response."""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fake_openai.counting import tokens
from fake_openai.scripts.script import Citation, ToolCall
from fake_openai.telling.ids import fill
from fake_openai.telling.logprobs import Logprobs
from fake_openai.telling.pieces import Choice

from .form import ResponsesForm
from .ids import Ids
from .items import Item, ItemKind, Part, PartKind


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a request wants its output.

    Attributes:
        model: the model asked for.
        summary: whether reasoning is to be summed up.
        sealed: whether it is to come encrypted.
        logprobs: how many rivals of each token are to be told; None = no log probabilities.
        custom: names of the tools that take text instead of JSON.
        call_id: template of ids of calls.
        seed: of log probabilities.
        citations: pages that the text cites.
    """

    model: str
    summary: bool
    sealed: bool
    logprobs: int | None
    custom: Collection[str]
    call_id: str
    seed: str
    citations: Sequence[Citation] = ()


def items(
    choice: Choice, wanted: Wanted, form: ResponsesForm, ids: Ids, rng: random.Random
) -> list[Item]:
    """Return the items of an answer, in order; the last is incomplete if the answer is."""
    made = list(_items(choice, wanted, form, ids, rng))
    if choice.ends_with in ("length", "content_filter"):
        made[-1] = replace(made[-1], complete=False)
    return made


def _items(
    choice: Choice, wanted: Wanted, form: ResponsesForm, ids: Ids, rng: random.Random
) -> Iterator[Item]:
    thought = choice.joined("reasoning")
    if thought:
        yield _reasoning(choice, thought, wanted, form, ids)
    calls = choice.calls()
    if _texts(choice, "content") or _texts(choice, "refusal") or not (thought or calls):
        yield _message(choice, wanted, form, ids)
    for number, call in enumerate(calls):
        said = [p.text for p in choice.pieces if p.kind == "arguments" and p.call == number]
        yield _call(call, said, wanted, ids, rng)


def _reasoning(choice: Choice, thought: str, wanted: Wanted, form: ResponsesForm, ids: Ids) -> Item:
    if form.reasoning == "text" or re.fullmatch(form.open_models, wanted.model):
        told = [Part("reasoning_text", _texts(choice, "reasoning"))]
        return Item("reasoning", ids.item("rs"), told)
    id = ids.item("rs", upstream=True)
    members = {"encrypted_content": ids.sealed(thought)} if wanted.sealed else {}
    if members and form.sealed_format:
        members["format"] = form.sealed_format
    paragraphs = thought.split("\n\n") if wanted.summary else ()
    parts = [Part("summary_text", tokens.split(text)) for text in paragraphs if text]
    return Item("reasoning", id, parts, members)


def _message(choice: Choice, wanted: Wanted, form: ResponsesForm, ids: Ids) -> Item:
    members: dict[str, Any] = {"role": "assistant"}
    if re.fullmatch(form.phases, wanted.model):
        members["phase"] = "commentary" if choice.calls() else "final_answer"
    said, refused = _texts(choice, "content"), _texts(choice, "refusal")
    parts = []
    if said or not refused:
        noted = [{"type": "url_citation", **one.note("".join(said))} for one in wanted.citations]
        parts.append(Part("output_text", said, _logprobs(said, wanted), noted))
    if refused:
        parts.append(Part("refusal", refused))
    return Item("message", ids.item("msg"), parts, members)


def _call(
    call: ToolCall, said: Sequence[str], wanted: Wanted, ids: Ids, rng: random.Random
) -> Item:
    is_custom = call.custom or call.name in wanted.custom
    kind: ItemKind = "custom_tool_call" if is_custom else "function_call"
    part: PartKind = "input" if is_custom else "arguments"
    id = ids.item("ctc" if is_custom else "fc")
    call_id = call.id or fill(wanted.call_id, rng)
    return Item(kind, id, [Part(part, said)], {"call_id": call_id, "name": call.name})


def _texts(choice: Choice, kind: str) -> list[str]:
    return [piece.text for piece in choice.pieces if piece.kind == kind]


def _logprobs(said: Iterable[str], wanted: Wanted) -> Sequence[Mapping[str, Any]]:
    if wanted.logprobs is None:
        return ()
    made = Logprobs(wanted.seed, wanted.logprobs)
    return [_by_name(made.entry(token)) for token in said]


def _by_name(entry: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: entry[name] for name in sorted(entry)}
    if "top_logprobs" in told:
        told["top_logprobs"] = [_by_name(one) for one in told["top_logprobs"]]
    return told
