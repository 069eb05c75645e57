"""What a test claims of the requests, and what it is told of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack

from fake_openai import checks
from fake_openai.keeping.journal import Received
from fake_openai.scripts import match
from fake_openai.scripts.knobs import Knobs
from fake_openai.scripts.match import Conditions, Match, brief
from fake_openai.scripts.rulebook import Rule

from .verdict import Verdict, judge

_LISTED = 10


class Assertions(Knobs):
    """Claims about the journal of one scope; a wrong one is an `AssertionError`."""

    @property
    def requests(self) -> list[Received]:
        """The requests so far, oldest first."""
        return self._scope.journal.list()

    def assert_called(
        self, *, times: int | None = None, **conditions: Unpack[Conditions]
    ) -> list[Received]:
        """Claim that requests that are meant came.

        Args:
            times: how many exactly; None = at least one.
            conditions: which requests are meant; see `Match`.

        Returns:
            The requests that are meant, oldest first.

        Raises:
            AssertionError: none came, or another number; it shows the nearest request and how it
                differs.
            TypeError: an argument is of the wrong kind, or there is no such condition.
            ValueError: `times` below 0, or a condition that cannot be.
        """
        checks.whole_number("times", times, optional=True)
        if times is not None:
            checks.not_negative("times", times)
        meant = match.conditions("assert_called()", conditions)
        wrong = called_wrong(self.requests, meant, times)
        if wrong:
            raise AssertionError(wrong)
        return _meant(self.requests, meant)

    def assert_not_called(self, **conditions: Unpack[Conditions]) -> None:
        """Claim that no request that is meant came; without a condition, none at all.

        Raises:
            AssertionError: one came.
            TypeError: an argument is of the wrong kind, or there is no such condition.
            ValueError: a condition that cannot be.
        """
        meant = match.conditions("assert_not_called()", conditions)
        wrong = called_wrong(self.requests, meant, 0)
        if wrong:
            raise AssertionError(wrong)

    def assert_all_used(self) -> None:
        """Claim that every script and every fault was used: those with `times` to their end.

        A fault that was dealt out and did not strike was not used: its place was behind the end, or
        it only makes sense in a stream.

        Raises:
            AssertionError: some were not; it names them and the requests nearest to them.
        """
        desk, requests = self._scope.desk, self.requests
        wrong = unused(desk.answers.list() + desk.faults.list(), requests)
        wrong = "\n".join(filter(None, (wrong, missed(requests))))
        if wrong:
            raise AssertionError(wrong)

    def verdict(self) -> Verdict:
        """Say for each request that failed what the client did about it; `str()` is a table."""
        return judge(self.requests, self._service.clock.now())


def called_wrong(requests: Sequence[Received], meant: Match, times: int | None) -> str:
    """Return what is wrong with the claim that requests came; empty if it is right.

    Args:
        requests: those that came.
        meant: those that were to come.
        times: how many; None = at least one.
    """
    found = _meant(requests, meant)
    if found if times is None else len(found) == times:
        return ""
    wanted = {None: "at least one request", 0: "no request", 1: "one request"}.get(
        times, f"{times} requests"
    )
    told = f"expected {wanted}{_with(meant)}, got {len(found)} of {len(requests)} in all"
    if found:
        return "\n".join([f"{told}:", *_listed(found)])
    if not requests:
        return told
    nearest = max(requests, key=meant.likeness)
    return "\n".join([f"{told}; the nearest is", *_compared(nearest, meant)])


def unused(rules: Sequence[Rule], requests: Sequence[Received]) -> str:
    """Return which of `rules` were not used as often as they should; empty if all were."""
    due = [rule for rule in rules if rule.due]
    if not due:
        return ""
    told = [f"{len(due)} of {len(rules)} scripts and faults are not used up:"]
    for rule in due:
        told.append(f"  {rule}")
        if requests and rule.match.special:
            nearest = max(requests, key=rule.match.likeness)
            if rule.match.differences(nearest):
                told.append("    the nearest request is")
                told += [f"  {line}" for line in _compared(nearest, rule.match)]
    return "\n".join(told)


def missed(requests: Sequence[Received]) -> str:
    """Return which faults were dealt out and did not strike; empty if all did."""
    told = [
        f"  {fault!r}, dealt to {line_of(request)}"
        for request in requests
        for fault in request.missed
    ]
    if not told:
        return ""
    return "\n".join(["faults that did not strike (too late, or not in a stream):", *told])


def line_of(request: Received) -> str:
    """Return a request in one line."""
    asked = f" model={brief(request.model)}" if request.model else ""
    asked += f" question={brief(request.question)}" if request.question else ""
    status = request.status or "no status"
    return f"#{request.number} {request.method} {request.path}{asked}: {status}, {_end(request)}"


def _end(request: Received) -> str:
    faults = ", ".join(map(repr, request.faults))
    return (request.ended or "under way") + (f" ({faults})" if faults else "")


def _meant(requests: Sequence[Received], meant: Match) -> list[Received]:
    return [request for request in requests if meant.matches(request)]


def _with(meant: Match) -> str:
    return f" with {meant}" if meant.special else ""


def _listed(requests: Sequence[Received]) -> list[str]:
    lines = [f"  {line_of(request)}" for request in requests[:_LISTED]]
    more = len(requests) - _LISTED
    return [*lines, f"  and {more} more"] if more > 0 else lines


def _compared(request: Received, meant: Match) -> list[str]:
    differences: list[Any] = meant.differences(request)
    return [f"  {line_of(request)}", *(f"    {one}" for one in differences)]
