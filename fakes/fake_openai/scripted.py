"""How the fake is driven: scripts, faults, the plan, and the journal to look at afterwards."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from . import checks, conversation
from .dialect import Dialect
from .faults import Fault
from .journal import Received
from .latency import Latency
from .limits import Ledger, Limits
from .scope import Scope
from .script import Answer, Plan, Rule
from .service import Service
from .validation import check_chat
from .writes import Writes, checked_writes


class Scripted:
    """The driving side of the fake, the same in process and from another thread."""

    _service: Service

    @property
    def _scope(self) -> Scope:
        return self._service.scope

    @property
    def dialect(self) -> Dialect:
        """The provider it speaks as."""
        return self._scope.settings.dialect

    @property
    def seed(self) -> int:
        """Seed of answers, ids, padding, jitter and random writes."""
        return self._scope.settings.seed

    @property
    def latency(self) -> Latency:
        """Latency of the model; may be set at any time."""
        return self._scope.settings.latency

    @latency.setter
    def latency(self, latency: Latency) -> None:
        checks.instance("latency", latency, Latency)
        self._scope.settings.latency = latency

    @property
    def writes(self) -> Writes:
        """Borders of writes and form of lines; may be set at any time."""
        return self._scope.settings.writes

    @writes.setter
    def writes(self, writes: Writes) -> None:
        self._scope.settings.writes = checked_writes(writes)

    @property
    def limits(self) -> Limits:
        """Limits on requests, tokens and concurrency; may be set at any time, counts begin anew."""
        return self._scope.settings.limits

    @limits.setter
    def limits(self, limits: Limits) -> None:
        checks.instance("limits", limits, Limits)
        self._scope.settings.limits = limits
        self._scope.ledger = Ledger(limits)

    @property
    def host(self) -> str:
        """Address it listens at."""
        return self._service.listener.host

    @property
    def port(self) -> int:
        """Port it listens at; 0 before it does, if none was asked for."""
        return self._service.listener.port

    @property
    def url(self) -> str:
        """Address of the server, without a path."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def base_url(self) -> str:
        """What clients want as base URL; DeepSeek continues answers at `url` + `/beta` instead."""
        return f"{self.url}/v1"

    def reply(
        self,
        *answers: Answer | str,
        model: str | None = None,
        contains: str | None = None,
        times: int | None = None,
    ) -> None:
        """Answer requests with `answers`, one after another; the last repeats.

        A conversation that is asked for again before its answer was sent whole (a retry, a
        continuation) gets the same answer again. Of several scripts that match, the one with more
        conditions is used; among equals those with `times` first, then the latest.

        Args:
            answers: at least one; text is enough.
            model: only requests for this model.
            contains: only requests whose last user message contains this text.
            times: for how many requests; None = no limit.

        Raises:
            TypeError: an argument is of the wrong kind.
            ValueError: no answer, or `times` below 1.
        """
        if not answers:
            raise ValueError("reply() needs at least one answer")
        for answer in answers:
            if not isinstance(answer, (Answer, str)):
                came = checks.shown(answer)
                raise TypeError(f"reply(): expected text or an Answer, got {came}")
        _check_conditions(times, model, contains)
        items = [Answer(answer) if isinstance(answer, str) else answer for answer in answers]
        self._scope.desk.script(Rule(items, times, model, contains))

    def fail(
        self,
        *faults: Fault | Sequence[Fault],
        times: int | None = 1,
        model: str | None = None,
        contains: str | None = None,
    ) -> None:
        """Let the next requests fail: the first with the first of `faults`, and so on.

        Args:
            faults: one for each request; a sequence = several faults for one request, which take
                effect in their order.
            times: how often the whole row is dealt out; None = for ever.
            model: only requests for this model.
            contains: only requests whose last user message contains this text.

        Raises:
            TypeError: something that is no fault, or an argument of the wrong kind.
            ValueError: no fault, an empty sequence, or `times` below 1.
        """
        if not faults:
            raise ValueError("fail() needs at least one fault")
        _check_conditions(times, model, contains)
        rows = [checks.faults("fail()", row) for row in faults]
        if () in rows:
            raise ValueError("fail(): expected at least one fault in the tuple, got ()")
        total = None if times is None else times * len(rows)
        self._scope.desk.spoil(Rule(rows, total, model, contains, cycle=True))

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

    @property
    def requests(self) -> list[Received]:
        """The requests so far, oldest first."""
        return self._scope.journal.list()

    def answer_to(self, body: Mapping[str, Any]) -> Answer:
        """Return the true answer to a request body, whole, also if the body asks to continue one.

        Once a request of the conversation was served, that is the answer it was served from.

        Raises:
            ApiError: the body is none the server would accept.
        """
        check_chat(body)
        path = "/beta/chat/completions"  # where every dialect accepts its way to continue
        asked = conversation.read(self.dialect, path, body)
        received = Received("POST", path, body=body, attempt=1, model=asked.model)
        received.endpoint, received.question, received.conversation = (
            "chat",
            asked.question,
            asked.key,
        )
        return self._scope.desk.true_answer(received, asked)

    def reset(self) -> None:
        """Forget scripts, faults, the plan, conversations, stored objects and the journal."""
        self._scope.clear()


def _check_conditions(times: int | None, model: str | None, contains: str | None) -> None:
    checks.text("model", model, optional=True)
    checks.text("contains", contains, optional=True)
    checks.whole_number("times", times, optional=True)
    if times is not None and times < 1:
        raise ValueError(f"times must be 1 or more, or None for no limit, got {times}")
