"""Numbers of tokens that are not true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fake_openai import checks
from fake_openai.delivery.steps import Send, Step

from .base import Scene
from .event import json_of, with_json
from .on_events import OnEvents


@dataclass(frozen=True, slots=True, repr=False)
class LyingUsage(OnEvents):
    """Wherever usage is told, its numbers are wrong.

    Attributes:
        factor: what all numbers are multiplied with; the sum is as wrong as its parts.
        values: members of the usage and their values instead; `a.b` is the member `b` of `a`.
    """

    ends = False
    from_start = True

    factor: float = 10.0
    values: Mapping[str, Any] = field(default_factory=dict, kw_only=True)

    def __post_init__(self) -> None:
        OnEvents.__post_init__(self)
        checks.number("factor of LyingUsage", self.factor)
        checks.not_infinite("factor of LyingUsage", self.factor)
        checks.instance("values of LyingUsage", self.values, Mapping)

    def many(self) -> int | None:
        """Return how many events it strikes."""
        return None

    def edit(self, event: Send, scene: Scene) -> list[Step] | None:
        """Return what stands in the place of `event`."""
        value = json_of(event, scene)
        if value is None or not self._told(value):
            return None
        return [with_json(event, value, scene)]

    def _told(self, value: Any) -> bool:
        if isinstance(value, list):
            return sum(map(self._told, value)) > 0
        if not isinstance(value, dict):
            return False
        struck = False
        for name, member in value.items():
            if name == "usage" and isinstance(member, dict):
                value[name] = self._lied(member)
                struck = True
            else:
                struck = self._told(member) or struck
        return struck

    def _lied(self, usage: dict[str, Any]) -> dict[str, Any]:
        lied = {name: self._times(member) for name, member in usage.items()}
        for path, value in self.values.items():
            *parents, name = path.split(".")
            holder = lied
            for parent in parents:
                within = holder.get(parent)
                holder[parent] = holder = dict(within) if isinstance(within, dict) else {}
            holder[name] = value
        return lied

    def _times(self, member: Any) -> Any:
        if isinstance(member, dict):
            return {name: self._times(value) for name, value in member.items()}
        if isinstance(member, int) and not isinstance(member, bool):
            return round(member * self.factor)
        return member
