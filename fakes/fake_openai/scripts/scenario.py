"""A whole course of events for one conversation: the answer, and what goes wrong in each attempt.

A scenario has a token, a line of text from which it can be made again: in Python, and on the
command line for clients in any language.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fake_openai import checks
from fake_openai.delivery.writes import Writes
from fake_openai.fault import Fault
from fake_openai.faults import from_json
from fake_openai.keeping.journal import Received

from . import script_json
from .script import Answer, Reply

_MARK = "fake1."
_LARGEST = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Scenario:
    """What one conversation meets.

    Attributes:
        answer: the true answer.
        attempts: the faults of the first request, of the second, and so on; later ones have none.
        writes: borders of writes and form of lines.
        seed: of all else that is drawn by chance.

    Raises:
        TypeError: a value is of the wrong kind.
    """

    answer: Answer = field(default_factory=lambda: Answer("Hello."))
    attempts: Sequence[Sequence[Fault]] = ()
    writes: Writes = field(default_factory=Writes)
    seed: int = 0

    def __post_init__(self) -> None:
        checks.instance("answer of Scenario", self.answer, Answer)
        checks.instance("writes of Scenario", self.writes, Writes)
        checks.whole_number("seed of Scenario", self.seed)
        rows = tuple(checks.faults("attempts of Scenario", row) for row in self.attempts)
        object.__setattr__(self, "attempts", rows)

    def plan(self, received: Received) -> Reply:
        """Return what a request gets; a `fake.plan`."""
        place = received.attempt - 1
        faults = self.attempts[place] if place < len(self.attempts) else ()
        return Reply(self.answer, faults, writes=self.writes)

    @property
    def token(self) -> str:
        """The scenario as a line of text; `from_token` is the way back."""
        packed = zlib.compress(json.dumps(self.to_json(), separators=(",", ":")).encode(), 9)
        return _MARK + base64.urlsafe_b64encode(packed).decode().rstrip("=")

    @classmethod
    def from_token(cls, token: str) -> Scenario:
        """Return the scenario that `token` tells.

        Raises:
            TypeError: it is no text.
            ValueError: it is no token, or was cut.
        """
        checks.text("token", token)
        text = token.strip()
        if not text.startswith(_MARK):
            raise ValueError(f"a token begins with {_MARK!r}, got {text[:20]!r}")
        packed = text.removeprefix(_MARK)
        try:
            raw = base64.b64decode(packed + "=" * (-len(packed) % 4), b"-_", validate=True)
            unpacker = zlib.decompressobj()
            told = json.loads(unpacker.decompress(raw, _LARGEST))
        except (binascii.Error, zlib.error, ValueError) as error:
            raise ValueError(f"the token is damaged: {error}") from None
        return cls.from_json(told)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON; what is as usual is left out."""
        told: dict[str, Any] = {"answer": script_json.to_json(self.answer)}
        if self.attempts:
            told["attempts"] = [[fault.to_json() for fault in row] for row in self.attempts]
        writes = script_json.to_json(self.writes)
        if writes:
            told["writes"] = writes
        if self.seed:
            told["seed"] = self.seed
        return told

    @classmethod
    def from_json(cls, value: Any) -> Scenario:
        """Return the scenario that `value` tells.

        Raises:
            TypeError: `value` tells none, or a part is of the wrong kind.
            ValueError: there is no such part, or it cannot be.
        """
        if not isinstance(value, Mapping):
            raise TypeError(f"a scenario must be an object, got {checks.shown(value)}")
        given = script_json.members(cls, "scenario", value)
        rows = given.get("attempts", ())
        return cls(
            script_json.answer_from_json(given.get("answer", "Hello.")),
            [[from_json(fault) for fault in row] for row in rows],
            script_json.made(Writes, "writes", given.get("writes", {})),
            given.get("seed", 0),
        )
