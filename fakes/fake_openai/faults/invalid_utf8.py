"""Bytes that are no text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from fake_openai import checks
from fake_openai.delivery.steps import Send, Step

from .base import Scene
from .event import into_string
from .on_events import OnEvents

Form = Literal["lone", "cut", "overlong", "surrogate", "too_large", "latin1"]
_BYTES = {
    "lone": b"\x80",
    "cut": b"\xe2\x82",
    "overlong": b"\xc0\xaf",
    "surrogate": b"\xed\xa0\xbd",
    "too_large": b"\xf4\x90\x80\x80",
    "latin1": b"caf\xe9",
}


@dataclass(frozen=True, slots=True, repr=False)
class InvalidUTF8(OnEvents):
    """The next event has bytes in a string of its JSON that are no UTF-8.

    Attributes:
        form: `lone` = a continuation byte alone; `cut` = a character without its end; `overlong`,
            `surrogate`, `too_large` = encodings that are forbidden; `latin1` = another encoding.
    """

    from_start = True

    form: Form = "lone"

    def __post_init__(self) -> None:
        OnEvents.__post_init__(self)
        checks.one_of("form of InvalidUTF8", self.form, get_args(Form))

    def edit(self, event: Send, scene: Scene) -> list[Step] | None:  # noqa: ARG002
        """Return what stands in the place of `event`."""
        torn = into_string(event, _BYTES[self.form])
        return None if torn is None else [torn]
