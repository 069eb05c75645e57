"""What a caller was told, beside the truth."""

from __future__ import annotations

from dataclasses import dataclass, field

from fake_openai import Answer


@dataclass
class Told:
    """An answer as a caller received it.

    Attributes:
        text: joined.
        reasoning: joined.
        calls: name and arguments of each call, fragments joined.
        error: what was raised; None = the answer ended as if all were well.
        hung: whether it had to be broken off from outside.
    """

    text: str = ""
    reasoning: str = ""
    calls: dict[int, list[str]] = field(default_factory=dict)
    error: BaseException | None = None
    hung: bool = False

    def call(self, index: int, name: str | None, arguments: str | None) -> None:
        """Take a fragment of a call."""
        mine = self.calls.setdefault(index, ["", ""])
        mine[0] = mine[0] or name or ""
        mine[1] += arguments or ""

    @property
    def said(self) -> str:
        """All of it, one behind the other."""
        return self.reasoning + self.text + "".join(name + more for name, more in self._calls())

    def _calls(self) -> list[tuple[str, str]]:
        return [(name, arguments) for _, (name, arguments) in sorted(self.calls.items())]

    def is_whole(self, true: Answer) -> bool:
        """Say whether the caller has the whole answer, once, and was told so."""
        calls = [(call.name, call.json) for call in true.tool_calls]
        here = (self.reasoning, self.text, self._calls())
        return self.error is None and not self.hung and here == (true.reasoning, true.text, calls)

    def verdict(self, true: Answer) -> str:
        """Return in words what became of the answer."""
        if self.is_whole(true):
            return "whole"
        all_of_it = _said(true)
        if not all_of_it.startswith(self.said):
            what = "doubled or mixed"
        else:
            what = f"{len(self.said)} of {len(all_of_it)} characters"
        if self.hung:
            return f"hangs, {what}"
        if self.error is not None:
            return f"{type(self.error).__name__}, {what}"
        return f"SILENT, {what}"


def _said(true: Answer) -> str:
    return true.reasoning + true.text + "".join(call.name + call.json for call in true.tool_calls)
