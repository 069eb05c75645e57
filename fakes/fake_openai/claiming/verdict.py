"""What the client under test did about each fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from fake_openai.keeping.journal import Received

from . import pairing

Did: TypeAlias = Literal[
    "under way", "bore it", "retried", "continued", "resumed", "waits", "left", "gave up"
]
_EARLY = 0.005  # seconds; timers of clients are no better
_HEAD = ("request", "fault", "the client", "after", "Retry-After", "partial", "recovered")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the client did about the faults of one request.

    Attributes:
        request: the request that failed.
        fault: what went wrong, as text.
        did: `retried` = asked again from the start, `continued` = asked for the rest and brought
            what it had, `resumed` = fetched the rest of a response that the server kept, `left` =
            closed the connection and did not ask again, `gave up` = did not ask again, `waits` =
            has not asked again, and `Retry-After` is not over, `bore it` = the answer went out
            whole nevertheless, `under way` = the request has not ended.
        next: the request in which it did so.
        after: seconds from the end of the one to the beginning of the other.
        retry_after: seconds it was told to wait.
        obeyed: whether it waited as long; None where it was told nothing, or did not ask again.
        silence: seconds of silence after which it left; None if it did not leave.
        delivered: characters of the answer that it had got; None if that cannot be said.
        brought: characters of them that it brought along.
        lost: whether it asked for characters again, or left out some that it had got; None where
            that cannot be said.
        recovered: whether it got a whole answer in the end.
    """

    request: Received
    fault: str
    did: Did
    next: Received | None = None
    after: float | None = None
    retry_after: float | None = None
    obeyed: bool | None = None
    silence: float | None = None
    delivered: int | None = None
    brought: int = 0
    lost: bool | None = None
    recovered: bool = False

    def __str__(self) -> str:
        told = f"#{self.request.number} {self.fault}: the client {self._did}"
        if self.after is not None:
            told += f" after {self.after:.2f} s"
        if self.obeyed is not None:
            told += ", as Retry-After said" if self.obeyed else ", before Retry-After was over"
        return told

    @property
    def _did(self) -> str:
        left = f"left after {self.silence:.2f} s, " if self.silence is not None else ""
        did = left + self.did if self.did != "left" else left.rstrip(", ") or "left"
        return f"{did} in #{self.next.number}" if self.next else did

    def row(self) -> tuple[str, ...]:
        """Return the cells of a table."""
        after = "" if self.after is None else f"{self.after:.2f} s"
        wait = "" if self.retry_after is None else f"{self.retry_after:g} s"
        wait += {True: " obeyed", False: " not obeyed", None: ""}[self.obeyed]
        partial = ""
        if self.delivered:
            partial = f"{self.brought} of {self.delivered}" if self.next else str(self.delivered)
            partial += " lost" if self.lost else ""
        number = f"#{self.request.number}"
        recovered = "yes" if self.recovered else "no"
        return (number, self.fault, self._did, after, wait, partial, recovered)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        plain = (
            *("fault", "did", "after", "retry_after", "obeyed", "silence", "delivered"),
            *("brought", "lost", "recovered"),
        )
        asked = self.request
        return {
            **{name: getattr(asked, name) for name in ("number", "scope", "conversation")},
            "model": asked.model,
            "endpoint": asked.endpoint,
            **{name: getattr(self, name) for name in plain},
            "next": self.next.number if self.next else None,
            "text": str(self),
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the client did about all faults; `str()` of it is a table.

    Attributes:
        judgements: one for each request that failed, oldest first.
        missed: requests with faults that did not strike, so that nothing failed.
    """

    judgements: Sequence[Judgement]
    missed: Sequence[Received] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """How often the client did what."""
        return Counter(one.did for one in self.judgements)

    def of(self, *faults: type) -> list[Judgement]:
        """Return the judgements on requests that had a fault of one of these kinds."""
        return [
            one for one in self.judgements if any(isinstance(f, faults) for f in one.request.faults)
        ]

    def __iter__(self) -> Iterator[Judgement]:
        return iter(self.judgements)

    def __len__(self) -> int:
        return len(self.judgements)

    def __str__(self) -> str:
        idle = [
            f"#{one.number} {fault!r} did not strike" for one in self.missed for fault in one.missed
        ]
        if not self.judgements:
            return "\n".join(["no request failed", *idle])
        rows = [_HEAD, *(one.row() for one in self.judgements)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
        counts = ", ".join(f"{number} {did}" for did, number in self.counts.items())
        failed = len(self.judgements)
        summary = f"{failed} failed request{'s'[: failed != 1]}: {counts}"
        return "\n".join([*lines, summary, *idle])

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        judgements = [one.to_json() for one in self.judgements]
        return {"counts": dict(self.counts), "judgements": judgements, "text": str(self)}


def judge(requests: Sequence[Received], now: float) -> Verdict:
    """Return the verdict on the client that sent `requests`.

    Args:
        requests: all that were sent, oldest first.
        now: time, on the clock of `Received.time`.
    """
    answers = pairing.pairs(requests)
    return Verdict(
        tuple(
            _judged(request, answers, now)
            for request in requests
            if request.faults or pairing.failed(request)
        ),
        tuple(request for request in requests if request.missed),
    )


def _judged(request: Received, answers: Mapping[int, Received], now: float) -> Judgement:
    fault = _fault(request)
    if not request.ended or request.ended == "server closed":
        return Judgement(request, fault, "under way")
    if request.ended == "whole" and not pairing.failed(request):
        return Judgement(request, fault, "bore it", recovered=_is_good(request))
    said = pairing.so_far(request)
    following = answers.get(request.number)
    told = {
        "retry_after": request.retry_after,
        "silence": _silence(request),
        "delivered": max(map(len, said[-1:] if _echoed(request, said) else said), default=None),
    }
    if following is None:
        return Judgement(request, fault, _ended(request, now), **told)  # type: ignore[arg-type]
    ended_at = request.ended_at or 0.0
    return Judgement(
        request,
        fault,
        _next(request, following),
        next=following,
        after=max(0.0, following.time - ended_at),
        obeyed=_obeyed(request, following),
        brought=len(following.prefix),
        lost=_lost(following, said),
        recovered=_recovered(following, answers),
        **told,  # type: ignore[arg-type]  # as above
    )


def _fault(request: Received) -> str:
    from fake_openai.faults import to_text  # noqa: PLC0415 (faults are many files)

    return to_text(request.faults) if request.faults else f"status {request.status}"


def _ended(request: Received, now: float) -> Did:
    if request.ended == "client left":
        return "left"
    waits = request.retry_after is not None and pairing.due(request) > now
    return "waits" if waits else "gave up"


def _next(request: Received, following: Received) -> Did:
    if following.prefix and following.prefix != request.prefix:
        return "continued"
    return "resumed" if following.method == "GET" and request.method == "POST" else "retried"


def _obeyed(request: Received, following: Received) -> bool | None:
    if request.retry_after is None:
        return None
    return following.time >= pairing.due(request) - _EARLY


def _lost(following: Received, said: Sequence[str]) -> bool | None:
    if following.method == "GET":
        return False
    if not said:
        return None
    return following.prefix.rstrip() not in [one.rstrip() for one in said] if any(said) else False


def _echoed(request: Received, said: Sequence[str]) -> bool:
    return bool(said) and bool(request.prefix) and said[-1].startswith(request.prefix)


def _silence(request: Received) -> float | None:
    if request.ended != "client left":
        return None
    last = request.tape.last
    heard = request.time if request.began is None else request.began
    return max(0.0, (request.ended_at or 0.0) - (heard if last is None else last))


def _recovered(request: Received, answers: Mapping[int, Received]) -> bool:
    while request.number in answers:
        request = answers[request.number]
    return _is_good(request)


def _is_good(request: Received) -> bool:
    return request.ended == "whole" and request.status < 400  # noqa: PLR2004 (RFC 9110, 15)
