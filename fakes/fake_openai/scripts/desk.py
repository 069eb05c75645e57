"""Decides what each request gets: scripts, faults, the plan, the answer a conversation keeps."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace

from fake_openai.asking.conversation import Conversation
from fake_openai.checks import shown
from fake_openai.faults import Fault
from fake_openai.inventing import defaults
from fake_openai.keeping.journal import Received
from fake_openai.keeping.settings import Settings

from . import by_model
from .rulebook import Rule, Rules
from .script import Answer, Plan, Reply, as_answer
from .unmatched import unmatched

_CONVERSATIONS_KEPT = 50_000


@dataclass(slots=True)
class _State:
    attempts: int = 0
    answer: Answer | None = None
    whole: bool = False


class Desk:
    """Scripts in force, and the state of each conversation.

    A conversation keeps its answer until that answer was sent whole: whoever asks again after a
    fault, or to have it continued, is served from the same true answer.

    Args:
        settings: of the scope; `seed` is that of answers which nobody scripted.

    Attributes:
        plan: takes the place of scripts.
        answers: scripts of answers.
        faults: scripts of faults.
    """

    def __init__(self, settings: Settings) -> None:
        self.plan: Plan | None = None
        self.answers = Rules()
        self.faults = Rules()
        self._settings = settings
        self._states: OrderedDict[str, _State] = OrderedDict()
        self._lock = threading.RLock()  # conditions are functions of users, which may script

    def script(self, rule: Rule) -> None:
        """Put answers into force; conversations under way get theirs from it too."""
        with self._lock:
            self.answers.add(rule)
            for state in self._states.values():
                state.answer = None

    def forget(self) -> None:
        """Forget all conversations: what they were answered, and how often they asked."""
        with self._lock:
            self._states.clear()

    def spoil(self, rule: Rule) -> None:
        """Put faults into force."""
        with self._lock:
            self.faults.add(rule)

    def clear(self) -> None:
        """Forget scripts, faults, the plan and all conversations."""
        with self._lock:
            self.plan = None
            self.answers.clear()
            self.faults.clear()
            self._states.clear()

    def count(self, conversation: str) -> int:
        """Return which request of its conversation this is, from 1."""
        with self._lock:
            state = self._state(conversation)
            state.attempts += 1
            return state.attempts

    def reply(self, received: Received, asked: Conversation) -> Reply:
        """Return what a request gets, its answer and its faults filled in."""
        plan = self.plan
        if plan is not None:
            reply = _planned(plan, received)
            answer = self._answer(received, asked, _answer(reply))
            return replace(reply, answer=answer)
        answer = self._answer(received, asked, None)
        return Reply(answer, self._spoils(received))

    def strike(self, received: Received, *, tells: bool = False) -> Reply:
        """Return what goes wrong with a request that needs no answer of the model.

        Args:
            received: the request.
            tells: whether it is told one all the same, one that was made before.
        """
        # Few expect that listing and looking up may fail, too.
        named = received.method != "POST" and not tells
        if self.plan is not None and not named:
            return _planned(self.plan, received)
        return Reply(None, self._spoils(received, named=named))

    def _spoils(self, received: Received, *, named: bool = False) -> Sequence[Fault]:
        with self._lock:
            rule = self.faults.find(received, named=named)
            if rule is not None:
                return rule.take()  # type: ignore[no-any-return]  # rules are of answers, too
        wish = None if named else by_model.read(received.model)
        return wish.strikes(received.attempt) if wish else ()

    def whole(self, conversation: str) -> None:
        """Take down that the answer of a conversation was sent whole."""
        with self._lock:
            self._state(conversation).whole = True

    def true_answer(self, received: Received, asked: Conversation) -> Answer:
        """Return the true answer of a conversation, without dealing one out."""
        with self._lock:
            state = self._states.get(asked.key)
            if state is not None and state.answer is not None:
                return state.answer
        if self.plan is not None:
            answer = _answer(_planned(self.plan, received))
            if answer is not None:
                return answer
        with self._lock:
            rule = self.answers.find(received)
            return rule.peek() if rule else self.unscripted(asked)

    def unscripted(self, asked: Conversation, index: int = 0) -> Answer:
        """Return the answer that nobody scripted, for choice `index`."""
        seed = f"{self._settings.seed}/{asked.key}" + (f"/{index}" if index else "")
        wish = by_model.read(asked.model)
        if wish is not None and wish.says is not None:
            return wish.says(asked.question, seed)
        return defaults.answer(seed, asked.question, asked.demands)

    def is_scripted(self, received: Received) -> bool:
        """Say whether somebody scripted the answer to a request."""
        with self._lock:
            return self.plan is not None or self.answers.find(received) is not None

    def _answer(self, received: Received, asked: Conversation, planned: Answer | None) -> Answer:
        with self._lock:
            state = self._state(asked.key)
            answer = planned
            if answer is None and not state.whole:
                answer = state.answer
            if answer is None:
                rule = self.answers.find(received)
                if rule is None and self._settings.strict:
                    raise unmatched(received, self.answers)
                if rule is None:
                    # Not kept: it follows from the request, and the next may want another one.
                    state.whole = False
                    return self.unscripted(asked)
                answer = rule.take()
            state.answer, state.whole = answer, False
            return answer

    def _state(self, key: str) -> _State:
        state = self._states.setdefault(key, _State())
        self._states.move_to_end(key)
        if len(self._states) > _CONVERSATIONS_KEPT:
            self._states.popitem(last=False)
        return state


def _answer(reply: Reply) -> Answer | None:
    return None if reply.answer is None else as_answer("the plan", reply.answer)


def _planned(plan: Plan, received: Received) -> Reply:
    reply: object = plan(received)
    if isinstance(reply, Reply):
        return reply
    came = shown(reply)
    if isinstance(reply, Coroutine):
        reply.close()  # nobody will await it, and Python would warn of that
        came = "a coroutine"
    raise TypeError(f"the plan must return a Reply, got {came}")
