"""What a regenerated answer has to repeat."""

from __future__ import annotations

import msgspec

from steadystream.errors import SpliceMismatch

from .tool_call import ToolCall

_EXCERPT = 80


class Expected:
    """A text that has to come again, piece by piece.

    Args:
        text: what was delivered.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    @property
    def is_met(self) -> bool:
        """Whether all of it came again."""
        return self._at >= len(self._text)

    def fresh(self, piece: str) -> str:
        """Return what of `piece` goes beyond the text.

        Raises:
            SpliceMismatch: it is another text.
        """
        at = self._at
        repeated = piece[: len(self._text) - at]
        if not self._text.startswith(repeated, at):
            raise mismatch(piece)
        self._at = at + len(repeated)
        return piece[len(repeated) :]


class ExpectedCall:
    """A tool call that has to come again; only its id may be another one.

    Args:
        call: what was delivered.
        goes_on: whether it was streamed and is torn, so that the rest of it is new.

    Attributes:
        id: what the consumer knows it by.
    """

    def __init__(self, call: ToolCall, *, goes_on: bool) -> None:
        self.id = call.id
        self._type = call.type
        self._name = Expected(call.name)
        self._named = call.name
        self._arguments = Expected(call.arguments)
        self._goes_on = goes_on

    @property
    def is_met(self) -> bool:
        """Whether all of it came again."""
        return self._name.is_met and self._arguments.is_met

    def fresh(self, type: str | None, name: str | None, arguments: str | None) -> str:
        """Return what is new in a part of the call: the rest of its arguments.

        Raises:
            SpliceMismatch: it is another call.
        """
        if type and type != self._type:
            raise mismatch(f"a call of type {type}")
        repeats = self._name.is_met and name == self._named
        if name and not repeats and self._name.fresh(name):
            raise mismatch(f"a call of {name}")
        rest = self._arguments.fresh(arguments or "")
        if rest and not self._goes_on:
            raise mismatch(rest)
        return rest


def calls_expected(calls: list[ToolCall]) -> list[ExpectedCall]:
    """Return what has to come again of the calls of one choice; only the last may be torn."""
    last = len(calls) - 1
    return [
        ExpectedCall(call, goes_on=number == last and not is_object(call.arguments))
        for number, call in enumerate(calls)
    ]


def is_object(arguments: str) -> bool:
    """Say whether the arguments of a function are a whole JSON object."""
    try:
        msgspec.json.decode(arguments, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return False
    return True


def mismatch(got: str) -> SpliceMismatch:
    """Return the fault of an answer that does not repeat what was delivered."""
    return SpliceMismatch("repeats what was delivered", got[:_EXCERPT])
