"""The choices of a chat completion, and what its chunks share, from the answer and the request."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fake_openai.asking.conversation import Conversation
from fake_openai.counting import prompts
from fake_openai.counting.usage import Tokens
from fake_openai.dialect import Dialect
from fake_openai.front.exchange import Exchange
from fake_openai.inventing import plausible
from fake_openai.scripts.script import Answer, ToolCall

from . import judging, pieces, predictions
from .chunks import Facts
from .ids import fill

_TIERS = {"fast": "priority", "priority": "priority", "flex": "flex"}


@dataclass(frozen=True, slots=True)
class Bounds:
    """What bounds each choice.

    Attributes:
        limit: tokens after which it ends with `length`; None = no limit.
        stop: texts that end it with `stop`.
        single: whether it may call one tool at most.
        old_form: whether the call is told as the older `function_call`.
    """

    limit: int | None = None
    stop: tuple[str, ...] = ()
    single: bool = False
    old_form: bool = False


def bounds_of(body: Mapping[str, Any]) -> Bounds:
    """Return what the body of a chat completion says of its choices."""
    stop = body.get("stop") or ()
    old_form = bool(body.get("functions")) and not body.get("tools")
    return Bounds(
        limit_of(body)[1],
        (stop,) if isinstance(stop, str) else tuple(stop),
        single=old_form or body.get("parallel_tool_calls") is False,
        old_form=old_form,
    )


def limit_of(body: Mapping[str, Any]) -> tuple[str, int | None]:
    """Return the parameter that limits the tokens of an answer, and the limit if there is one."""
    name = "max_completion_tokens"
    if body.get(name) is None and body.get("max_tokens") is not None:
        name = "max_tokens"
    return name, body.get(name)


def choices(
    exchange: Exchange, asked: Conversation, answer: Answer, bounds: Bounds, count: int
) -> list[pieces.Choice]:
    """Return `count` choices; the first is from `answer`."""
    made = []
    for index in range(count):
        true = exchange.true_choice(asked, answer, index)
        said = _continued(exchange, asked, true)
        echo = asked.prefix if exchange.echoes and said is not None else ""
        said = said or plausible.other(f"{exchange.seed}/{asked.key}")
        if said.tool_calls:
            said = _called(said, exchange, bounds)
        choice = pieces.cut(said, index, max_tokens=bounds.limit, stop=bounds.stop, echo=echo)
        made.append(_in_old_form(choice) if bounds.old_form and said.tool_calls else choice)
    return made


def _continued(exchange: Exchange, asked: Conversation, true: Answer) -> Answer | None:
    if asked.as_user:
        return plausible.other(f"{exchange.seed}/{asked.key}/user")
    if not asked.continues:
        return true
    return pieces.rest_after(true, asked.prefix, asked.reasoning)


def _called(answer: Answer, exchange: Exchange, bounds: Bounds) -> Answer:
    def named(tool: ToolCall) -> ToolCall:
        if tool.id is not None:
            return tool
        return replace(tool, id=fill(exchange.dialect.call_id, exchange.rng))

    calls = answer.tool_calls[:1] if bounds.single else answer.tool_calls
    return replace(answer, tool_calls=[named(tool) for tool in calls])


def _in_old_form(choice: pieces.Choice) -> pieces.Choice:
    ends_with = "function_call" if choice.ends_with == "tool_calls" else choice.ends_with
    return replace(choice, old_form=True, ends_with=ends_with)


def facts(
    exchange: Exchange, asked: Conversation, body: Mapping[str, Any], made: list[pieces.Choice]
) -> Facts:
    """Return what all chunks share of all answers to one request, however often it comes."""
    dialect = exchange.dialect
    lasting = random.Random(f"{exchange.seed}/{asked.key}/values")
    options = body.get("stream_options") or {}
    filled = {
        key: fill(value, lasting) if isinstance(value, str) else value
        for key, value in dialect.values.items()
    }
    if re.fullmatch(dialect.no_fingerprint, asked.model):
        filled["system_fingerprint"] = None
    if body.get("service_tier") and "service_tier" in filled:
        filled["service_tier"] = _TIERS.get(body["service_tier"], filled["service_tier"])
    return Facts(
        id="",
        created=0,
        model=asked.model,
        values=filled,
        tokens=_tokens(exchange, asked, body, made),
        include_usage=bool(options.get("include_usage")),
        obfuscate=options.get("include_obfuscation") is not False,
        top_logprobs=(body.get("top_logprobs") or 0) if body.get("logprobs") is True else None,
        seed=f"{exchange.seed}/{asked.key}/{asked.demands.digest}",
        running=_runs(exchange.dialect, options),
        moderation=_judged(exchange.dialect, asked, body, made),
    )


def _runs(dialect: Dialect, options: Mapping[str, Any]) -> bool:
    if not dialect.usage_running or not options.get("continuous_usage_stats"):
        return False
    return dialect.usage_running == "alone" or bool(options.get("include_usage"))


def _judged(
    dialect: Dialect, asked: Conversation, body: Mapping[str, Any], made: list[pieces.Choice]
) -> Mapping[str, Any] | None:
    wanted = body.get("moderation")
    if not wanted or "moderation" not in dialect.chunk_keys:
        return None
    said = [choice.joined("content", "refusal") for choice in made]
    return judging.chat(wanted["model"], asked.question, said)


def told(exchange: Exchange, facts: Facts) -> Facts:
    """Return `facts` with what no other answer has: its id and its time."""
    dialect, rng, created = exchange.dialect, exchange.names, exchange.created
    id = fill(dialect.id, rng, created)
    stamp: Mapping[str, Any] = {}
    if dialect.stamp:
        stamp = {"id": fill(dialect.stamp_id, rng), "seed": rng.getrandbits(31)}
    return facts.told_as(id, created, stamp)


def _tokens(
    exchange: Exchange, asked: Conversation, body: Mapping[str, Any], made: list[pieces.Choice]
) -> Tokens:
    accepted = rejected = 0
    if asked.demands.predicted:
        said = made[0].joined("content")
        accepted, rejected = predictions.compared(asked.demands.predicted, said)
    key = f"{asked.model}\n{body.get('prompt_cache_key') or ''}"
    seen = exchange.scope.store("prompts")
    return Tokens(
        asked.prompt_tokens,
        sum(choice.tokens for choice in made) + rejected,
        sum(choice.reasoning_tokens for choice in made),
        prompts.cached(seen, key, body["messages"], asked.prompt_tokens),
        asked.audio_tokens,
        accepted,
        rejected,
    )
