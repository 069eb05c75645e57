"""A streamed answer as the bytes of its events, comments and `[DONE]` included."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby, zip_longest
from json.encoder import encode_basestring
from operator import attrgetter
from typing import Any

from fake_openai.delivery.steps import Send
from fake_openai.dialect import Dialect

from . import deltas
from .chunks import PROMPT_FILTERS, ChunkWriter
from .lines import TEXT, html_safe
from .logprobs import Logprobs, member
from .pieces import Choice, Piece

DONE = b"data: [DONE]\n\n"
_KIND = attrgetter("kind", "call")
_TEXT = attrgetter("text")
_TEXTS = frozenset({"content", "reasoning", "refusal", "arguments"})


def stream(writer: ChunkWriter, choices: Sequence[Choice], rng: random.Random) -> Iterator[Send]:
    """Yield the events of a whole stream, comments and `[DONE]` included."""
    dialect = writer.dialect
    comments = rng.randint(*dialect.opens_with)
    del rng  # 2.5 KiB, and the stream may wait long
    for _ in range(comments):
        yield Send(comment(dialect))
    if dialect.filters:
        yield Send(_filtered_prompt(), 1)
    if len(choices) == 1:
        yield from _choice(writer, choices[0])
    else:
        for sends in zip_longest(*(_choice(writer, choice) for choice in choices)):
            yield from (send for send in sends if send is not None)
    if dialect.usage_on == "chunk" and (dialect.usage_always or writer.facts.include_usage):
        yield Send(writer.bare(usage=dialect.usage(writer.facts.tokens)), 1)
    if writer.facts.moderation is not None:
        yield Send(writer.bare(members={"moderation": writer.facts.moderation}), 1)
    yield Send(DONE, 1, final=True)


def comment(dialect: Dialect) -> bytes:
    """Return the comment with which `dialect` keeps a silent connection open."""
    return f": {dialect.keep_alive or 'keep-alive'}\n\n".encode()


def _filtered_prompt() -> bytes:
    chunk = {
        "choices": [],
        "created": 0,
        "id": "",
        "model": "",
        "object": "",
        "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": PROMPT_FILTERS}],
    }
    return f"data: {json.dumps(chunk, separators=(',', ':'))}\n\n".encode()


def _choice(writer: ChunkWriter, choice: Choice) -> Iterator[Send]:
    dialect, facts, at = writer.dialect, writer.facts, choice.index
    makes = deltas.Deltas(
        dialect, thinks=choice.reasoning_tokens > 0, text=TEXT, old_form=choice.old_form
    )
    chances = writer.chances(at)
    groups = makes.group(choice.pieces)
    if not dialect.reasoning and choice.reasoning_tokens:
        groups = [group for group in groups if group[0].kind != "reasoning"]
    if dialect.role is not None:
        delta = makes.role(groups)
        stamp = {dialect.stamp: facts.stamp} if dialect.stamp else {}
        none_yet = member("content", []) if chances else None
        role = writer.chunk(
            at, delta, keys=dialect.role_choice_keys, members=stamp, logprobs=none_yet
        )
        yield Send(role, 1)
    last: tuple[Piece, ...] | None = None
    if groups and (dialect.end_on_last or makes.ends_in_calls(groups)):
        last = groups.pop()
    if groups and dialect.role_on_first:
        first = groups.pop(0)
        writer.spend(at, first)
        yield Send(writer.chunk(at, {"role": "assistant", **makes.of(first)}), 1)
    yield from _said(writer, at, makes, groups, chances)
    likely = member(last[0].kind, chances.of(last[0].text)) if last and chances else None
    delta = makes.of(last) if last else makes.end()
    if writer.facts.running and last:
        writer.spend(at, last)
    for event in _end(writer, choice, makes, delta, likely):
        yield Send(event, 1)


def _said(
    writer: ChunkWriter,
    at: int,
    makes: deltas.Deltas,
    groups: deltas.Groups,
    chances: Logprobs | None,
) -> Iterator[Send]:
    running = writer.facts.running
    plain = chances is None and not running
    if isinstance(groups, deltas.Singles) and plain and all(map(_TEXT, groups.left())):
        yield from _texts(writer, at, makes, groups)
        return
    for group in groups:
        piece = group[0]
        if running:
            writer.spend(at, group)
        if chances is not None and piece.kind in ("content", "refusal"):
            likely = member(piece.kind, chances.of(piece.text))
            yield Send(writer.chunk(at, makes.of(group), logprobs=likely, speaks=True), 1)
        elif piece.text and piece.kind in _TEXTS and len(group) == 1 and not running:
            text = html_safe(encode_basestring(piece.text), writer.dialect)
            yield Send(writer.line(at, piece, makes).fill(text), 1)
        else:
            yield Send(writer.chunk(at, makes.of(group)), 1)


def _texts(
    writer: ChunkWriter, at: int, makes: deltas.Deltas, groups: deltas.Singles
) -> Iterator[Send]:
    # The way of nearly all answers: pieces of one kind share a line.
    dialect = writer.dialect
    for (kind, _), run in groupby(groups.left(), _KIND):
        first = next(run)
        rest = chain((first,), run)  # noqa: B031 (what is left of the run, once)
        if kind not in _TEXTS:
            yield from (Send(writer.chunk(at, makes.of((piece,))), 1) for piece in rest)
            continue
        texts: Iterable[str] = map(encode_basestring, map(_TEXT, rest))
        if dialect.escape_html:
            texts = (html_safe(text, dialect) for text in texts)
        yield from writer.line(at, first, makes).each(texts)


def _end(
    writer: ChunkWriter,
    choice: Choice,
    makes: deltas.Deltas,
    delta: Mapping[str, Any],
    likely: Mapping[str, Any] | None,
) -> Iterator[bytes]:
    dialect, facts, at = writer.dialect, writer.facts, choice.index
    usage = dialect.usage(facts.tokens)
    if dialect.stamp:
        stamp = {dialect.stamp: {"id": facts.stamp["id"], "usage": usage}}
        yield writer.chunk(at, delta, choice.ends_with, usage=usage, members=stamp)
        return
    due = dialect.usage_on == "end" and (dialect.usage_always or facts.include_usage)
    keys = dialect.end_choice_keys
    members = {}
    if dialect.end_twice:
        yield writer.chunk(at, delta, choice.ends_with, keys=keys)
        delta, members = makes.end(), {"service_tier": None}
    yield writer.chunk(
        at,
        delta,
        choice.ends_with,
        usage=usage if due else None,
        keys=keys,
        members=members,
        logprobs=likely,
        stopped_by=choice.stopped_by,
    )
