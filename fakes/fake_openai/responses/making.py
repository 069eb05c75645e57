"""Makes a response: what was asked and the answer to it become items and an end."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fake_openai.counting import prompts
from fake_openai.front.exchange import Exchange
from fake_openai.inventing import catalogue
from fake_openai.latency import Latency
from fake_openai.scripts.script import Answer
from fake_openai.telling import pieces
from fake_openai.telling.judging import result

from . import given, members, output
from .asking import Asking
from .events import EventWriter, Told
from .given import Given
from .ids import Ids
from .items import Item
from .kept import Kept, Run
from .skeleton import Ending, Skeleton, Used

_TIERS = ("flex", "priority", "scale")
_REASONS = {"length": "max_output_tokens", "content_filter": "content_filter"}


@dataclass(frozen=True, slots=True)
class Made:
    """A response.

    Attributes:
        asking: what was asked.
        id: its id.
        created: seconds since 1970.
        read: what the model read, with ids.
        skeleton: what does not change in it.
        items: its output.
        ending: how it ends.
        seed: of its padding.
    """

    asking: Asking
    id: str
    created: int
    read: Given
    skeleton: Skeleton
    items: Sequence[Item]
    ending: Ending
    seed: int

    def events(self, *, padded: bool) -> Iterator[Told]:
        """Yield its events; each time the same."""
        writer = EventWriter(self.skeleton, random.Random(self.seed), pads=padded)
        return writer.stream(self.items, self.ending, queued=self.asking.background)

    def kept(self, run: Run | None = None) -> Kept:
        """Return what is kept of it."""
        last = self.skeleton.ended(self.ending, event=False)
        return Kept(
            id=self.id,
            first=self.skeleton.response("queued", event=False),
            going=self.skeleton.response("in_progress", event=False),
            last=last,
            output=last["output"],
            items=self.read.items,
            context=self.read.context,
            run=run,
        )


def make(exchange: Exchange, asking: Asking, answer: Answer) -> Made:
    """Return the response that tells `answer`."""
    body, form, created = asking.body, asking.form, exchange.created
    ids = Ids(form, exchange.rng, created)
    id = ids.response()
    choice = pieces.cut(_called(body, answer), max_tokens=body.get("max_output_tokens"))
    items = output.items(choice, _wanted(exchange, asking, answer), form, ids, exchange.rng)
    reason = _REASONS.get(choice.ends_with)
    tier = body.get("service_tier")
    ending = Ending(
        status="incomplete" if reason else "completed",
        items=items,
        used=_used(exchange, asking, choice),
        at=exchange.created,
        reason=reason,
        tier=tier if tier in _TIERS else "default",
        moderation=_judged(asking, choice),
    )
    return Made(
        asking=asking,
        id=id,
        created=created,
        read=given.named(asking.read, ids),
        skeleton=_skeleton(asking, id, created),
        items=items,
        ending=ending,
        seed=exchange.rng.getrandbits(64),
    )


def timed(
    told: Iterator[Told], latency: Latency, chance: random.Random, prompt_tokens: int
) -> Iterator[tuple[float, Told]]:
    """Yield events, each with the seconds that it is waited for; only tokens take time."""
    gaps = latency.gaps(chance)
    each = 0.0 if latency.load is None else latency.load.token_seconds
    begun = False
    for one in told:
        wait = 0.0
        if one.token and begun:
            wait = next(gaps) + each
        elif one.token or (one.send.final and not begun):
            wait, begun = latency.first(chance, prompt_tokens), True
        yield wait, one


def _skeleton(asking: Asking, id: str, created: int) -> Skeleton:
    form, body, effort = asking.form, asking.body, _effort(asking)
    late = {}
    if form.echoes_reasoning:
        late["reasoning"] = members.reasoning(form, body.get("reasoning") or {}, effort)
    return Skeleton(form, members.known(form, body, id, created, effort), late)


def _wanted(exchange: Exchange, asking: Asking, answer: Answer) -> output.Wanted:
    body = asking.body
    includes: Sequence[str] = body.get("include") or ()
    asked: Mapping[str, Any] = body.get("reasoning") or {}
    told = "message.output_text.logprobs" in includes
    return output.Wanted(
        model=body["model"],
        summary=bool(asked.get("summary") or asked.get("generate_summary")),
        sealed="reasoning.encrypted_content" in includes,
        logprobs=(body.get("top_logprobs") or 0) if told else None,
        custom=frozenset(t["name"] for t in body.get("tools") or () if t["type"] == "custom"),
        call_id=exchange.dialect.call_id,
        seed=f"{exchange.seed}/{asking.conversation.key}/{asking.conversation.demands.digest}",
        citations=answer.citations,
    )


def _called(body: Mapping[str, Any], answer: Answer) -> Answer:
    if body.get("parallel_tool_calls") is not False or not answer.tool_calls:
        return answer
    return replace(answer, tool_calls=answer.tool_calls[:1])


def _used(exchange: Exchange, asking: Asking, choice: pieces.Choice) -> Used:
    body, prompt = asking.body, asking.conversation.prompt_tokens
    key = f"{body['model']}\n{body.get('prompt_cache_key') or ''}"
    read = given.messages(body, asking.read)
    cached = prompts.cached(exchange.scope.store("prompts"), key, read, prompt)
    return Used(prompt, choice.tokens, choice.reasoning_tokens, cached)


def _judged(asking: Asking, choice: pieces.Choice) -> Mapping[str, Any] | None:
    wanted = asking.body.get("moderation")
    if not wanted:
        return None
    said = choice.joined("content", "refusal")

    def judged(text: str) -> dict[str, Any]:
        told = {**result(text, images=False), "model": wanted["model"]}
        return {"type": "moderation_result", **{name: told[name] for name in sorted(told)}}

    return {"input": judged(asking.conversation.question), "output": judged(said)}


def _effort(asking: Asking) -> str:
    asked = (asking.body.get("reasoning") or {}).get("effort")
    return catalogue.find(asking.body["model"]).effort_of(asked)
