"""Holds tool calls back until they are whole, so that nobody sees half of one."""

from __future__ import annotations

from dataclasses import dataclass

from steadystream.errors import Malformed
from steadystream.events import Batch, Done, Message

from . import chat
from .choice_transcript import ChoiceTranscript
from .expected import is_object
from .json_prefix import JsonPrefix
from .tool_call import ToolCall

_EXCERPT = 80
_SAYS_WHOLE = frozenset({"tool_calls", "function_call", "stop"})
"""Finish reasons by which a server says that its calls are whole; others name what cut them."""


@dataclass(slots=True)
class _OpenCall:
    """A call that is not known to be whole.

    Attributes:
        call: what has come of it.
        choice: index of its choice.
        since: number of the event with its first part.
        checked: characters of its arguments when it was last looked at.
    """

    call: ToolCall
    choice: int
    since: int
    checked: int = -1


class Hold:
    """Lets everything of one attempt pass but tool calls that are not whole. Does no I/O.

    From the first part of a call on all messages are held, in order, and handed on as they came
    once every call in them is whole: the choice has its finish reason, or something else follows
    and the arguments are a JSON object. Arguments that break off although the server says that the
    call is whole are a fault; where it says that it cut them (`length`), they are passed on. The
    input of a custom tool may be anything, so only the end tells there. An event of plain text
    costs one look.

    Comments keep a connection alive and pass at once.

    Attributes:
        held: what waits.
    """

    __slots__ = ("_choices", "_open", "_received", "_released", "held")

    def __init__(self) -> None:
        self.held: Batch = []
        self._released = 0
        self._received = 0
        self._open: list[_OpenCall] = []
        self._choices: dict[int, ChoiceTranscript] = {}

    def feed(self, batch: Batch) -> Batch:
        """Return what may be handed on now.

        Raises:
            Malformed: the attempt ends, without a finish reason, inside a call.
        """
        if not self.held:
            for event in batch:
                if type(event) is Message and event.plain_text is None and _has_calls(event):
                    break
            else:
                self._received += len(batch)
                return batch
        self._received += len(batch)
        passed: Batch = []
        for event in batch:
            if isinstance(event, Message):
                self._message(event, passed)
                continue
            if isinstance(event, Done):
                passed += self.close()
            passed.append(event)
        return passed

    def close(self) -> Batch:
        """Return what is held, at the end of an attempt that ended as it does when all is well.

        Raises:
            Malformed: a call is not whole.
        """
        for each in self._open:
            if each.call.type != "custom" and not is_object(each.call.arguments):
                got = each.call.arguments[-_EXCERPT:]
                raise Malformed("a whole tool call at the end", got, self._received)
        self._open.clear()
        held, self.held = self.held, []
        return held

    def _message(self, event: Message, passed: Batch) -> None:
        chunk = event.chunk if event.plain_text is None or self.held else None
        number = self._released + len(self.held)
        if chunk is not None:
            for choice in chunk.choices:
                self._note(choice, number)
        if not self.held and not self._open:
            passed.append(event)
            return
        self.held.append(event)
        ready = min((each.since for each in self._open), default=number + 1) - self._released
        passed += self.held[:ready]
        del self.held[:ready]
        self._released = 0 if not self.held else self._released + ready

    def _refuse_torn(self, choice: int) -> None:
        for each in self._open:
            call = each.call
            if each.choice == choice and call.type != "custom" and _is_torn(call.arguments):
                got = call.arguments[-_EXCERPT:]
                raise Malformed("whole arguments of a call that ended", got, self._received)

    def _note(self, choice: chat.Choice, number: int) -> None:
        """Note which calls a chunk opens, adds to, and shows to be whole."""
        delta = choice.delta
        touched: list[ToolCall] = []
        if delta.tool_calls or delta.function_call:
            mine = self._choices.get(choice.index)
            if mine is None:
                mine = self._choices[choice.index] = ChoiceTranscript(choice.index)
            touched = _fed(mine, delta)
        if not touched and not self._open:
            return
        known = [each.call for each in self._open]
        for call in touched:
            if not any(call is other for other in known):
                self._open.append(_OpenCall(call, choice.index, number))
        if choice.finish_reason:
            if choice.finish_reason in _SAYS_WHOLE:
                self._refuse_torn(choice.index)
            self._open = [each for each in self._open if each.choice != choice.index]
        elif touched or delta.content or choice.text or delta.reasoning or delta.refusal:
            self._open = [
                each
                for each in self._open
                if each.choice != choice.index
                or any(each.call is call for call in touched)
                or not _is_whole(each)
            ]


def _is_torn(arguments: str) -> bool:
    """Say whether arguments break off; what a model wrote wrongly is not torn."""
    if not arguments or is_object(arguments) or not arguments.lstrip().startswith("{"):
        return False
    prefix = JsonPrefix()
    prefix.feed(arguments)
    return prefix.is_possible


def _has_calls(event: Message) -> bool:
    """Say whether an event has part of a call; those that carry nothing are not decoded."""
    chunk = event.chunk if event.carries else None
    if chunk is None:
        return False
    return any(choice.delta.tool_calls or choice.delta.function_call for choice in chunk.choices)


def _fed(mine: ChoiceTranscript, delta: chat.Delta) -> list[ToolCall]:
    """Add the calls in `delta` to those of a choice, and return the ones that grew."""
    grown = []
    for part in delta.tool_calls or ():
        if part.carries:
            call = mine.call_of(part)
            call.feed(part)
            grown.append(call)
    if delta.function_call and (delta.function_call.name or delta.function_call.arguments):
        call = mine.function_call = mine.function_call or ToolCall()
        call.feed_function(delta.function_call)
        grown.append(call)
    return grown


def _is_whole(each: _OpenCall) -> bool:
    """Say whether a call that something else follows is whole; asked once for what has come."""
    arguments = each.call.arguments
    if each.call.type == "custom" or len(arguments) == each.checked:
        return False
    each.checked = len(arguments)
    return is_object(arguments)
