"""Which request answers which failure: the retries among the requests of a journal.

Requests of one conversation may be equal and run side by side, so a retry is not simply the next
request. A request can only answer a failure that was over when it came. Among those it answers the
one that fits best: by an idempotency key, by the partial answer it brings, by the number of retries
it says it had. What is still equal then is taken so that `Retry-After` is obeyed where it can have
been: the failure that was due first, or if none was due, the one that will be due last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from fake_openai.delivery import delivered
from fake_openai.keeping.journal import Received

# A client that leaves and comes back at once may be heard coming before it is heard leaving.
_LAG = 0.02  # seconds
_RETRIES = "x-stainless-retry-count"
_RETRIED = frozenset({408, 409, 429})
_SERVER_ERROR = 500


def failed(request: Received) -> bool:
    """Say whether a request was not served as it should, so that a client may try again."""
    if request.ended in ("", "server closed"):
        return False
    if request.faults:
        return request.ended != "whole"
    return request.status in _RETRIED or request.status >= _SERVER_ERROR


def pairs(requests: Sequence[Received]) -> dict[int, Received]:
    """Return for each failure, by its number, the request that answers it."""
    found: dict[int, Received] = {}
    waiting: dict[tuple[str, str], list[Received]] = defaultdict(list)
    by_response: dict[str, Received] = {}
    for request in requests:
        if failed(request):
            waiting[request.scope, request.conversation].append(request)
            if request.endpoint == "responses":
                by_response[delivered.response_id(request)] = request
    for request in sorted(requests, key=lambda one: (one.time, one.number)):
        resumed = by_response.get(_named(request))
        if resumed is not None and resumed.number not in found and _over(resumed, request):
            found[resumed.number] = request
            continue
        open_failures = waiting[request.scope, request.conversation]
        candidates = [one for one in open_failures if _over(one, request)]
        if candidates:
            answered = max(candidates, key=lambda one: _fit(one, request))
            open_failures.remove(answered)
            found[answered.number] = request
    return found


def due(failure: Received) -> float:
    """Return when `Retry-After` allows the next try."""
    return (failure.ended_at or 0.0) + (failure.retry_after or 0.0)


def so_far(failure: Received) -> tuple[str, ...]:
    """Return what a client may have of the answer when the request has failed.

    It is the text that the request brought and what was sent, or what was sent alone where the
    provider repeats the text; nothing if it cannot be said.
    """
    said = delivered.text_of(failure)
    return () if said is None else (failure.prefix + said, said)


def _over(failure: Received, request: Received) -> bool:
    if failure.number == request.number or failure.ended_at is None:
        return False
    lag = _LAG if failure.ended == "client left" else 0.0
    return failure.ended_at <= request.time + lag and failure.time <= request.time


def _fit(failure: Received, request: Received) -> tuple[float, ...]:
    keys = {one.headers.get("idempotency-key") for one in (failure, request)}
    same_key = 0 if None in keys else (1 if len(keys) == 1 else -1)
    brings = bool(request.prefix) and any(
        said.startswith(request.prefix.rstrip()) for said in so_far(failure)
    )
    counted = _count(request) > 0 and _count(request) == _count(failure) + 1
    allowed = due(failure)
    is_due = allowed <= request.time
    return (same_key, brings, counted, is_due, -allowed if is_due else allowed, -failure.number)


def _count(request: Received) -> int:
    told = request.headers.get(_RETRIES, "")
    return int(told) if told.isdecimal() else 0


def _named(request: Received) -> str:
    return next((part for part in request.path.split("/") if part.startswith("resp_")), "")
