"""A request for a response, understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fake_openai.asking.complaints import invalid
from fake_openai.asking.conversation import Conversation
from fake_openai.errors.errors import ApiError
from fake_openai.front.exchange import Exchange
from fake_openai.inventing import catalogue

from . import conversations, given, kept
from .form import ResponsesForm
from .given import Given

_TOO_LONG = (
    "Your input exceeds the context window of this model. Please adjust your input and try again."
)


@dataclass(frozen=True, slots=True)
class Asking:
    """A request for a response.

    Attributes:
        body: the request.
        form: of the provider.
        read: what the model reads.
        conversation: what is asked, as scripts see it.
    """

    body: Mapping[str, Any]
    form: ResponsesForm
    read: Given
    conversation: Conversation

    @property
    def background(self) -> bool:
        """Whether it is to run in the background."""
        return bool(self.body.get("background"))

    @property
    def streamed(self) -> bool:
        """Whether it is to be streamed."""
        return bool(self.body.get("stream"))

    @property
    def stored(self) -> bool:
        """Whether it is to be kept; what runs in the background always is."""
        asked = self.body.get("store") is not False or self.background
        return asked and self.form.stores

    @property
    def pads(self) -> bool:
        """Whether deltas are to be padded; in the background only if that is asked for."""
        asked = (self.body.get("stream_options") or {}).get("include_obfuscation")
        return self.form.pads and (not self.background if asked is None else asked)


def understand(exchange: Exchange, body: Mapping[str, Any]) -> Asking:
    """Return what `body`, which is sound, asks for.

    Raises:
        ApiError: what it refers to is not there.
    """
    found = _fitting(body, read(exchange, body))
    return Asking(body, exchange.dialect.responses, found, given.conversation(body, found))


def read(exchange: Exchange, body: Mapping[str, Any]) -> Given:
    """Return what the model reads for `body`.

    Raises:
        ApiError: what it refers to is not there.
    """
    if body.get("prompt") is not None:  # the API has no way to make one
        told = f"Prompt with id '{body['prompt']['id']}' not found."
        raise ApiError(404, told, param="prompt", kind="no_object")
    return given.read(body, _before(exchange, body), exchange.scope.store("response items"))


def _before(exchange: Exchange, body: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    scope, now = exchange.scope, exchange.clock.now()
    talk = conversations.id_of(body)
    if talk is not None:
        return conversations.find(scope, talk, "conversation").by(now)
    earlier = body.get("previous_response_id")
    return kept.before(scope, earlier, now) if earlier else ()


def _fitting(body: Mapping[str, Any], found: Given) -> Given:
    """Return what fits into the context window of the model.

    Raises:
        ApiError: not all of it does, and it must not be cut.
    """
    model = catalogue.find(body["model"])
    window = model.context
    if window is None:
        return found
    while given.counted(body, found) > window:
        if body.get("truncation") != "auto" or len(found.context) == 1:
            raise invalid(_TOO_LONG, "input", "context_length_exceeded", "")
        found = replace(found, context=found.context[1:])
    return found
