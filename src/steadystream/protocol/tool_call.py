"""What has arrived of one tool call."""

from __future__ import annotations

from typing import Any

import msgspec

from steadystream.protocol.chat import FunctionDelta, ToolCallDelta
from steadystream.protocol.pieces import joined


class ToolCall(msgspec.Struct, eq=False, omit_defaults=True):
    """One tool call, as far as it has come.

    Attributes:
        index: its number on the wire; None where the server gave none.
        id: "" until it comes.
        type: "function" or "custom".
        name: of the function or custom tool.
        extra_content: what the server wants back with the call.
        parts: pieces of the arguments, joined when they are asked for.
    """

    index: int | None = None
    id: str = ""
    type: str = "function"
    name: str = ""
    extra_content: Any = None
    parts: list[str] = []

    @property
    def arguments(self) -> str:
        """Arguments of the function, JSON once the call is whole; or input of the custom tool."""
        return joined(self.parts)

    def feed(self, delta: ToolCallDelta) -> None:
        """Add one part."""
        self.id = self.id or delta.id or ""
        if delta.type:
            self.type = delta.type
        if delta.extra_content is not None:
            self.extra_content = delta.extra_content
        part = delta.function or delta.custom
        if part is not None:
            self.feed_function(part)

    def feed_function(self, part: FunctionDelta) -> None:
        """Add a part of name and arguments; a name that is only repeated changes nothing."""
        if part.name and part.name != self.name:
            self.name += part.name
        written = part.arguments or part.input
        if written:
            self.parts.append(written)

    def message(self) -> dict[str, Any]:
        """Return the call as it stands in an assistant message."""
        if self.type == "custom":
            called = {"name": self.name, "input": self.arguments}
        else:
            called = {"name": self.name, "arguments": self.arguments}
        call: dict[str, Any] = {"id": self.id, "type": self.type, self.type: called}
        if self.extra_content is not None:
            call["extra_content"] = self.extra_content
        return call

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ToolCall) and self.message() == other.message()

    __hash__ = None  # type: ignore[assignment]  # it changes

    def __repr__(self) -> str:
        return f"ToolCall(id={self.id!r}, name={self.name!r}, {len(self.arguments)} characters)"
