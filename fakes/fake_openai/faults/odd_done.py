"""A last line that is not written as it should be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from fake_openai import checks
from fake_openai.delivery.steps import Send, Step

from .base import InStream, Scene
from .event import is_done

Form = Literal["no_newline", "one_newline", "trailing_space", "no_space"]


@dataclass(frozen=True, slots=True, repr=False)
class OddDone(InStream):
    """`[DONE]` is written otherwise; by the letter, what has no blank line behind it is no event.

    Attributes:
        form: `no_newline` and `one_newline` = the body ends so, without the blank line;
            `trailing_space` and `no_space` = spaces where none, and none where one is expected.
    """

    ends = False
    streams_only = True

    form: Form = "one_newline"

    def __post_init__(self) -> None:
        checks.one_of("form of OddDone", self.form, get_args(Form))

    def change(self, steps: list[Step], scene: Scene) -> list[Step] | None:
        """Return `steps` with the fault in them; None if no `[DONE]` is in them."""
        line = scene.writes.newline.encode()
        forms = {
            "no_newline": b"data: [DONE]",
            "one_newline": b"data: [DONE]" + line,
            "trailing_space": b"data: [DONE] " + line * 2,
            "no_space": b"data:[DONE]" + line * 2,
        }
        struck = False
        changed: list[Step] = []
        for step in steps:
            if isinstance(step, Send) and is_done(step, scene):
                changed.append(Send(forms[self.form], step.events, final=step.final))
                struck = True
            else:
                changed.append(step)
        return changed if struck else None
