"""How the fake is driven, in all its scopes."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self, TypedDict, Unpack

from fake_openai import checks, nearest
from fake_openai.asking import conversation
from fake_openai.asking.asked import model as model_of
from fake_openai.counting import tokens
from fake_openai.delivery.writes import Writes
from fake_openai.front.service import Service
from fake_openai.keeping.journal import Received
from fake_openai.keeping.limits import Limits
from fake_openai.keeping.scope import Scope
from fake_openai.latency import Latency
from fake_openai.schemas.chat_check import check_chat

from .scenario import Scenario
from .script import Answer
from .scripting import Scripting


class ScopeSettings(TypedDict, total=False):
    """Settings of a scope as keyword arguments."""

    dialect: str
    seed: int
    latency: Latency
    writes: Writes
    limits: Limits
    strict: bool
    tokenizer: str
    models: Sequence[str] | None


class Scripted(Scripting):
    """The driving side of the fake, the same in process and from another thread."""

    def answer_to(self, body: Mapping[str, Any]) -> Answer:
        """Return the true answer to a request body, whole, also if the body asks to continue one.

        Once a request of the conversation was served, that is the answer it was served from.

        Raises:
            TypeError: it is no mapping.
            ApiError: the body is none the server would accept.
        """
        if not isinstance(body, Mapping):
            raise TypeError(f"body must be a mapping, got {checks.shown(body)}")
        tokens.use(self._scope.settings.tokenizer)
        check_chat(body, self.dialect)
        path = "/beta/chat/completions"  # where every dialect accepts its way to continue
        tokens.settle(model_of(body))
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
            settings: `dialect`, `seed`, `latency`, `writes`, `limits`, `strict`, `tokenizer`,
                `models`; those not given are as they are, in a new scope as those of the server.

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
                name = self.dialect.name
                dialect = "" if name == "openai" else f"--dialect {name} "
                command = f"fake-openai serve {dialect}--scenario {scenario.token}"
                hypothesis.note(f"played again by: {command}")

    def replay(self, path: str | Path, *, speed: float = 1.0) -> None:
        """Answer from a recording, in place of everything else; faults strike as always.

        Args:
            path: of a file that `fake-openai record` wrote.
            speed: how much faster than recorded; 0 = without waiting.

        Raises:
            OSError: the file cannot be read.
            ValueError: it is no recording, or has nothing in it, or the speed is below 0.
        """
        from fake_openai.recording.replay import Replay  # noqa: PLC0415 (it stands on what this drives)

        self._scope.replay = Replay(path, speed=speed)

    def reset(self) -> None:
        """Forget scripts, faults, the plan, conversations, stored objects and the journal."""
        self._scope.clear()


class ScopedFake(Scripted):
    """One scope of a fake, driven as the fake itself; `with fake.scope() as scope:` deletes it.

    Clients reach it with `scope.api_key`, or with `scope.headers` and any key.
    """

    def __init__(self, service: Service, name: str) -> None:
        self._service = service
        self._mine = service.scopes.open(name)

    @property
    def name(self) -> str:
        """Name of the scope."""
        return self._mine.name

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
