"""How the fake is driven: scripts, faults, the plan, and the journal to look at afterwards."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self, TypeAlias, TypedDict, Unpack

from . import checks, conversation, match, nearest, tokens
from .assertions import Assertions
from .faults import Fault
from .journal import Received
from .latency import Latency
from .limits import Limits
from .match import Conditions
from .rulebook import Rule
from .scenario import Scenario
from .schemas.chat_check import check_chat
from .scope import Scope
from .script import Answer, Plan, ToolCall, as_answer
from .service import Service
from .writes import Writes

Scriptable: TypeAlias = Answer | str | ToolCall | Sequence[ToolCall]


class ScopeSettings(TypedDict, total=False):
    """Settings of a scope as keyword arguments."""

    dialect: str
    seed: int
    latency: Latency
    writes: Writes
    limits: Limits
    strict: bool


class Scripted(Assertions):
    """The driving side of the fake, the same in process and from another thread."""

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

    def answer_to(self, body: Mapping[str, Any]) -> Answer:
        """Return the true answer to a request body, whole, also if the body asks to continue one.

        Once a request of the conversation was served, that is the answer it was served from.

        Raises:
            ApiError: the body is none the server would accept.
        """
        tokens.use(self._scope.settings.tokenizer)
        check_chat(body, self.dialect)
        path = "/beta/chat/completions"  # where every dialect accepts its way to continue
        asked = conversation.read(self.dialect, path, body)
        received = Received("POST", path, body=body, attempt=1, model=asked.model)
        received.endpoint, received.question, received.conversation = (
            "chat",
            asked.question,
            asked.key,
        )
        return self._scope.desk.true_answer(received, asked)

    def scope(self, name: str | None = None, **settings: Unpack[ScopeSettings]) -> ScopedFake:
        """Return a part of the server for one user: scripts, journal, objects of its own.

        Args:
            name: of the scope, which is made if there is none; None = one of the fake's choosing.
            settings: `dialect`, `seed`, `latency`, `writes`, `limits`, `strict`; those not given
                are as they are, in a new scope as those of the server.

        Raises:
            TypeError: no text as name, or a setting of the wrong kind.
            ValueError: a name that cannot stand in a header, or a setting that cannot be.
        """
        for setting in settings:
            if setting not in ScopeSettings.__annotations__:
                known = ScopeSettings.__annotations__
                raise TypeError(f"scope(): {nearest.unknown('setting', setting, known)}")
        scopes = self._service.scopes
        name = scopes.new_name() if name is None else name
        new = scopes.get(name) is None
        scope = ScopedFake(self._service, name)
        try:
            for setting, value in settings.items():
                setattr(scope, setting, value)
        except (TypeError, ValueError):
            if new:
                scopes.discard(name)
            raise
        return scope

    def play(self, scenario: Scenario) -> None:
        """Begin anew with a scenario, in place of all scripts, settings of chance included.

        A test of Hypothesis that fails shows the command that plays the same from the command line.

        Raises:
            TypeError: it is no scenario.
        """
        checks.instance("scenario", scenario, Scenario)
        self.reset()
        self._scope.reseed(scenario.seed)
        self._scope.desk.plan = scenario.plan
        if "hypothesis" in sys.modules:
            import hypothesis  # noqa: PLC0415 (only where it is in use)

            if hypothesis.currently_in_test_context():
                hypothesis.note(f"played again by: fake-openai serve --scenario {scenario.token}")

    def replay(self, path: str | Path, *, speed: float = 1.0) -> None:
        """Answer from a recording, in place of everything else; faults strike as always.

        Args:
            path: of a file that `fake-openai record` wrote.
            speed: how much faster than recorded; 0 = without waiting.

        Raises:
            OSError: the file cannot be read.
            ValueError: it is no recording, or has nothing in it, or the speed is below 0.
        """
        from .recording.replay import Replay  # noqa: PLC0415 (it stands on what this drives)

        self._scope.replay = Replay(path, speed=speed)

    def reset(self) -> None:
        """Forget scripts, faults, the plan, conversations, stored objects and the journal."""
        self._scope.clear()


class ScopedFake(Scripted):
    """One scope of a fake, driven as the fake itself; `with fake.scope() as scope:` deletes it.

    Clients reach it with `scope.api_key`, or with `scope.headers` and any key.

    Attributes:
        name: of the scope.
    """

    def __init__(self, service: Service, name: str) -> None:
        self._service = service
        self.name = name
        self._mine = service.scopes.open(name)

    @property
    def _scope(self) -> Scope:
        return self._mine

    def close(self) -> None:
        """Delete the scope with all that is in it; its key is refused from then on."""
        self._service.scopes.delete(self.name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _check_times(times: int | None) -> None:
    checks.whole_number("times", times, optional=True)
    if times is not None and times < 1:
        raise ValueError(f"times must be 1 or more, or None for no limit, got {times}")
