"""The journal: what was asked, and what became of it."""

from __future__ import annotations

import base64
from typing import Any

from fake_openai.front.secrets import clean_body
from fake_openai.keeping.journal import Received
from fake_openai.keeping.tape import Sent

from .conditions import CONDITIONS, match_of
from .route import Call, Field, Refused, Route
from .schemas import COUNT, TEXT, closed, ref

_MOST = 1_000
_PLAIN = (
    *("number", "scope", "method", "path", "query", "endpoint", "model", "question", "prefix"),
    "tokenizer",
    *("attempt", "conversation", "time", "began", "ended_at", "status", "retry_after"),
    *("bytes_sent", "chunks_sent", "ended"),
)


def told(request: Received) -> dict[str, Any]:
    """Return a request as JSON, without its headers, its body and the body of its response."""
    said = {name: getattr(request, name) for name in _PLAIN}
    said["faults"] = [fault.to_json() for fault in request.faults]
    return said


def write_told(sent: Sent) -> dict[str, Any]:
    """Return one write of a response as JSON; bytes that are no text are told as base64, too."""
    text = sent.data.decode("utf-8", "replace")
    said: dict[str, Any] = {"at": sent.at, "size": len(sent.data), "text": text}
    if text.encode() != sent.data:
        said["base64"] = base64.b64encode(sent.data).decode()
    return said


def whole(request: Received) -> dict[str, Any]:
    """Return a request as JSON, with all that is known of it."""
    no_json = request.body is None and request.raw_body
    return {
        **told(request),
        "headers": dict(request.headers),
        "body": clean_body(request.body),
        "raw_body": request.raw_body.decode("utf-8", "replace") if no_json else None,
        "writes": [write_told(sent) for sent in request.sent],
        "writes_missed": request.tape.missed,
    }


def _listing(call: Call) -> Any:
    meant, query = match_of(call.query), call.query
    found = [
        request
        for request in call.scope.journal.list()
        if meant.matches(request)
        and request.number > query.get("after", 0)
        and ("status" not in query or request.status == query["status"])
        and ("ended" not in query or request.ended == query["ended"])
        and ("conversation" not in query or request.conversation == query["conversation"])
    ]
    limit = query.get("limit", _MOST)
    return {"requests": [told(request) for request in found[:limit]], "total": len(found)}


def _one(call: Call) -> Any:
    wanted = call.params["number"]
    for request in call.scope.journal.list():
        if str(request.number) == wanted:
            return whole(request)
    raise Refused(404, f"there is no request {wanted} in the journal of scope {call.scope.name!r}")


def _clear(call: Call) -> None:
    call.scope.journal.clear()


def _limit(value: int) -> int:
    if not 1 <= value <= _MOST:
        raise ValueError(f"limit must be 1 to {_MOST}, got {value}")
    return value


_QUERY = (
    *CONDITIONS,
    Field("status", COUNT, "HTTP status of the response"),
    Field("ended", TEXT, "how it ended"),
    Field("conversation", TEXT, "name of the conversation"),
    Field("after", COUNT, "only requests with a number above this"),
    Field("limit", COUNT, f"at most so many, the oldest first; {_MOST} if not given", _limit),
)

ROUTES = (
    Route(
        "GET",
        "/_fake/journal",
        "List the requests, oldest first.",
        _listing,
        closed({"requests": {"type": "array", "items": ref("Request")}, "total": COUNT}),
        query=_QUERY,
        errors=(404,),
    ),
    Route("DELETE", "/_fake/journal", "Forget the requests.", _clear, status=204, errors=(404,)),
    Route(
        "GET",
        "/_fake/journal/{number}",
        "Show a request with headers, body, and its response write by write.",
        _one,
        ref("WholeRequest"),
        errors=(404,),
    ),
)
