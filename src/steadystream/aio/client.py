"""A client for OpenAI-compatible servers whose answers arrive whole."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

import aiohttp
import msgspec

from steadystream.errors import InvalidRequest
from steadystream.policy.addresses import (
    check_one_way_in,
    checked_headers,
    checked_key,
    checked_url,
)
from steadystream.policy.aliases import Aliases
from steadystream.policy.background import Background, put_in_background
from steadystream.policy.clock import Timeouts
from steadystream.policy.economy import Economy
from steadystream.policy.fallbacks import Fallback, Surroundings, checked_fallbacks, upstreams_of
from steadystream.policy.parameters import check_parameters, check_written
from steadystream.policy.refused import RefusedRungs
from steadystream.policy.retries import Retries
from steadystream.protocol.api import CHAT, RESPONSES, Api
from steadystream.protocol.dialects import Dialect
from steadystream.protocol.reading import MAX_EVENT_BYTES
from steadystream.protocol.upstream import Upstream
from steadystream.request import Request
from steadystream.stages.background import release

from .answer import Answer, AnswerIn, ResponseAnswer
from .exchange import Exchange, SecretsOf, refusal
from .given import check_session, loop_of
from .opening import RETRIES, TIMEOUTS, check_settings, dice_of, economy_of, new_key, open_answer
from .own_session import check_reach
from .profiles import GivenProfiles, profiles_of
from .racing import RacingSender
from .responses import Responses
from .source import HttpSender, canceller, target_of, written
from .sync_client import SyncSteadyClient

READ_BUFFER_BYTES = 2**18

_Answer = TypeVar("_Answer", bound=AnswerIn[Any])


class SteadyClient:
    """Asks one server for answers and sees to it that they arrive whole.

        async with SteadyClient("https://api.deepseek.com", api_key=key) as client:
            async with client.stream(model="deepseek-chat", messages=messages) as answer:
                async for text in answer.text():
                    print(text, end="")

    Args:
        base_url: what comes before `/chat/completions`, for instance `https://api.openai.com/v1`.
        api_key: sent as a bearer token; None for a server that wants none.
        dialect: name of a known dialect, or a `Dialect`; None = told from the host. A server of
            your own (vLLM, SGLang, llama.cpp) has to be named: its host tells nothing.
        timeouts: limits in seconds.
        retries: how hard to try.
        economy: what bounds the trying of all answers together; None = one of its own.
        headers: sent with every request.
        session: used instead of one of its own; it is not closed with the client.
        max_event_bytes: largest event accepted from the server.
        seed: makes the jitter of waits repeatable.
        profiles: what is known of servers and models beside what comes with the library: a
            `Profile`, the path of a TOML file, or several of them. They count only where `dialect`
            is not given.
        fallbacks: other models or servers, asked in this order where the ones before them do not
            answer.

    It belongs to the event loop in which it was first used; in another one it raises
    `InvalidRequest`.

    Attributes:
        economy: what its answers share.

    Raises:
        InvalidRequest: a setting cannot work.
    """

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str | None,
        dialect: Dialect | str | None = None,
        timeouts: Timeouts | None = None,
        retries: Retries | None = None,
        economy: Economy | None = None,
        headers: Mapping[str, str] | None = None,
        session: aiohttp.ClientSession | None = None,
        max_event_bytes: int = MAX_EVENT_BYTES,
        seed: int | None = None,
        profiles: GivenProfiles = None,
        fallbacks: Sequence[Fallback] = (),
    ) -> None:
        check_settings(timeouts, retries, max_event_bytes)
        check_session(session)
        self._base_url = checked_url(base_url).rstrip("/")
        self._url = self._base_url + CHAT.path
        self._key = checked_key(api_key)
        self._profiles = profiles_of(profiles)
        self._dialect = None if dialect is None else self._profiles.named(dialect)
        self._fallbacks = checked_fallbacks(fallbacks, self._profiles, self._url)
        self._timeouts = timeouts or TIMEOUTS
        self._retries = retries or RETRIES
        self._headers = _headers(self._key, headers)
        if headers or "@" in base_url:
            check_one_way_in(base_url, self._key, headers or {})
        self._session = session
        self._owns_session = session is None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._new_session = _plain_session
        self._max_event_bytes = max_event_bytes
        self._closed = False
        self._senders: weakref.WeakSet[HttpSender | RacingSender] = weakref.WeakSet()
        self._dice = dice_of(seed)
        self._refused = RefusedRungs()
        self._aliases = Aliases()
        self._backgrounds: weakref.WeakSet[Background] | None = None
        self.economy = economy_of(economy)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    @property
    def responses(self) -> Responses:
        """The Responses API of the same server."""
        return Responses(self._respond)  # kept, it would be a circle

    async def close(self) -> None:
        """End the answers under way and close the connections; a session handed in stays open."""
        self._closed = True
        for sender in list(self._senders):
            sender.close()
        left = [each for each in self._backgrounds or () if each.goes_on]
        if left:
            cancel = canceller(self._own_session())
            await asyncio.gather(*(release(background, cancel) for background in left))
        if self._owns_session and self._session is not None:
            await self._session.close()
            self._session = None

    def stream(
        self,
        *,
        model: str,
        messages: list[Any],
        timeouts: Timeouts | None = None,
        retries: Retries | None = None,
        fallbacks: Sequence[Fallback] | None = None,
        **parameters: Any,
    ) -> Answer:
        """Return the answer to `messages`; to be entered with `async with`.

        Args:
            model: its name, as the server knows it.
            messages: the conversation, as in the API.
            timeouts: instead of the client's.
            retries: instead of the client's.
            fallbacks: instead of the client's; an empty list = none.
            **parameters: whatever else the API takes: `temperature`, `max_tokens`, `tools`, ...

        Raises:
            InvalidRequest: the request cannot work; nothing was sent.
        """
        self._check(timeouts, retries)
        dialect = self._dialect or self._profiles.dialect_of(self._url, model)
        body = _body({"model": model, "messages": messages, **parameters}, dialect)
        request = Request(self._url, body, self._headers)
        others = self._others(request, fallbacks)
        return self._open(Answer, request, dialect, timeouts, retries, others)

    def _check(self, timeouts: Timeouts | None, retries: Retries | None) -> None:
        if self._closed:
            msg = "expected an open client, got one that was closed"
            raise InvalidRequest(msg)
        check_settings(timeouts, retries, self._max_event_bytes)

    def _respond(
        self,
        body: dict[str, Any],
        *,
        timeouts: Timeouts | None,
        retries: Retries | None,
        fallbacks: Sequence[Fallback] | None,
    ) -> ResponseAnswer:
        """Return the answer to the body of a request for a response."""
        self._check(timeouts, retries)
        dialect = self._dialect or self._profiles.dialect_of(self._url, body.get("model"))
        body, background = _copied(body), None
        body = (self._aliases.applied(body) if self._aliases else None) or body
        if (retries or self._retries).background:
            put = put_in_background(body)
            if put is not None:
                body, background = put, Background()
                self._backgrounds = self._backgrounds or weakref.WeakSet()
                self._backgrounds.add(background)
        request = Request(self._base_url + RESPONSES.path, body, self._headers)
        others = self._others(request, fallbacks, RESPONSES)
        return self._open(ResponseAnswer, request, dialect, timeouts, retries, others, background)

    def _open(  # noqa: PLR0917  # of one module
        self,
        answer: type[_Answer],
        request: Request,
        dialect: Dialect,
        timeouts: Timeouts | None,
        retries: Retries | None,
        others: tuple[Upstream, ...],
        background: Background | None = None,
    ) -> _Answer:
        limits = timeouts or self._timeouts
        kind = HttpSender if self.economy.hedge is None else RacingSender
        sender = kind(self._own_session(), limits.connect)
        self._senders.add(sender)
        exchange = Exchange(
            sender,
            refusal,
            target_of(self._url),
            max_event_bytes=self._max_event_bytes,
            dialect=dialect,
            secrets=SecretsOf(request, others),
            reader=answer.api.reader,
        )
        tries = retries or self._retries
        return open_answer(
            answer,
            exchange,
            request,
            dialect=dialect,
            timeouts=limits,
            retries=tries,
            dice=self._dice,
            economy=self.economy,
            refused=self._refused,
            abort=sender.close,
            new_key=new_key,
            leave=sender.leave,
            others=others,
            background=background,
            cancel=None if background is None else canceller(self._own_session()),
            aliases=self._aliases if answer is ResponseAnswer else None,
        )

    async def complete(
        self,
        *,
        model: str,
        messages: list[Any],
        timeouts: Timeouts | None = None,
        retries: Retries | None = None,
        fallbacks: Sequence[Fallback] | None = None,
        **parameters: Any,
    ) -> dict[str, Any]:
        """Return the whole answer as a `chat.completion` object.

        It is streamed all the same, so that it survives what a stream survives. Takes what `stream`
        takes, and raises what reading an answer raises.
        """
        async with self.stream(
            model=model,
            messages=messages,
            timeouts=timeouts,
            retries=retries,
            fallbacks=fallbacks,
            **parameters,
        ) as answer:
            return await answer.finish()

    def sync(
        self, *, session: Callable[[], aiohttp.ClientSession] | None = None
    ) -> SyncSteadyClient:
        """Return this client for callers without an event loop; use it no other way from then on.

        Args:
            session: makes the session to use, where the loop of the client runs.

        Raises:
            InvalidRequest: the client was given a session, which belongs to another loop.
        """
        if self._session is not None or not self._owns_session:
            msg = "expected a client without a session: give `sync` a function that makes one"
            raise InvalidRequest(msg)
        if session is not None and not callable(session):
            msg = f"session must be a function that makes a session, got {session!r}"
            raise InvalidRequest(msg)
        self._new_session = session or self._new_session
        return SyncSteadyClient(self)

    def _others(
        self, request: Request, given: Sequence[Fallback] | None, api: Api = CHAT
    ) -> tuple[Upstream, ...]:
        """Return where an answer may come from besides."""
        chosen = self._fallbacks
        if given is not None:
            chosen = checked_fallbacks(given, self._profiles, self._url)
        if not chosen:
            return ()
        known = Surroundings(
            profiles=self._profiles,
            dialect=self._dialect,
            endpoint=api.path,
            asks_usage=api is CHAT,
        )
        others = upstreams_of(chosen, request, known)
        check_reach(self._own_session(), self._url, others)
        return others

    def _own_session(self) -> aiohttp.ClientSession:
        self._loop = loop_of(self._loop)
        if self._session is None:
            self._session = self._new_session()
        return self._session


def _plain_session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0),
        cookie_jar=aiohttp.DummyCookieJar(),
        read_bufsize=READ_BUFFER_BYTES,
    )


def _body(body: dict[str, Any], dialect: Dialect) -> dict[str, Any]:
    _check_body(body)
    body["stream"] = True
    if dialect.asks_usage:
        body.setdefault("stream_options", {"include_usage": True})
    return _copied(body)


def _copied(body: dict[str, Any]) -> dict[str, Any]:
    try:
        # A copy: what the caller does to the messages meanwhile is not for further attempts.
        copy: dict[str, Any] = msgspec.json.decode(written(body))
    except (TypeError, ValueError) as error:
        msg = f"expected a request that can be written as JSON: {error}"
        raise InvalidRequest(msg) from None
    if copy != body:
        check_written(body, copy)
    return copy


def _check_body(body: Mapping[str, Any]) -> None:
    check_parameters(body)
    messages = body["messages"]
    if not isinstance(body["model"], str) or not body["model"]:
        msg = f"model must be the name of a model, got {body['model']!r}"
        raise InvalidRequest(msg)
    if not isinstance(messages, (list, tuple)) or not messages:
        msg = f"messages must be a list with at least one message, got {type(messages).__name__}"
        raise InvalidRequest(
            msg if messages else "messages must hold at least one message, got none"
        )
    if body.get("stream", True) is not True:
        msg = f"stream must be true or left out, got {body['stream']!r}"
        raise InvalidRequest(msg)


def _headers(key: str, extra: Mapping[str, str] | None) -> dict[str, str]:
    headers = {
        "Accept": "text/event-stream",
        # A compressed stream arrives in blocks, not in tokens.
        "Accept-Encoding": "identity",
        "Content-Type": "application/json",
        "User-Agent": "steadystream",
    }
    if key:
        headers["Authorization"] = f"Bearer {key}"
    if extra is None:
        return headers
    own = checked_headers(extra)
    taken = {name.lower() for name in own}
    return {n: value for n, value in headers.items() if n.lower() not in taken} | own
