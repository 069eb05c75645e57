"""Members that nobody knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fake_openai import checks
from fake_openai.delivery.steps import Send, Step

from .base import Scene
from .event import choices_of, json_of, with_json
from .on_events import OnEvents


@dataclass(frozen=True, slots=True, repr=False)
class UnknownFields(OnEvents):
    """From here on JSON has members that no client knows, on each level; clients pass over them.

    Attributes:
        name: of these members.
    """

    ends = False
    from_start = True

    name: str = "x_unknown"

    def __post_init__(self) -> None:
        OnEvents.__post_init__(self)
        checks.text("name of UnknownFields", self.name)

    def many(self) -> int | None:
        """Return how many events it strikes."""
        return None

    def edit(self, event: Send, scene: Scene) -> list[Step] | None:
        """Return what stands in the place of `event`."""
        value = json_of(event, scene)
        if value is None:
            return None
        unknown: dict[str, Any] = {"a": [1, None, {"b": True}]}
        levels = [value, value.get("response"), value.get("item")]
        for choice in choices_of(value):
            levels += [choice, choice.get("delta"), choice.get("message")]
        for level in levels:
            if isinstance(level, dict):
                level.setdefault(self.name, unknown)
        return [with_json(event, value, scene)]
