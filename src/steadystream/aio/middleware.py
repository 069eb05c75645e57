"""The same repair under unmodified aiohttp code."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import aiohttp
from aiohttp import hdrs

from steadystream.errors import InvalidRequest, Rejected, StreamFault
from steadystream.policy.aliases import Aliases
from steadystream.policy.clock import Timeouts
from steadystream.policy.economy import Economy
from steadystream.policy.fallbacks import Fallback, Surroundings, checked_fallbacks, upstreams_of
from steadystream.policy.refused import RefusedRungs
from steadystream.policy.retries import Retries
from steadystream.protocol.api import CHAT
from steadystream.protocol.dialects import Dialect
from steadystream.protocol.reading import MAX_EVENT_BYTES

from .answer import Answer, ResponseAnswer
from .asking import Asked, asked_of, renamed
from .body import answer_behind
from .exchange import Exchange, HandedOver, SecretsOf
from .given import checked_callback
from .logical import LogicalBody, Told, logical, replayed
from .opening import RETRIES, TIMEOUTS, check_settings, dice_of, economy_of, new_key, open_answer
from .profiles import GivenProfiles, profiles_of
from .resending import Resender
from .response import raise_unanswered

Handler = Callable[[aiohttp.ClientRequest], Awaitable[aiohttp.ClientResponse]]


class SteadyStream:
    """An aiohttp client middleware: answers that are streamed arrive whole.

        session = aiohttp.ClientSession(middlewares=(SteadyStream(),))

    It touches a POST to `.../chat/completions` or `.../responses` whose JSON body has
    `"stream": true`, and a GET of `.../responses/{id}?stream=true`, if what is answered is an event
    stream. All else passes as it is, byte for byte. The response is returned
    when the first token is there, so that failures before it leave no trace and the status is true.

    A fault that cannot be mended is raised as aiohttp's own errors are: `AnswerBroken` is a
    `ClientPayloadError`, `AnswerLate` a `SocketTimeoutError`; both carry `.fault` and `.partial`.
    An error status is returned as the server sent it, once trying again was no help.

    Args:
        dialect: name of a known dialect, or a `Dialect`; None = told from the host of each request.
        timeouts: limits in seconds. `connect` has no effect here: connections are made by the
            session, whose `ClientTimeout(sock_connect=...)` holds for every attempt. Its `total`
            ends with the first token, so give the limit for the whole answer here.
        retries: how hard to try.
        economy: what bounds the trying of all answers together; None = one of its own.
        max_event_bytes: largest event accepted from the server.
        seed: makes the jitter of waits repeatable.
        profiles: what is known of servers and models beside what comes with the library: a
            `Profile`, the path of a TOML file, or several of them. They count only where `dialect`
            is not given.
        fallbacks: other models or servers, asked in this order where the ones before them do not
            answer. One with a `base_url` needs its `api_key`; nothing of what opens the first host
            is sent there.
        seam_comments: whether an SSE comment stands in the body where attempts were joined.
        on_answer: called with the `Answer` once it is over, whole or not; in the task that read it,
            so it should be quick. What it raises is logged.

    Attributes:
        economy: what its answers share.

    Raises:
        InvalidRequest: a setting cannot work.
    """

    def __init__(
        self,
        *,
        dialect: Dialect | str | None = None,
        timeouts: Timeouts | None = None,
        retries: Retries | None = None,
        economy: Economy | None = None,
        max_event_bytes: int = MAX_EVENT_BYTES,
        seed: int | None = None,
        profiles: GivenProfiles = None,
        fallbacks: Sequence[Fallback] = (),
        seam_comments: bool = False,
        on_answer: Told | None = None,
    ) -> None:
        check_settings(timeouts, retries, max_event_bytes)
        self._seam_comments = _checked_switch("seam_comments", seam_comments)
        self._on_answer = checked_callback("on_answer", on_answer, " of an answer")
        self._profiles = profiles_of(profiles)
        self._dialect = None if dialect is None else self._profiles.named(dialect)
        self._fallbacks = checked_fallbacks(fallbacks, self._profiles, None)
        self._known = Surroundings(profiles=self._profiles, dialect=self._dialect)
        self._timeouts = timeouts or TIMEOUTS
        self._retries = retries or RETRIES
        self._max_event_bytes = max_event_bytes
        self._dice = dice_of(seed)
        self._refused = RefusedRungs()
        self._aliases = Aliases()
        self.economy = economy_of(economy)

    async def __call__(
        self, request: aiohttp.ClientRequest, handler: Handler
    ) -> aiohttp.ClientResponse:
        """Send the request, as often as it takes, and return one response."""
        if self._aliases:
            await renamed(request, self._aliases)
        found = await asked_of(request, background=self._retries.background)
        if found is None:
            return await handler(request)
        asked = found.request
        # A compressed stream arrives in blocks, not in tokens; some transports ask for it blindly.
        request.headers[hdrs.ACCEPT_ENCODING] = "identity"
        races, has_others = self.economy.hedge is not None, bool(self._fallbacks)
        sender = Resender(request, handler, asked, races=races, has_others=has_others)
        answer = await self._open(found, sender).__aenter__()
        body = LogicalBody(
            answer, sender, seam_comments=self._seam_comments, on_answer=self._on_answer
        )
        try:
            first = await body.pull()
            sender.keep(sender.response)
        except HandedOver as over:
            sender.keep(over.response)
            return over.response
        except Rejected as fault:
            sender.close()
            if fault.status < 400:  # noqa: PLR2004  # a redirect of another upstream
                raise_unanswered(fault)
            return replayed(request, *sender.rejected(fault), answer)
        except StreamFault as fault:
            sender.close()
            raise_unanswered(fault)
        except BaseException:
            body.end()
            raise
        return logical(request, sender, body, first)

    def _open(self, found: Asked, sender: Resender) -> Answer | ResponseAnswer:
        asked, api = found.request, found.answer.api
        dialect = self._dialect or self._profiles.dialect_of(asked.url, asked.body.get("model"))
        known = self._known if api is CHAT else replace(self._known, endpoint=api.path)
        others = upstreams_of(self._fallbacks, asked, known) if self._fallbacks else ()
        exchange = Exchange(
            sender,
            sender.refusal,
            sender.target,
            max_event_bytes=self._max_event_bytes,
            dialect=dialect,
            secrets=SecretsOf(asked, others),
            reader=api.reader,
        )
        return open_answer(
            found.answer,
            exchange,
            asked,
            dialect=dialect,
            timeouts=self._timeouts,
            retries=self._retries,
            dice=self._dice,
            economy=self.economy,
            refused=self._refused,
            abort=sender.close,
            new_key=new_key,
            leave=sender.leave,
            others=others,
            background=found.background,
            cancel=sender.cancel,
            aliases=self._aliases if found.answer is ResponseAnswer else None,
        )


def answer_of(response: aiohttp.ClientResponse) -> Answer | ResponseAnswer | None:
    """Return the answer behind a response that `SteadyStream` made: seams, attempts, cost, verdict.

    None for a response that it left alone.
    """
    answer = answer_behind(response)
    return answer if isinstance(answer, (Answer, ResponseAnswer)) else None


def _checked_switch(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        msg = f"{name} must be True or False, got {value!r}"
        raise InvalidRequest(msg)
    return value
