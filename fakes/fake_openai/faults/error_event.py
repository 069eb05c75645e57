"""An error in the middle of an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from fake_openai import checks
from fake_openai.delivery.steps import Send, Step, Stop
from fake_openai.telling.frames import DONE

from .base import Placed, Scene
from .error_forms import FORMS, Form, Wrong

_MESSAGE = "The server had an error while processing your request. Sorry about that!"
_SIMPLE = {"compact": "openai", "azure": "openai", "deepseek": "openai"}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ErrorEvent(Placed):
    """The stream ends with an error, in the form of the provider.

    Attributes:
        message: for people; `ollama` and `azure` do not tell it.
        type: kind of error; None = the provider's for a failure of its own.
        code: for programs; None = the provider's for a failure of its own.
        done: whether `[DONE]` follows; None = as the provider does it.
        form: a provider's form of it; None = that of the dialect, and of the Responses API there.
            `responses` = an `error` event and `response.failed`; `openrouter_limit` = behind a
            chunk with a finish reason; `gpustack` = a line that is no event; `ollama` = an empty
            chunk, the error is lost; `azure` = the content filter ends the answer; `anthropic` =
            what a proxy passes on; `flat` = no `error` around it.
    """

    streams_only = True

    message: str = _MESSAGE
    type: str | None = None
    code: str | int | None = None
    done: bool | None = None
    form: Form | None = None

    def __post_init__(self) -> None:
        Placed.__post_init__(self)
        checks.text("message of ErrorEvent", self.message)
        checks.text("type of ErrorEvent", self.type, optional=True)
        if self.done is not None:
            checks.boolean("done of ErrorEvent", self.done)
        if self.form is not None:
            checks.one_of("form of ErrorEvent", self.form, get_args(Form))

    def between(self, before: list[Step], rest: list[Step], scene: Scene) -> list[Step]:  # noqa: ARG002
        """Return the steps, given those before and those after the place."""
        dialect = scene.dialect
        own = "responses" if scene.endpoint == "responses" else dialect.errors
        tell, closes = FORMS[self.form or _SIMPLE.get(own, own)]
        if self.form is None and own != "responses":
            closes = dialect.error_closes
        told = tell(Wrong(self.message, self.type, self.code), scene, before)
        steps = [*before, *told]
        if closes if self.done is None else self.done:
            steps.append(Send(scene.writes.dress(DONE), 1, final=True))
        return [*steps, Stop("end")]
