"""An answer under several ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from fake_openai import checks
from fake_openai.delivery.steps import Send, Step
from fake_openai.telling.ids import fill

from .base import Scene
from .event import json_of, with_json
from .on_events import OnEvents

Form = Literal["other", "fresh", "empty"]


@dataclass(frozen=True, slots=True, repr=False)
class ChangedId(OnEvents):
    """From here on the events tell another id; in the Responses API the ids of items change, too.

    Without a place that is so from the first event, which only `fresh` and `empty` show.

    Attributes:
        form: `other` = one other id for all the rest; `fresh` = a new one in each event; `empty` =
            an empty one.
    """

    ends = False
    streams_only = True
    from_start = True

    form: Form = "other"

    def __post_init__(self) -> None:
        OnEvents.__post_init__(self)
        checks.one_of("form of ChangedId", self.form, get_args(Form))

    def many(self) -> int | None:
        """Return how many events it strikes."""
        return None

    def edit(self, event: Send, scene: Scene) -> list[Step] | None:
        """Return what stands in the place of `event`."""
        value = json_of(event, scene)
        if value is None or not self._told(value, scene):
            return None
        return [with_json(event, value, scene)]

    def _told(self, value: dict[str, Any], scene: Scene) -> bool:
        struck = False
        for holder in (value, value.get("response"), value.get("item")):
            if not isinstance(holder, dict):
                continue
            for name in ("id", "item_id"):
                if isinstance(holder.get(name), str):
                    holder[name] = self._new(holder[name], scene)
                    struck = True
        return struck

    def _new(self, id: str, scene: Scene) -> str:
        if self.form == "empty":
            return ""
        if self.form == "fresh":
            return fill(scene.dialect.id, scene.rng, scene.created)
        return f"{id[:-1]}{'x' if id[-1:] != 'x' else 'y'}"
