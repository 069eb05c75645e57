"""The response object: what does not change in it, and what does."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fake_openai.counting.usage import dollars

from .form import ResponsesForm
from .items import Item


@dataclass(frozen=True, slots=True)
class Used:
    """Tokens of a response.

    Attributes:
        input: of all that was read.
        output: generated, reasoning included.
        reasoning: of them those of reasoning.
        cached: of the input those that were in the cache.
    """

    input: int
    output: int
    reasoning: int = 0
    cached: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.input + self.output

    def told(self, form: ResponsesForm) -> dict[str, Any]:
        """Return it as JSON."""
        details = {"cache_write_tokens": 0} if form.cache_writes else {}
        return {
            "input_tokens": self.input,
            "input_tokens_details": {**details, "cached_tokens": self.cached},
            "output_tokens": self.output,
            "output_tokens_details": {"reasoning_tokens": self.reasoning},
            "total_tokens": self.total,
            **(self._costs() if form.costs else {}),
        }

    def _costs(self) -> dict[str, Any]:
        read, made, all = dollars(self.input, self.output)
        return {
            "cost": all,
            "is_byok": False,
            "cost_details": {
                "upstream_inference_cost": all,
                "upstream_inference_input_cost": read,
                "upstream_inference_output_cost": made,
            },
        }


@dataclass(frozen=True, slots=True)
class Ending:
    """How a response ends.

    Attributes:
        status: `completed`, `incomplete` or `failed`.
        items: its output.
        used: its tokens.
        at: seconds since 1970.
        reason: why it is incomplete.
        tier: in which tier it was made.
        moderation: how input and output were judged; None = nobody asked.
    """

    status: str
    items: Sequence[Item]
    used: Used
    at: int
    reason: str | None = None
    tier: str = "default"
    moderation: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What does not change in a response.

    Attributes:
        form: of the provider.
        known: its members.
        late: what some of them are only in the end.
    """

    form: ResponsesForm
    known: Mapping[str, Any] = field(default_factory=dict)
    late: Mapping[str, Any] = field(default_factory=dict)

    def response(
        self, status: str, *, event: bool, members: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the response as JSON, for an event or for a body."""
        known = {**self.known, "status": status, **(members or {})}
        hidden = self.form.hidden | (self.form.hidden_in_events if event else frozenset())
        if "conversation" not in known:
            hidden |= {"conversation"}
        told = {name: known[name] for name in self.form.keys if name not in hidden}
        return _plain(told) if self.form.plain_numbers else told

    def ended(self, ending: Ending, *, event: bool) -> dict[str, Any]:
        """Return the response as it is in the end."""
        members = {
            "completed_at": ending.at if ending.status == "completed" else None,
            "content_filters": list(self.form.filters) or None,
            "moderation": ending.moderation,
            "incomplete_details": {"reason": ending.reason} if ending.reason else None,
            "output": [item.told(self.form, whole=True, last=True) for item in ending.items],
            "service_tier": ending.tier,
            "usage": ending.used.told(self.form),
            **self.late,
        }
        return self.response(ending.status, event=event, members=members)


def _plain(told: Mapping[str, Any]) -> dict[str, Any]:
    """Write numbers as JavaScript does: without a point where there is no fraction."""
    return {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in told.items()
    }


def written(value: Any, form: ResponsesForm) -> bytes:
    """Write JSON as the provider does in bodies."""
    separators = None if form.indent else (",", ":")
    text = json.dumps(value, indent=form.indent, separators=separators, ensure_ascii=False)
    return text.encode("utf-8", "replace")
