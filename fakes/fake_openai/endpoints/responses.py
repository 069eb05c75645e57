"""`POST /v1/responses`: streamed and not, at once and in the background."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from aiohttp import web

from fake_openai.delivery import following, serving
from fake_openai.delivery.steps import Send, Step, Stop, Wait
from fake_openai.endpoint import Endpoint
from fake_openai.front.exchange import Exchange
from fake_openai.keeping.slots import Full
from fake_openai.latency import Latency
from fake_openai.responses import asking, conversations, failing, kept, making
from fake_openai.responses.events import Told
from fake_openai.responses.kept import Kept, Run
from fake_openai.responses.making import Made
from fake_openai.responses.skeleton import written
from fake_openai.schemas import responses_check
from fake_openai.scripts.script import Answer, Reply


async def create(exchange: Exchange) -> web.StreamResponse:
    """Serve a response."""
    body = exchange.json()
    if "model" in exchange.params:
        body.setdefault("model", exchange.params["model"])
    responses_check.check(body, exchange.dialect)
    asked = asking.understand(exchange, body)
    reply = exchange.deal(asked.conversation, body.get("max_output_tokens") or 0)
    response = await serving.struck(exchange, reply)
    if response is not None:
        return response
    assert isinstance(reply.answer, Answer)  # noqa: S101 (the desk fills it in)
    made = making.make(exchange, asked, reply.answer)
    exchange.used = made.ending.used.total
    if asked.background:
        return await _in_background(exchange, reply, made)
    if asked.stored or asked.body.get("conversation"):
        exchange.when_whole = lambda: _keep(exchange, made, made.kept())
    if not asked.streamed:
        return await serving.tell(exchange, reply, _Whole(made))
    return await _streamed(exchange, reply, made)


async def _streamed(exchange: Exchange, reply: Reply, made: Made) -> web.StreamResponse:
    latency = exchange.latency if reply.latency is None else reply.latency
    if latency.load is not None:
        try:
            exchange.enter(latency.load)
        except Full:
            return await serving.full(exchange, latency)
    return await following.follow(exchange, reply, made.id, _steps(exchange, latency, made))


def _steps(exchange: Exchange, latency: Latency, made: Made) -> Iterator[Step]:
    events, form = made.events(padded=made.asking.pads), made.asking.form
    begun, loaded = False, latency.load is not None
    fewest, most = form.opens_with
    for _ in range(fewest + made.seed % (most - fewest + 1)):
        yield Send(form.comment)
    for wait, told in _timed(exchange, latency, made, events):
        begins = told.token and not begun
        if wait or (loaded and begins):
            yield Wait(wait, form.comment, loaded=loaded)
        begun = begun or begins
        yield told.send
    yield Stop("end")


def _timed(
    exchange: Exchange, latency: Latency, made: Made, told: Iterator[Told]
) -> Iterable[tuple[float, Told]]:
    tokens = made.asking.conversation.prompt_tokens
    return making.timed(told, latency, exchange.chance, tokens)


async def _in_background(exchange: Exchange, reply: Reply, made: Made) -> web.StreamResponse:
    asked = made.asking
    latency = exchange.latency if reply.latency is None else reply.latency
    waits = (wait for wait, _ in _timed(exchange, latency, made, made.events(padded=False)))
    run = Run(
        began=exchange.clock.now(),
        due=list(accumulate(waits)),
        sends=lambda padded: list(made.events(padded=padded)),
        streamed=asked.streamed,
    )
    one = made.kept(run)
    reply = failing.fail(exchange, reply, made, one)
    _keep(exchange, made, one)
    if asked.streamed:
        steps: Iterable[Step] = run.steps(run.began, -1, padded=asked.pads)
    else:
        queued = made.skeleton.response("queued", event=False)
        steps = [Send(written(queued, asked.form), 1, final=True), Stop("end")]
    return await following.follow(exchange, reply, made.id, steps, streamed=asked.streamed)


def _keep(exchange: Exchange, made: Made, one: Kept) -> None:
    if made.asking.stored:
        kept.keep(exchange.scope, one)
    conversations.join(exchange.scope, made.asking.body, one)


@dataclass(frozen=True, slots=True)
class _Whole:
    """A response that is told in one piece; see `serving.Telling`."""

    made: Made

    @property
    def id(self) -> str:
        return self.made.id

    @property
    def created(self) -> int:
        return self.made.created

    @property
    def streamed(self) -> bool:
        return False

    def events(self) -> Iterator[Send]:
        """Yield nothing: it is no stream."""
        return iter(())

    def whole(self) -> bytes:
        made = self.made
        return written(made.skeleton.ended(made.ending, event=False), made.asking.form)

    def key(self) -> Hashable | None:
        return None


ENDPOINTS = (Endpoint("responses", "POST", "/responses", create, generates=True),)
