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

_ENOUGH_TO_TELL = 8
_LIMITS = ("max_tokens", "max_completion_tokens")
# A grammar would start anew in the middle of the answer and force a second beginning.
_GRAMMARS = (
    "ebnf",
    "grammar",
    "guided_choice",
    "guided_grammar",
    "guided_json",
    "guided_regex",
    "json_schema",
    "regex",
    "structural_tag",
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
    return so_far.is_finished and len(so_far.choices) >= _choices_of(request.body)


def _choices_of(body: Mapping[str, Any]) -> int:
    wanted = body.get("n")
    return wanted if isinstance(wanted, int) and wanted > 0 else 1


def obstacle(request: Request, so_far: Transcript) -> GaveUp | None:
    """Return why this answer cannot go on from what was delivered; None when it can."""
    body = request.body
    torn = so_far.choices[0] if so_far.choices else None
    checks = (
        (len(so_far.choices) > 1 or _choices_of(body) > 1, GaveUp.SEVERAL_CHOICES),
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
    text = so_far.text
    try:
        size = len(text.encode())
    except UnicodeEncodeError:  # half a surrogate pair: nothing that could be handed in
        return GaveUp.CANNOT_CONTINUE
    if _is_at_limit(request.body, _tokens_in(so_far.text_chunks, size)):
        return Continuation(None, Rung.LENGTH)
    handed_in = so_far.settled_text_chunks
    body = _with_fewer_tokens(request.body, _tokens_in(handed_in, size))
    prefix = text.rstrip()
    whitespace = text[len(prefix) :]
    rung = dialect.rung_for(body.get("model"))
    if not prefix:  # nothing but whitespace: asked for again, and the whitespace dropped
        again = replace(request, body=body)
        return Continuation(again, rung or Rung.EXACT_PREFIX, whitespace=whitespace)
    messages = None if rung is None else _with_partial(body, prefix, dialect)
    if rung is None or messages is None:
        return GaveUp.CANNOT_CONTINUE
    body |= {"messages": messages, **dialect.switches}
    body.pop("echo", None)  # vLLM would repeat what was handed in
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


def _tokens_in(chunks: int, size: int) -> int:
    """Return how many tokens came at least, in so many chunks with so many bytes of text.

    A server sends a chunk for a token or for several. Where chunks are shorter than tokens are,
    something between has cut them anew (character by character, as some proxies do), and their
    number says nothing; then a token is taken for four bytes.
    """
    cut_anew = chunks >= _ENOUGH_TO_TELL and size < 2 * chunks
    return size // 4 if cut_anew else chunks


def _ceilings(body: Mapping[str, Any]) -> dict[str, int]:
    """Return the token limits of a request; a limit that is not positive is none (llama.cpp)."""
    limits = {name: body.get(name) for name in _LIMITS}
    return {name: limit for name, limit in limits.items() if isinstance(limit, int) and limit > 0}


def _is_at_limit(body: Mapping[str, Any], received: int) -> bool:
    """Say whether the answer has come to its ceiling."""
    return any(limit <= received for limit in _ceilings(body).values())


def _with_fewer_tokens(body: Mapping[str, Any], handed_in: int) -> dict[str, Any]:
    """Shrink ceilings, and the floor, by what need not come again."""
    shrunk = {**body, **{name: at - handed_in for name, at in _ceilings(body).items()}}
    least = body.get("min_tokens")
    if isinstance(least, int) and least > 0:
        shrunk["min_tokens"] = max(0, least - handed_in)
    return shrunk


def _with_partial(body: Mapping[str, Any], text: str, dialect: Dialect) -> list[Any] | None:
    """Return the messages with the partial answer last; None when that place is taken."""
    messages = list(body.get("messages") or ())
    partial: dict[str, Any] = {"role": "assistant", "content": text, **dialect.mark}
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
