"""How a server is asked to go on from what was delivered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from steadystream.errors import GaveUp
from steadystream.events import Rung
from steadystream.request import Request

from .dialects import Dialect
from .transcript import Transcript

_LIMITS = ("max_tokens", "max_completion_tokens")
# A grammar would start anew in the middle of the answer and force a second beginning.
_GRAMMARS = (
    "grammar",
    "guided_choice",
    "guided_grammar",
    "guided_json",
    "guided_regex",
    "json_schema",
    "structured_outputs",
)


@dataclass(frozen=True, slots=True)
class Continuation:
    """A request for the rest of an answer, and what its reply must be freed of.

    Attributes:
        request: to be sent; None where nothing is left to ask for (`Rung.LENGTH`).
        rung: how it goes on.
        echo: the text handed in, where the reply may begin with it; "" where it never does.
        whitespace: delivered whitespace that was not handed in, since servers trim it or refuse it;
            the reply brings it again.
        handed_in: chunks of text that were handed in, and do not come again.
    """

    request: Request | None
    rung: Rung
    echo: str = ""
    whitespace: str = ""
    handed_in: int = 0


def is_whole(request: Request, so_far: Transcript) -> bool:
    """Say whether every choice that was asked for has its finish reason."""
    wanted = request.body.get("n") or 1
    return so_far.is_finished and len(so_far.choices) >= wanted


def obstacle(request: Request, so_far: Transcript) -> GaveUp | None:
    """Return why this answer cannot go on from what was delivered; None when it can."""
    body = request.body
    torn = so_far.choices[0] if so_far.choices else None
    checks = (
        (len(so_far.choices) > 1 or (body.get("n") or 1) > 1, GaveUp.SEVERAL_CHOICES),
        (torn is not None and _has_call(torn), GaveUp.TORN_TOOL_CALL),
        (bool(so_far.refusal), GaveUp.REFUSAL),
        (bool(so_far.reasoning), GaveUp.TORN_REASONING),
        (_is_constrained(body), GaveUp.CONSTRAINED_FORMAT),
    )
    return next((why for found, why in checks if found), None)


def continuation(request: Request, so_far: Transcript, dialect: Dialect) -> Continuation | GaveUp:
    """Return how to go on with an answer to `request` of which `so_far` was delivered."""
    why = obstacle(request, so_far)
    if why is not None:
        return why
    if _is_at_limit(request.body, so_far.text_chunks):
        return Continuation(None, Rung.LENGTH)
    handed_in = so_far.settled_text_chunks
    body = _with_fewer_tokens(request.body, handed_in)
    prefix = so_far.text.rstrip()
    whitespace = so_far.text[len(prefix) :]
    rung = dialect.rung_for(body.get("model"))
    if not prefix:  # nothing but whitespace: asked for again, and the whitespace dropped
        again = replace(request, body=body)
        return Continuation(again, rung or Rung.EXACT_PREFIX, whitespace=whitespace)
    messages = None if rung is None else _with_partial(body, prefix, dialect)
    if rung is None or messages is None:
        return GaveUp.CANNOT_CONTINUE
    body |= {"messages": messages, **dialect.switches}
    asked = replace(request, body=body, url=dialect.continuation_url(request.url))
    echo = messages[-1]["content"] if dialect.echoes else ""
    return Continuation(asked, rung, echo=echo, whitespace=whitespace, handed_in=handed_in)


def _has_call(choice: Any) -> bool:
    return bool(choice.tool_calls) or choice.function_call is not None


def _is_constrained(body: Mapping[str, Any]) -> bool:
    shape = body.get("response_format")
    shaped = isinstance(shape, Mapping) and shape.get("type") not in {None, "text"}
    forced = body.get("tool_choice") not in (None, "auto", "none")
    return shaped or forced or any(body.get(name) is not None for name in _GRAMMARS)


def _is_at_limit(body: Mapping[str, Any], received: int) -> bool:
    """Say whether the answer has come to its ceiling.

    A chunk holds one token or more: where a count of chunks says that nothing is left, the server
    had come to its limit.
    """
    limits = [body.get(name) for name in _LIMITS]
    return any(isinstance(limit, int) and limit <= received for limit in limits)


def _with_fewer_tokens(body: Mapping[str, Any], handed_in: int) -> dict[str, Any]:
    """Shrink the ceilings by what need not come again; for the reason above never too far."""
    shrunk = dict(body)
    for name in _LIMITS:
        limit = body.get(name)
        if isinstance(limit, int):
            shrunk[name] = limit - handed_in
    return shrunk


def _with_partial(body: Mapping[str, Any], text: str, dialect: Dialect) -> list[Any] | None:
    """Return the messages with the partial answer last; None when that place is taken."""
    messages = list(body.get("messages") or ())
    partial: dict[str, Any] = {"role": "assistant", "content": text, **dialect.mark}
    last = messages[-1] if messages else None
    if isinstance(last, Mapping) and last.get("role") == "assistant":
        if not _is_prefix(last, body, dialect):
            return None
        partial = {**last, "content": last["content"] + text}
        messages.pop()
    return [*messages, partial]


def _is_prefix(last: Mapping[str, Any], body: Mapping[str, Any], dialect: Dialect) -> bool:
    """Say whether the caller's own last message was already one to go on from."""
    marked = all(last.get(name) == value for name, value in dialect.mark.items())
    switched = all(body.get(name) == value for name, value in dialect.switches.items())
    return marked and switched and isinstance(last.get("content"), str)
