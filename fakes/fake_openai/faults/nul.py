"""NUL where it should not be, or hardly ever is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from fake_openai import checks
from fake_openai.delivery.steps import Send, Step

from .base import Scene
from .event import into_string, json_of, with_json
from .on_events import OnEvents

Where = Literal["json", "escaped", "line", "id"]


@dataclass(frozen=True, slots=True, repr=False)
class Nul(OnEvents):
    """The next event has a NUL in it.

    Attributes:
        where: `json` = raw in a string, where JSON forbids it; `escaped` = as an escape of JSON,
            in a member that nobody knows; `line` = a line of its own, which is an unknown field;
            `id` = in an `id:` line, which then does not count.
    """

    from_start = True

    where: Where = "json"

    def __post_init__(self) -> None:
        OnEvents.__post_init__(self)
        checks.one_of("where of Nul", self.where, get_args(Where))

    def spoils(self) -> bool:
        """Say whether the response is not whole because of it."""
        return self.where == "json"

    def edit(self, event: Send, scene: Scene) -> list[Step] | None:
        """Return what stands in the place of `event`."""
        if self.where == "json":
            torn = into_string(event, b"\0")
            return None if torn is None else [torn]
        if self.where == "escaped":
            value = json_of(event, scene)
            return None if value is None else [with_json(event, {**value, "nul": "\0"}, scene)]
        if not scene.streamed:
            return None
        line = b"\0\n" if self.where == "line" else b"id: a\0b\n"
        return [Send(scene.writes.dress(line) + event.data, event.events, final=event.final)]
