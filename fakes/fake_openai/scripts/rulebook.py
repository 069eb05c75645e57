"""The rules that choose what a request gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .match import Match, brief
from .script import Answer

if TYPE_CHECKING:
    from fake_openai.keeping.journal import Received

_KEPT = 1_000


@dataclass(slots=True)
class Rule:
    """Something to deal out, one item a request, to the requests that match.

    Attributes:
        items: answers, or tuples of faults.
        times: how many requests it serves; None = no limit.
        match: the requests that are meant.
        cycle: begin again after the last item; otherwise the last item repeats.
        in_order: it is not due before all such rules that were given earlier are used up.
        used: requests served.
    """

    items: Sequence[Any]
    times: int | None
    match: Match = field(default_factory=Match)
    cycle: bool = False
    in_order: bool = False
    used: int = 0

    @property
    def open(self) -> bool:
        """Whether it still has something to give."""
        return self.times is None or self.used < self.times

    @property
    def due(self) -> bool:
        """Whether somebody who gave it will miss that it is used."""
        return self.used < (1 if self.times is None else self.times)

    def peek(self) -> Any:
        """Return the next item and leave it there."""
        at = self.used % len(self.items) if self.cycle else min(self.used, len(self.items) - 1)
        return self.items[at]

    def take(self) -> Any:
        """Return the next item; it is used."""
        item = self.peek()
        self.used += 1
        return item

    def __str__(self) -> str:
        told = ", ".join(_item(item) for item in self.items)
        name = "fail" if isinstance(self.items[0], tuple) else "reply"
        meant = f", {self.match}" if self.match.special else ""
        order = ", in_order=True" if self.in_order else ""
        limit = f" of {self.times}" if self.times is not None else ""
        return f"{name}({told}{meant}{order}), used {self.used}{limit}"


def _item(item: Any) -> str:
    if isinstance(item, Answer):
        if item.tool_calls and not item.text:
            return " ".join(f"{call.name}({brief(call.json)})" for call in item.tool_calls)
        return brief(item.text or item.refusal)
    return brief(item[0] if len(item) == 1 else item)


class Rules:
    """Rules in force.

    Of those that match, the one with more conditions is used; among equals those for a limited
    number of requests come first, in the order they were given, then the latest without a limit.
    """

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def add(self, rule: Rule) -> None:
        """Put `rule` into force; of those used up the latest thousand are kept, to be shown."""
        self._rules.append(rule)
        if len(self._rules) > _KEPT:
            used_up = [rule for rule in self._rules if not rule.open]
            gone = {id(rule) for rule in used_up[:-_KEPT]}
            self._rules = [rule for rule in self._rules if id(rule) not in gone]

    def find(self, received: Received, *, named: bool = False) -> Rule | None:
        """Return the rule for a request, None if there is none.

        Args:
            received: the request.
            named: only a rule that names the endpoint will do.
        """
        best: Rule | None = None
        rank: tuple[int, bool, int] | None = None
        candidates = self._candidates()
        for place, rule in enumerate(candidates):
            if (rule.match.endpoint or not named) and rule.match.matches(received):
                if len(candidates) == 1:
                    return rule
                limited = rule.times is not None
                new = (rule.match.special, limited, -place if limited else place)
                if rank is None or new > rank:
                    best, rank = rule, new
        return best

    def nearest(self, received: Received) -> Rule | None:
        """Return the rule that comes nearest to a request for which there is none."""
        near = self._candidates()
        return max(near, key=lambda rule: rule.match.likeness(received), default=None)

    def _candidates(self) -> list[Rule]:
        found: list[Rule] = []
        blocked = False
        for rule in self._rules:
            if rule.open and not (rule.in_order and blocked):
                found.append(rule)
                blocked = blocked or rule.in_order
        return found

    def list(self) -> list[Rule]:
        """Return the rules, oldest first, those used up included."""
        return list(self._rules)

    def clear(self) -> None:
        """Forget all rules."""
        self._rules.clear()
