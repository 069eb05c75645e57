"""The Responses API of a client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from steadystream.errors import InvalidRequest
from steadystream.policy.clock import Timeouts
from steadystream.policy.fallbacks import Fallback
from steadystream.policy.parameters import check_parameters
from steadystream.policy.retries import Retries

from .answer import ResponseAnswer


class Ask(Protocol):
    """Opens an answer to the body of a request."""

    def __call__(
        self,
        body: dict[str, Any],
        *,
        timeouts: Timeouts | None,
        retries: Retries | None,
        fallbacks: Sequence[Fallback] | None,
    ) -> ResponseAnswer:
        """Return the answer; nothing is sent before it is entered and read."""
        ...


class Responses:
    """Answers of the Responses API; `SteadyClient.responses` is one.

    async with client.responses.stream(model="gpt-5", input="Tell me.") as answer:
        async for text in answer.text():
            print(text, end="")
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def stream(
        self,
        *,
        model: str | None = None,
        input: str | Sequence[Any] | None = None,
        timeouts: Timeouts | None = None,
        retries: Retries | None = None,
        fallbacks: Sequence[Fallback] | None = None,
        **parameters: Any,
    ) -> ResponseAnswer:
        """Return the answer to `input`; to be entered with `async with`.

        Args:
            model: its name, as the server knows it; None where a stored prompt names it.
            input: a text, or items as in the API; None where a stored prompt holds it.
            timeouts: instead of the client's.
            retries: instead of the client's.
            fallbacks: instead of the client's; an empty list = none.
            **parameters: whatever else the API takes: `instructions`, `tools`, `reasoning`, ...

        Raises:
            InvalidRequest: the request cannot work; nothing was sent.
        """
        body = _body({"model": model, "input": input}, parameters)
        return self._ask(body, timeouts=timeouts, retries=retries, fallbacks=fallbacks)

    async def complete(
        self,
        *,
        model: str | None = None,
        input: str | Sequence[Any] | None = None,
        timeouts: Timeouts | None = None,
        retries: Retries | None = None,
        fallbacks: Sequence[Fallback] | None = None,
        **parameters: Any,
    ) -> dict[str, Any]:
        """Return the whole answer as a `response` object.

        It is streamed all the same, so that it survives what a stream survives. Takes what `stream`
        takes, and raises what reading an answer raises.
        """
        async with self.stream(
            model=model,
            input=input,
            timeouts=timeouts,
            retries=retries,
            fallbacks=fallbacks,
            **parameters,
        ) as answer:
            return await answer.finish()


def _body(asked: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    if parameters.get("stream", True) is not True:
        msg = f"stream must be true or left out, got {parameters['stream']!r}"
        raise InvalidRequest(msg)
    check_parameters(parameters)
    body = {name: value for name, value in asked.items() if value is not None}
    body |= parameters
    if "prompt" not in body:
        _check("model", body.get("model"), str, "the name of a model")
        if "input" not in body and not {"previous_response_id", "conversation"} & body.keys():
            msg = "input must be a text or a list of items, got none"
            raise InvalidRequest(msg)
    if "input" in body:
        _check("input", body["input"], (str, list, tuple), "a text or a list of items")
    body["stream"] = True
    return body


def _check(name: str, value: Any, kind: Any, wanted: str) -> None:
    if not isinstance(value, kind) or not value:
        got = type(value).__name__ if value else repr(value)
        msg = f"{name} must be {wanted}, got {got}"
        raise InvalidRequest(msg)
