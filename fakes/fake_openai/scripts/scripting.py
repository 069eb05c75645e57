"""Scripts, faults and the plan: what requests get."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import TypeAlias, Unpack

from fake_openai import checks
from fake_openai.claiming.assertions import Assertions
from fake_openai.faults import Fault

from . import match
from .match import Conditions
from .rulebook import Rule
from .script import Answer, Plan, ToolCall, as_answer

Scriptable: TypeAlias = Answer | str | ToolCall | Sequence[ToolCall]


class Scripting(Assertions):
    """Says what the requests to one scope get."""

    def reply(
        self,
        *answers: Scriptable,
        times: int | None = None,
        in_order: bool = False,
        **conditions: Unpack[Conditions],
    ) -> None:
        """Answer requests with `answers`, one after another; the last repeats.

        A conversation that is asked for again before its answer was sent whole (a retry, a
        continuation) gets the same answer again. Of several scripts that match, the one with more
        conditions is used; among equals those with `times` first, then the latest.

        Args:
            answers: at least one: text, an `Answer`, a tool call or a list of them.
            times: for how many requests; None = no limit, or one for each answer `in_order`.
            in_order: not before all scripts in order that were given earlier are used up.
            conditions: which requests are meant; see `Match`.

        Raises:
            TypeError: an argument is of the wrong kind, or there is no such condition.
            ValueError: no answer, `times` below 1, or a condition that cannot be.
        """
        if not answers:
            raise ValueError("reply() needs at least one answer")
        items = [as_answer("reply()", answer) for answer in answers]
        _check_times(times)
        checks.instance("in_order", in_order, bool)
        if in_order and times is None:
            times = len(items)
        meant = match.conditions("reply()", conditions)
        self._scope.desk.script(Rule(items, times, meant, in_order=in_order))

    def sequence(self, *answers: Scriptable, **conditions: Unpack[Conditions]) -> None:
        """Answer as many requests as there are `answers`, each once and in this order.

        Several sequences follow one another: `reply(..., in_order=True)` with another name.
        """
        if not answers:
            raise ValueError("sequence() needs at least one answer")
        self.reply(*answers, in_order=True, **conditions)

    def fail(
        self,
        *faults: Fault | Sequence[Fault],
        times: int | None = 1,
        **conditions: Unpack[Conditions],
    ) -> None:
        """Let the next requests fail: the first with the first of `faults`, and so on.

        Requests other than POST are only meant where a condition names their endpoint.

        Args:
            faults: one for each request; a sequence = several faults for one request, which take
                effect in their order.
            times: how often the whole row is dealt out; None = for ever.
            conditions: which requests are meant; see `Match`.

        Raises:
            TypeError: something that is no fault, or an argument of the wrong kind.
            ValueError: no fault, an empty sequence, `times` below 1, or a condition that cannot be.
        """
        if not faults:
            raise ValueError("fail() needs at least one fault")
        _check_times(times)
        rows = [checks.faults("fail()", row) for row in faults]
        if () in rows:
            raise ValueError("fail(): expected at least one fault in the tuple, got ()")
        total = None if times is None else times * len(rows)
        meant = match.conditions("fail()", conditions)
        self._scope.desk.spoil(Rule(rows, total, meant, cycle=True))

    @property
    def plan(self) -> Plan | None:
        """A function from request to reply that takes the place of `reply()` and `fail()`.

        It runs in the server, once for each request, and gets the `Received`; a `Reply` without an
        answer has the one that the scripts give. What it raises, or returns instead of a `Reply`,
        is an answer with status 500 and is raised again when the server is closed.

        Raises:
            TypeError: on setting, what is no plain function.
        """
        return self._scope.desk.plan

    @plan.setter
    def plan(self, plan: Plan | None) -> None:
        if plan is not None and not callable(plan):
            raise TypeError(f"plan must be a function or None, got {checks.shown(plan)}")
        if inspect.iscoroutinefunction(plan):
            raise TypeError(f"plan must be a plain function, got the async {plan.__name__}")
        self._scope.desk.plan = plan


def _check_times(times: int | None) -> None:
    checks.whole_number("times", times, optional=True)
    if times is not None and times < 1:
        raise ValueError(f"times must be 1 or more, or None for no limit, got {times}")
