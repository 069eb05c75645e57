"""The items of a response: messages, reasoning and calls of tools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from .form import ResponsesForm

PartKind = Literal["output_text", "refusal", "summary_text", "reasoning_text", "arguments", "input"]
ItemKind = Literal["message", "reasoning", "function_call", "custom_tool_call"]
TEXT_IN: Mapping[PartKind, str] = {
    "output_text": "text",
    "refusal": "refusal",
    "summary_text": "text",
    "reasoning_text": "text",
    "arguments": "arguments",
    "input": "input",
}
_LISTS: Mapping[PartKind, str] = {
    "output_text": "content",
    "refusal": "content",
    "summary_text": "summary",
    "reasoning_text": "content",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A text in an item.

    Attributes:
        kind: what it is.
        tokens: the text, token by token.
        logprobs: of each token; empty = nobody asked.
        annotations: what is noted beside it.
    """

    kind: PartKind
    tokens: Sequence[str] = ()
    logprobs: Sequence[Mapping[str, Any]] = ()
    annotations: Sequence[Mapping[str, Any]] = ()

    @property
    def text(self) -> str:
        """The text."""
        return "".join(self.tokens)

    def told(self, form: ResponsesForm, *, whole: bool) -> dict[str, Any]:
        """Return it as JSON in `form`, as it is in the end or still empty."""
        text = self.text if whole else ""
        if self.kind != "output_text":
            return {"type": self.kind, TEXT_IN[self.kind]: text}
        known = {
            "type": self.kind,
            "annotations": list(self.annotations) if whole else [],
            "logprobs": list(self.logprobs) if whole else [],
            "text": text,
        }
        return {name: known[name] for name in form.part_keys}


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the output.

    Attributes:
        kind: what it is.
        id: its id.
        parts: its texts; a call has one.
        members: what else it has: role, name of the tool, sealed reasoning.
        complete: whether it came to its end.
    """

    kind: ItemKind
    id: str
    parts: Sequence[Part] = ()
    members: Mapping[str, Any] = field(default_factory=dict)
    complete: bool = True

    def told(self, form: ResponsesForm, *, whole: bool, last: bool = False) -> dict[str, Any]:
        """Return it as JSON in `form`, as it is in the end or as it begins.

        Args:
            form: of the provider.
            whole: whether it has ended.
            last: whether it is told in the response that ends.
        """
        known: dict[str, Any] = {"id": self.id, "type": self.kind, **self.members}
        if form.sealed_format and not whole:
            known = {name: known[name] for name in known.keys() - {"encrypted_content", "format"}}
        if self.kind != "reasoning" or form.item_status:
            done = "completed" if self.complete else "incomplete"
            known["status"] = done if whole else "in_progress"
        for name in {"message": ("content",), "reasoning": ("content", "summary")}.get(
            self.kind, ()
        ):
            known[name] = []
        for part in self.parts:
            listed = _LISTS.get(part.kind)
            if listed is None:
                known[TEXT_IN[part.kind]] = part.text if whole else ""
            elif whole:
                known[listed].append(part.told(form, whole=True))
        if self.kind == "reasoning" and not (known["content"] or form.empty_content):
            del known["content"]
        keys = form.output_keys if last and self.kind == "message" else ()
        head = [name for name in keys or form.item_keys if name in known]
        return {name: known[name] for name in (*head, *sorted(known.keys() - set(head)))}
