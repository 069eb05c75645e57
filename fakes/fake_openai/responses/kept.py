"""Responses that the API keeps, and those in the background, which go on by themselves.

Nothing runs for a response in the background: its events are made at once, each has the time at
which it is due, and what is to be told of it is seen from the clock. So it goes on whoever listens,
and costs nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fake_openai.asking.complaints import invalid
from fake_openai.delivery.over import Over
from fake_openai.delivery.steps import Step, Stop, Wait
from fake_openai.errors.errors import ApiError
from fake_openai.keeping.scope import Scope

from .events import Told

_ROUNDED = 1e-9  # seconds that a sum of times may be off
_TOLD_FOR = 300.0  # seconds for which a stream may be asked for again
_REFUSED = "invalid_request_error"

Sends = Callable[[bool], Sequence[Told]]
Json = Mapping[str, Any]


@dataclass(slots=True)
class Run:
    """A response in the background.

    Attributes:
        began: when, by the clock of the server.
        due: seconds after that at which each event is due.
        sends: makes its events, padded or not.
        streamed: whether it was asked for as a stream.
        over: set when it is cancelled or deleted.
        cancelled: whether it was cancelled.
    """

    began: float
    due: Sequence[float]
    sends: Sends
    streamed: bool
    over: Over = field(default_factory=Over)
    cancelled: bool = False

    def events_by(self, now: float) -> int:
        """Return how many events are due by `now`."""
        return bisect_right(self.due, now - self.began + _ROUNDED)

    def steps(self, now: float, after: int, *, padded: bool) -> Iterator[Step]:
        """Yield the events with numbers above `after`; those not due yet when they are."""
        told = self.sends(padded)
        if not self.over.happened:
            at = now - self.began
            for number, one in enumerate(told):
                if number <= after:
                    continue
                if self.due[number] > at:
                    yield Wait(self.due[number] - at, unless=self.over)
                    at = self.due[number]
                yield one.send
        yield Stop("end")


@dataclass(slots=True)
class Kept:
    """A response that is kept.

    Attributes:
        id: its id.
        first: the response while it waits for its turn.
        going: the response while it is under way.
        last: the response as it is in the end.
        output: its items.
        items: its input.
        context: all that it was made from.
        run: how it goes on in the background; None = it was not in the background.
    """

    id: str
    first: Json
    going: Json
    last: Json
    output: Sequence[Json]
    items: Sequence[Json]
    context: Sequence[Json]
    run: Run | None = None

    def told(self, now: float) -> Json:
        """Return it as it is by `now`."""
        run = self.run
        if run is None:
            return self.last
        if run.cancelled:
            return {**self.going, "status": "cancelled"}
        events = run.events_by(now)
        if events >= len(run.due):
            return self.last
        return self.going if events > _QUEUED else self.first

    def ended(self, now: float) -> bool:
        """Say whether it has come to an end by `now`."""
        return self.told(now)["status"] not in ("queued", "in_progress")

    def cancel(self, now: float) -> None:
        """Cancel it; twice is as good as once.

        Raises:
            ApiError: it is none in the background, or has ended otherwise.
        """
        run = self.run
        if run is None:
            raise _refused("Cannot cancel a synchronous response.", "response_id")
        status = self.told(now)["status"]
        if status in ("completed", "failed", "incomplete"):
            raise _refused(f"Cannot cancel {_article(status)} {status} response.", "response_id")
        run.cancelled = True
        run.over.set()

    def stream(self, now: float) -> Run:
        """Return what can be followed.

        Raises:
            ApiError: the API streams it to nobody, or to nobody any more.
        """
        run = self.run
        why = "This response cannot be streamed because it was not created with"
        if run is None:
            raise _refused(f"{why} background=true.", "stream")
        if not run.streamed:
            raise _refused(f"{why} stream=true.", "stream")
        if now - run.began > _TOLD_FOR:
            told = "This response can no longer be streamed because it is more than 5 minutes old."
            raise _refused(told, "stream")
        return run


_QUEUED = 2  # the first events, which say that it waits


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def _refused(told: str, param: str) -> ApiError:
    return invalid(told, param, _REFUSED, "")


def find(scope: Scope, id: str) -> Kept:
    """Return the response with `id`.

    Raises:
        ApiError: there is none.
    """
    found = scope.store("responses").get(id)
    if found is None:
        raise ApiError(404, f"Response with id '{id}' not found.", kind="no_object")
    return found  # type: ignore[no-any-return]  # nothing else is in this store


def before(scope: Scope, id: str, now: float) -> Sequence[Json]:
    """Return what a response that goes on from the one with `id` has to read first.

    Raises:
        ApiError: there is none, or it has not ended yet.
    """
    kept = scope.store("responses").get(id)
    if kept is None:
        told = f"Previous response with id '{id}' not found."
        raise invalid(told, "previous_response_id", "previous_response_not_found", "")
    if not kept.ended(now):
        told = f"Previous response with id '{id}' is still in progress."
        raise invalid(told, "previous_response_id", None, "")
    return [*kept.context, *kept.told(now)["output"]]


def keep(scope: Scope, kept: Kept) -> None:
    """Keep a response and its items."""
    scope.store("responses")[kept.id] = kept
    items = scope.store("response items")
    for item in (*kept.items, *kept.output):
        items[item["id"]] = item


def forget(scope: Scope, kept: Kept) -> None:
    """Forget a response; one in the background ends."""
    del scope.store("responses")[kept.id]
    if kept.run is not None:
        kept.run.over.set()
