"""Which requests of somebody else's session are for an answer that can be mended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import aiohttp
import msgspec
from aiohttp import hdrs

from steadystream.policy.aliases import Aliases
from steadystream.policy.background import Background, put_in_background
from steadystream.protocol.api import CHAT, RESPONSES
from steadystream.request import Request

from .answer import Answer, ResponseAnswer
from .body import body_of, resend_as
from .source import written


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for.

    Attributes:
        request: it.
        answer: what kind of answer.
        background: knows what was put into the background for it; None = nothing was.
    """

    request: Request
    answer: type[Answer | ResponseAnswer]
    background: Background | None = None


async def asked_of(request: aiohttp.ClientRequest, *, background: bool = False) -> Asked | None:
    """Return what a request asks for; None when it is no answer to be streamed.

    Args:
        request: it is changed where its response is put into the background.
        background: whether that may be done.
    """
    path, method = request.url.path, request.method
    if method == hdrs.METH_POST and path.endswith(CHAT.path):
        answer: type[Answer | ResponseAnswer] = Answer
    elif method == hdrs.METH_POST and path.endswith(RESPONSES.path):
        answer = ResponseAnswer
    elif method == hdrs.METH_GET and f"{RESPONSES.path}/" in path:
        return _followed(request)
    else:
        return None
    document = _document(request)
    if document is None:
        return None
    if background and answer is ResponseAnswer:
        put = put_in_background(document)
        if put is not None:
            await resend_as(request, str(request.url), written(put))
            return Asked(_asked(request, put), answer, Background())
    return Asked(_asked(request, document), answer)


async def renamed(request: aiohttp.ClientRequest, aliases: Aliases) -> None:
    """Let a request for a response name others by the ids that their server knows."""
    if request.method != hdrs.METH_POST or not request.url.path.endswith(RESPONSES.path):
        return
    try:
        document = msgspec.json.decode(body_of(request) or b"")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return
    changed = aliases.applied(document) if isinstance(document, dict) else None
    if changed is not None:
        await resend_as(request, str(request.url), written(changed))


def _followed(request: aiohttp.ClientRequest) -> Asked | None:
    """Return what is asked for where a kept response is to be told again as a stream."""
    name = request.url.path.rpartition(f"{RESPONSES.path}/")[2]
    if not name or "/" in name or request.url.query.get("stream") not in _YES:
        return None
    return Asked(_asked(request, {}), ResponseAnswer)


_YES = frozenset({"true", "True", "1"})


def _document(request: aiohttp.ClientRequest) -> dict[str, Any] | None:
    """Return the body of a request for a stream as JSON."""
    body = body_of(request)
    if body is None or b'"stream"' not in body:
        return None
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if not isinstance(document, dict) or document.get("stream") is not True:
        return None
    return document


def _asked(request: aiohttp.ClientRequest, document: dict[str, Any]) -> Request:
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Request(str(request.url), document, headers, request.method)
