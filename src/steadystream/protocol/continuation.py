"""How a server is asked to go on from what was delivered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from steadystream.errors import GaveUp
from steadystream.events import Rung
from steadystream.request import Request

from . import obstacles
from .ceilings import is_at_limit, tokens_in, tokens_of, with_fewer_tokens
from .dialects import Dialect
from .ladder import Ladder
from .transcript import Transcript

ANCHOR = 80
LEAST_ANCHOR = 12
"""Characters. Fewer are found in places where they do not belong."""


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
        anchor: the last words that were delivered, which the reply has to repeat; "" = none.
        format: `response_format`, where the joined text has to be JSON.
        anew: whether reasoning is delivered again.
    """

    request: Request | None
    rung: Rung
    echo: str = ""
    whitespace: str = ""
    handed_in: int = 0
    anchor: str = ""
    format: Mapping[str, Any] | None = None
    anew: bool = False


def is_whole(request: Request, so_far: Transcript) -> bool:
    """Say whether every choice that was asked for has its finish reason."""
    return so_far.is_finished and len(so_far.choices) >= obstacles.choices_of(request.body)


def continuation(
    request: Request, so_far: Transcript, dialect: Dialect, ladder: Ladder | None = None
) -> Continuation | GaveUp:
    """Return how to go on with an answer to `request` of which `so_far` was delivered.

    The first way that fits; where none does, what stood in the way of the first.
    """
    allowed = ladder or Ladder()
    why = GaveUp.CANNOT_CONTINUE
    for way in (_with_text, _once_more, _in_words):
        found = way(request, so_far, dialect, allowed)
        if isinstance(found, Continuation):
            return found
        why = found if why is GaveUp.CANNOT_CONTINUE else why
    return why


def _with_text(
    request: Request, so_far: Transcript, dialect: Dialect, ladder: Ladder
) -> Continuation | GaveUp:
    """Hand in the text for the server to continue; or conclude, where it is long enough."""
    text = so_far.text
    size = _size_of(text)
    why = obstacles.to_more_text(request, so_far, dialect)
    if size is None or (why is not None and why is not GaveUp.CONSTRAINED_FORMAT):
        return why or GaveUp.CANNOT_CONTINUE
    if is_at_limit(request.body, tokens_in(so_far.text_chunks, text)):
        return Continuation(None, Rung.LENGTH)
    prefix = text.rstrip()
    whitespace = text[len(prefix) :]
    rung = dialect.rung_for(request.body.get("model"))
    if not prefix:  # nothing but whitespace: asked for again, and the whitespace dropped
        again = Rung.REGENERATE if Rung.REGENERATE in ladder.rungs else rung
        if again is None or again not in ladder.rungs or so_far.reasoning:
            return GaveUp.CANNOT_CONTINUE
        return Continuation(request, again, whitespace=whitespace)
    if why is not None or rung is None or rung not in ladder.rungs:
        return why or GaveUp.CANNOT_CONTINUE
    handed_in = so_far.settled_text_chunks
    tokens = tokens_in(handed_in, prefix)
    body = with_fewer_tokens(request.body, tokens, tokens_of(so_far.reasoning))
    messages = _with_partial(body, prefix, so_far.reasoning, dialect)
    if messages is None:
        return GaveUp.CANNOT_CONTINUE
    body |= {"messages": messages, **dialect.switches}
    body.pop("echo", None)  # vLLM would repeat what was handed in
    return Continuation(
        replace(request, body=body, url=dialect.continuation_url(request.url)),
        rung,
        echo=messages[-1]["content"] if dialect.echoes else "",
        whitespace=whitespace,
        handed_in=handed_in,
        format=obstacles.format_of(body),
    )


def _once_more(
    request: Request, so_far: Transcript, dialect: Dialect, ladder: Ladder
) -> Continuation | GaveUp:
    """Ask for the same answer again, to be compared with what was delivered."""
    del dialect  # any server can be asked again
    if Rung.REGENERATE not in ladder.rungs:
        return GaveUp.CANNOT_CONTINUE
    anew = ladder.reasoning == "again" and all(map(obstacles.has_only_reasoned, so_far.choices))
    why = obstacles.to_once_more(so_far, anew=anew)
    return why or Continuation(request, Rung.REGENERATE, anew=anew)


def _in_words(
    request: Request, so_far: Transcript, dialect: Dialect, ladder: Ladder
) -> Continuation | GaveUp:
    """Tell the model to repeat the last words and go on."""
    del dialect  # it is said to the model
    text = so_far.text.rstrip()
    anchor = text[-ANCHOR:].lstrip()
    size = _size_of(text)
    if Rung.INSTRUCT not in ladder.rungs or size is None or len(anchor) < LEAST_ANCHOR:
        return GaveUp.CANNOT_CONTINUE
    why = obstacles.to_more_text(request, so_far, None)
    messages = list(request.body.get("messages") or ())
    if why is not None or (messages and _role_of(messages[-1]) == "assistant"):
        return why or GaveUp.CANNOT_CONTINUE
    handed_in = so_far.settled_text_chunks
    body = with_fewer_tokens(request.body, tokens_in(handed_in, text), -tokens_of(anchor))
    said = ladder.instruction.replace("{anchor}", anchor)
    turns = [{"role": "assistant", "content": text}, {"role": "user", "content": said}]
    body["messages"] = [*messages, *turns]
    return Continuation(
        replace(request, body=body),
        Rung.INSTRUCT,
        whitespace=so_far.text[len(text) :],
        handed_in=handed_in,
        anchor=anchor,
    )


def _size_of(text: str) -> int | None:
    """Return the bytes of a text; None for one with half a surrogate pair, which has none."""
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        return None


def _role_of(message: Any) -> Any:
    return message.get("role") if isinstance(message, Mapping) else None


def _with_partial(
    body: Mapping[str, Any], text: str, reasoning: str, dialect: Dialect
) -> list[Any] | None:
    """Return the messages with the partial answer last; None when that place is taken."""
    messages = list(body.get("messages") or ())
    partial: dict[str, Any] = {"role": "assistant", "content": text, **dialect.mark}
    if reasoning and dialect.reasoning:
        partial[dialect.reasoning] = reasoning
    last = messages[-1] if messages else None
    if isinstance(last, Mapping) and last.get("role") == "assistant":
        if not _is_prefix(last, body, dialect):
            return None
        # A server that echoes has delivered the caller's own beginning as part of the answer.
        echoed = (dialect.echoes or body.get("echo") is True) and text.startswith(last["content"])
        partial = {**last, "content": text if echoed else last["content"] + text}
        messages.pop()
    return [*messages, partial]


def _is_prefix(last: Mapping[str, Any], body: Mapping[str, Any], dialect: Dialect) -> bool:
    """Say whether the caller's own last message was already one to go on from."""
    marked = all(last.get(name) == value for name, value in dialect.mark.items())
    switched = all(body.get(name) == value for name, value in dialect.switches.items())
    return marked and switched and isinstance(last.get("content"), str)
